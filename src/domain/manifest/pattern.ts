// Any file, by a declared pattern: a literal text with `{version}` in it once. The text around the version says which of
// all numbers of the file is meant; it is compared character by character, so that nothing has to be escaped.
import { refuseAt, type Reading, type Statement } from "./edit.ts";

const placeholder = "{version}";
const versionAt = /[0-9A-Za-z][0-9A-Za-z.!+_-]*/y;

/** Places of one file that one pattern may name. */
export const patternPlacesMax = 1000;

/** What is wrong with a pattern, in words; undefined: nothing. */
export function faultOfFilePattern(pattern: string): string | undefined {
  const [before = "", after, ...more] = pattern.split(placeholder);
  if (after === undefined) return `it does not have "${placeholder}"`;
  if (more.length > 0) return `it has "${placeholder}" more than once`;
  if (before.trim() === "" && after.trim() === "") return `it has nothing around "${placeholder}", so that any word would be a version`;
  if (/[0-9.!+]$/.test(before) || /^[0-9A-Za-z!+_]/.test(after)) return "what stands beside the version could be read as a part of it";
  if (pattern.includes("\n") || pattern.includes("\r")) return "it has more than one line";
  return undefined;
}

/** Every place of the text that the pattern names. @param pattern one without a fault */
export function readPattern(text: string, pattern: string): Reading {
  const [before = "", after = ""] = pattern.split(placeholder);
  const statements: Statement[] = [];
  for (const start of startsOf(text, before)) {
    if (statements.length >= patternPlacesMax) return refuseAt(text, start, `the pattern is there more than ${patternPlacesMax} times`);
    const found = versionFrom(text, start, after);
    if (found.kind === "version") statements.push({ name: pattern, version: found.version, start, end: start + found.version.length });
  }
  return { kind: "read", statements };
}

/** Offsets after every appearance of what stands before the version; with nothing before it, the beginning of every word. */
function startsOf(text: string, before: string): readonly number[] {
  if (before.trim() === "")
    return [...text.matchAll(/(?<![\w.!+-])[0-9]/g)].map((match) => match.index).filter((at) => text.slice(0, at).endsWith(before));
  const starts: number[] = [];
  for (let at = text.indexOf(before); at !== -1; at = text.indexOf(before, at + before.length)) starts.push(at + before.length);
  return starts;
}

type Found = { readonly kind: "version"; readonly version: string } | { readonly kind: "none" };

/** The longest version that what the pattern asks for follows: `{version}.` finds `1.2.3` in "1.2.3." and not `1.2`. */
function versionFrom(text: string, start: number, after: string): Found {
  versionAt.lastIndex = start;
  const longest = versionAt.exec(text)?.[0] ?? "";
  let end = longest.length;
  while (end > 0 && !text.startsWith(after, start + end)) end -= 1;
  // A full stop at the end is the sentence's, not the version's.
  const version = longest.slice(0, end).replace(/[.!+_-]+$/, "");
  return /[0-9]/.test(version) ? { kind: "version", version } : { kind: "none" };
}
