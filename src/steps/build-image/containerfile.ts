// Whether a Containerfile runs programs of the platform that it builds for. Copying files needs no machine of that kind;
// `RUN` does, or an emulator. Only the instructions are read, never what is in them. Source: Containerfile(5).

/** A stage that names the machine that builds runs there, whatever the image is for. */
const nativeStage = /--platform=["']?\$\{?BUILDPLATFORM\}?["']?(?:\s|$)/i;

/** The first `RUN` of a stage that is of the image's own platform, as written; undefined: there is none. */
export function foreignRun(text: string): string | undefined {
  let isNative = false;
  for (const instruction of instructionsOf(text)) {
    const [word = ""] = instruction.split(/\s/, 1);
    if (/^from$/i.test(word)) isNative = nativeStage.test(instruction);
    else if (/^run$/i.test(word) && !isNative) return instruction;
  }
  return undefined;
}

/** Instructions without comments, with their continued lines joined and the texts that are handed to them left out. */
function instructionsOf(text: string): readonly string[] {
  const found: string[] = [];
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    let line = (lines[at] ?? "").trim();
    if (line === "" || line.startsWith("#")) continue;
    while (line.endsWith("\\") && at + 1 < lines.length) {
      at += 1;
      const next = (lines[at] ?? "").trim();
      // A comment between continued lines ends nothing.
      line = next.startsWith("#") ? line : `${line.slice(0, -1)} ${next}`;
    }
    for (const [, word = ""] of line.matchAll(/<<-?["']?([A-Za-z_]\w*)["']?/g)) {
      while (at + 1 < lines.length && (lines[at + 1] ?? "").trim() !== word) at += 1;
      at += 1;
    }
    found.push(line);
  }
  return found;
}
