// Where something stands in slipway.yaml, and the line shown below a message with a caret under the fault.
// The line comes from a file that anybody may have written: what would move a terminal's cursor or reorder letters is
// shown as a replacement character, and what looks like a credential is not shown at all.
import type { Place } from "../domain/error.ts";

/** Offsets into the text, in UTF-16 units; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface SourceText {
  readonly file: string;
  readonly text: string;
  /** Offset at which each line starts. */
  readonly lineStarts: readonly number[];
}

const lineMax = 110;
const charactersBefore = 40;

export function sourceText(text: string, file: string): SourceText {
  const lineStarts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lineStarts.push(at + 1);
  return { file, text, lineStarts };
}

/** Line of an offset, starting at 1. */
export function lineAt(source: SourceText, offset: number): number {
  return lineIndex(source, offset) + 1;
}

/** Line and column of an offset; both start at 1, columns count characters (code points), as editors do. */
export function placeAt(source: SourceText, offset: number): Place {
  const line = lineIndex(source, offset);
  const start = source.lineStarts[line] ?? 0;
  return { file: source.file, line: line + 1, column: countCharacters(source.text.slice(start, offset)) + 1 };
}

/**
 * The source line with carets under the range, at most 110 characters of it.
 * @param hidden ranges that hold credentials; they are shown as asterisks.
 */
export function frameAt(source: SourceText, range: Range, hidden: readonly Range[]): string {
  const line = lineIndex(source, range.start);
  const lineStart = source.lineStarts[line] ?? 0;
  const lineEnd = (source.lineStarts[line + 1] ?? source.text.length + 1) - 1;
  const isShort = lineEnd - lineStart <= lineMax;
  const from = isShort ? lineStart : Math.max(lineStart, range.start - charactersBefore);
  const to = Math.min(lineEnd, from + lineMax);
  const shown = maskCredentials(hide(source.text.slice(from, to), from, hidden));
  const before = (from > lineStart ? "…" : "") + printable(shown.slice(0, range.start - from));
  const after = printable(shown.slice(range.start - from)) + (to < lineEnd ? "…" : "");
  const carets = countCharacters(source.text.slice(range.start, Math.min(range.end, to)));
  const margin = String(line + 1);
  const under = `${" ".repeat(countCharacters(before))}${"^".repeat(Math.max(1, carets))}`;
  return `${margin} | ${before}${after}\n${" ".repeat(margin.length)} | ${under}`;
}

const credentialShapes: readonly RegExp[] = [
  /\bpypi-[\w-]{16,}/g,
  /\b(?:gh[a-z]_|github_pat_|glpat-|npm_|cio)[\w-]{16,}/g,
  /(?<=:\/\/)[^\s/@"']{1,500}(?=@)/g,
];

/** Replaces what looks like a credential by asterisks of the same length, so that carets keep their place. */
export function maskCredentials(text: string): string {
  return credentialShapes.reduce((masked, shape) => masked.replace(shape, (found) => "*".repeat(found.length)), text);
}

/** One character for each character: nothing that steers a terminal, hides or reorders is left. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("\t", " ")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "�");
}

function hide(text: string, offset: number, hidden: readonly Range[]): string {
  let shown = text;
  for (const { start, end } of hidden) {
    const from = Math.max(0, start - offset);
    const to = Math.min(text.length, end - offset);
    if (from < to) shown = `${shown.slice(0, from)}${"*".repeat(to - from)}${shown.slice(to)}`;
  }
  return shown;
}

function lineIndex(source: SourceText, offset: number): number {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Code points; a loop, because a line may have a quarter of a million of them. */
function countCharacters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0xdc00 || unit > 0xdfff) count += 1;
  }
  return count;
}
