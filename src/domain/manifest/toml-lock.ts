// Lock files of Cargo and uv: TOML that a program wrote, a list of `[[package]]`. They can be very long, so that only the
// entries of the wanted names are given to the parser; what is edited is read again as a whole by another one.
import { readToml, type TomlLeaf } from "./toml.ts";
import type { Refusal } from "./edit.ts";

export interface LockEntry {
  readonly name: string;
  /** Offset of the entry in the whole text; the leaves' offsets count from here. */
  readonly offset: number;
  readonly text: string;
}

/** Longest lock file that is read, in UTF-16 units. */
export const lockLengthMax = 64 * 1024 * 1024;

/** Entries in their order. */
export function lockEntries(text: string): readonly LockEntry[] {
  const starts = [...text.matchAll(/^\[\[package\]\][ \t]*\r?$/gm)].map((match) => match.index);
  return starts.map((start, index) => {
    const entry = text.slice(start, starts[index + 1] ?? endOfEntries(text, start));
    return { name: /^name = "([^"\r\n]*)"/m.exec(entry)?.[1] ?? "", offset: start, text: entry };
  });
}

/** Older files of Cargo have `[metadata]` after the last entry. */
function endOfEntries(text: string, from: number): number {
  const next = /^\[(?:metadata|patch)/m.exec(text.slice(from));
  return next === null ? text.length : from + next.index;
}

/** Leaves of an entry, by path within it. */
export function leavesOfEntry(entry: LockEntry): { readonly kind: "leaves"; readonly leaves: readonly TomlLeaf[] } | Refusal {
  const plain = plainLeaves(entry);
  if (plain !== undefined) return { kind: "leaves", leaves: plain };
  const read = readToml(entry.text);
  if (read.kind === "refused") return read;
  const leaves = read.leaves.map((leaf) => ({
    ...leaf,
    path: leaf.path.slice(2),
    start: leaf.start + entry.offset,
    end: leaf.end + entry.offset,
  }));
  return { kind: "leaves", leaves };
}

/** What Cargo writes: a string or a list of strings for each key, one on a line. The parser reads whatever else there is. */
function plainLeaves(entry: LockEntry): readonly TomlLeaf[] | undefined {
  const leaves: TomlLeaf[] = [];
  let list: { readonly key: string; count: number } | undefined;
  let at = entry.offset;
  for (const [index, line] of entry.text.split("\n").entries()) {
    const [, key, value] = (list === undefined ? plainPair : plainElement).exec(line) ?? [];
    if (list !== undefined && line === "]") list = undefined;
    else if (key !== undefined && value !== undefined) {
      const path = list === undefined ? [key] : [list.key, list.count];
      if (list !== undefined) list.count += 1;
      const start = at + line.indexOf('"') + 1;
      leaves.push({ path, value, start, end: start + value.length, plain: true });
    } else if (list === undefined && plainList.test(line)) list = { key: line.slice(0, line.indexOf(" ")), count: 0 };
    else if (line !== "" && index > 0) return undefined;
    at += line.length + 1;
  }
  return list === undefined ? leaves : undefined;
}

const plainPair = /^([a-z]+) = "([^"\\\r\n]*)"$/;
const plainElement = /^( )"([^"\\\r\n]*)",$/;
const plainList = /^[a-z]+ = \[$/;
