// How messages about slipway.yaml name places, values and choices, so that all of them sound alike.

export type Path = readonly (string | number)[];

const shownMax = 60;
const choicesMax = 20;

/** `steps.build.with.python[0]`; the empty path is the file itself. */
export function pathText(path: Path): string {
  if (path.length === 0) return "the file";
  const parts = path.map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${part}`));
  return `"${shorten(parts.join(""))}"`;
}

/** A value as a message shows it: text in quotes, numbers as the file writes them, collections by their kind. */
export function foundText(value: unknown, written?: string): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return `the number ${shorten(written ?? String(value))}`;
  return typeof value === "string" ? quoted(value) : "a map";
}

export function quoted(text: string): string {
  return `"${shorten(text)}"`;
}

/** `"a", "b" or "c"`, at most twenty of them. */
export function choices(words: readonly string[], last: "or" | "and" = "or"): string {
  const shown = words.slice(0, choicesMax).map(quoted);
  if (words.length > choicesMax) return `${shown.join(", ")}, …`;
  return join(shown, last);
}

export function join(phrases: readonly string[], last: "or" | "and" = "or"): string {
  if (phrases.length < 2) return phrases.join("");
  return `${phrases.slice(0, -1).join(", ")} ${last} ${phrases.at(-1)}`;
}

export function shorten(text: string): string {
  const line = text.slice(0, shownMax + 1).replaceAll("\n", "⏎");
  return line.length > shownMax ? `${line.slice(0, shownMax)}…` : line;
}
