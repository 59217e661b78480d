// ◆ What an edit of a manifest is: the characters of a version replaced, and not one character more. Each format has a
// reader beside this file that finds where versions stand; nothing here or there prints a file anew, because every
// printer loses comments, line ends or alignment of somebody's file (reference/libraries §2).

/** One place of a text that says a version. Offsets count UTF-16 units of the text as it was given, BOM and CR included. */
export interface Statement {
  /** What it is called in its format, for people: `project.version`, `__version__`. */
  readonly name: string;
  /** The version as it stands: exactly the characters from `start` to `end`. */
  readonly version: string;
  readonly start: number;
  readonly end: number;
}

/** Why a text cannot be edited, and where; lines and columns start at 1. */
export interface Refusal {
  readonly kind: "refused";
  readonly reason: string;
  readonly line: number;
  readonly column: number;
}

/** What a format's reader answers. No statement: the text is in order and says no version. */
export type Reading = { readonly kind: "read"; readonly statements: readonly Statement[] } | Refusal;

/** Characters to be replaced. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export type Edited = { readonly kind: "edits"; readonly edits: readonly Edit[] } | Refusal;

/** Versions of both schemes; what stands between quotes elsewhere is never touched by one that has other characters. */
const versionCharacters = /^[0-9A-Za-z][0-9A-Za-z.!+_-]*$/;

/**
 * Edits that make every statement say another version; none where it says that already.
 * @returns `refused` for a new version that is no plain text: in quotes of any format it would be something else
 */
export function editsFor(text: string, reading: Reading, version: string): Edited {
  if (reading.kind === "refused") return reading;
  if (!versionCharacters.test(version)) return refuseAt(text, 0, `${JSON.stringify(version)} cannot be written as a version`);
  const edits = reading.statements
    .filter((one) => one.version !== version)
    .map((one): Edit => ({ start: one.start, end: one.end, text: version }));
  return { kind: "edits", edits };
}

/**
 * The text with the edits made.
 * @param edits in any order; two that overlap are a fault of the caller, and the text is then given back as `undefined`
 */
export function splice(text: string, edits: readonly Edit[]): string | undefined {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text: fresh } of edits.toSorted((one, other) => one.start - other.start)) {
    if (start < at || end < start || end > text.length) return undefined;
    parts.push(text.slice(at, start), fresh);
    at = end;
  }
  return `${parts.join("")}${text.slice(at)}`;
}

/** Line and column of an offset, both from 1; a line ends with LF, CRLF or CR. A BOM takes no column. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).replace(/^\ufeff/, "");
  const lines = before.split(/\r\n|\n|\r/);
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

export function refuseAt(text: string, offset: number, reason: string): Refusal {
  return { kind: "refused", reason, ...placeOf(text, offset) };
}

/** A BOM is no part of any of the formats, and every offset has to count it. */
export function withoutBom(text: string): { readonly text: string; readonly skipped: 0 | 1 } {
  return text.startsWith("\ufeff") ? { text: text.slice(1), skipped: 1 } : { text, skipped: 0 };
}
