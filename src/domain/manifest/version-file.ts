// A file that says nothing but the version: `VERSION`, or what setuptools reads with `version = {file = …}`. Blanks and
// line ends around it stay. Whoever reads such a file takes its first word or its whole text; a second word would be
// read differently by different tools, and is refused.
import { refuseAt, withoutBom, type Reading } from "./edit.ts";

export function readVersionFile(text: string): Reading {
  const { text: bare, skipped } = withoutBom(text);
  const found = /^\s*(\S+)(\s*)/.exec(bare);
  if (found === null) return { kind: "read", statements: [] };
  const [whole, version = "", after = ""] = found;
  if (whole.length !== bare.length) return refuseAt(text, whole.length + skipped, "something else follows the version");
  const start = whole.length - after.length - version.length + skipped;
  return { kind: "read", statements: [{ name: "the version", version, start, end: start + version.length }] };
}
