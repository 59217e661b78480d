// What the check says about one file. Every topic of the check returns these, so that the step alone decides what a
// finding means for the release.

export interface ArtifactFinding {
  /** Stable, by topic: `WHEEL-TAGS`, `RECORD-DIGEST`, `META-SUMMARY`. */
  readonly id: string;
  /** `error`: an index would refuse the file, or it would install as something else than it says. */
  readonly level: "error" | "warning";
  readonly message: string;
}

export function error(id: string, message: string): ArtifactFinding {
  return { id, level: "error", message };
}

export function warning(id: string, message: string): ArtifactFinding {
  return { id, level: "warning", message };
}

/** A value in quotes, cut to what a message can hold. */
export function quoted(value: string): string {
  return JSON.stringify(value.length > 120 ? `${value.slice(0, 117)}...` : value);
}

const listedMax = 5;

/** The first few of many names, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, listedMax).map(quoted).join(", ");
  return names.length > listedMax ? `${shown} and ${names.length - listedMax} more` : shown;
}
