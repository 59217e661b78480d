// A checksum file as coreutils reads and writes it ("sha256sum -c", coreutils manual §"cksum output modes"): digest, two
// spaces, name. A name with a backslash, line feed or carriage return is escaped, and its line begins with a backslash.

export interface SummedFile {
  readonly name: string;
  /** Lower-case hexadecimal. */
  readonly hex: string;
}

/** One line per file, in the order of the names by code unit: the same files give the same bytes. */
export function writeChecksums(files: readonly SummedFile[]): string {
  return files
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(lineOf)
    .join("");
}

function lineOf({ name, hex }: SummedFile): string {
  const escaped = name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `${escaped === name ? "" : "\\"}${hex}  ${escaped}\n`;
}
