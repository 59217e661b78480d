// From a path such as `steps.build.timeout` back to the characters of slipway.yaml that say it.
import { isCollection, isMap, isNode, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { Range } from "../frame.ts";
import type { Path } from "../phrases.ts";

export interface Finder {
  /** Offsets of the value at a path, or of its key; of the nearest parent where there is none. */
  rangeOf(path: Path, at: "key" | "value"): Range;
  /** Offset of a character inside a text; the start of the text where it is written with escapes or over lines. */
  within(path: Path, index: number): Range;
  /** A scalar, or a map or list on one line, as the file writes it. */
  writtenAt(path: Path): string | undefined;
}

interface Found {
  /** `false`: the path goes on below this node, to something that is not there. */
  readonly isWhole: boolean;
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

export function finderOf(text: string, root: Node): Finder {
  const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
  const find = (path: Path): Found => walk(root, path, indexes);
  return {
    rangeOf: (path, at) => rangeOfFound(find(path), at),
    within: (path, index) => rangeWithin(text, find(path).value, index),
    writtenAt: (path) => (find(path).isWhole ? writtenOf(text, find(path).value) : undefined),
  };
}

function walk(root: Node, path: Path, indexes: WeakMap<YAMLMap, ReadonlyMap<string, Pair>>): Found {
  let found: Found = { isWhole: true, key: undefined, value: root };
  for (const part of path) {
    const next = isMap(found.value) ? member(found.value, part, indexes) : item(found.value, part);
    if (next === undefined) return { ...found, isWhole: false };
    found = next;
  }
  return found;
}

function member(map: YAMLMap, name: string | number, indexes: WeakMap<YAMLMap, ReadonlyMap<string, Pair>>): Found | undefined {
  let index = indexes.get(map);
  if (index === undefined) {
    // The first of two equal keys counts, as in the data.
    index = new Map(map.items.toReversed().map((pair) => [keyText(pair), pair]));
    indexes.set(map, index);
  }
  const pair = index.get(String(name));
  if (pair === undefined) return undefined;
  return { isWhole: true, key: isNode(pair.key) ? pair.key : undefined, value: isNode(pair.value) ? pair.value : undefined };
}

function keyText(pair: Pair): string {
  if (!isScalar(pair.key)) return "";
  return typeof pair.key.value === "string" ? pair.key.value : (pair.key.source ?? "");
}

function item(list: Node | undefined, index: string | number): Found | undefined {
  const value: unknown = isSeq(list) && typeof index === "number" ? list.items[index] : undefined;
  return isNode(value) ? { isWhole: true, key: undefined, value } : undefined;
}

/** A block or nothing is shown by its key: its own first character is on another line, or does not exist. */
function rangeOfFound({ key, value }: Omit<Found, "isWhole">, at: "key" | "value"): Range {
  const isBlock = isCollection(value) && value.flow !== true;
  const isNothing = value === undefined || (isScalar(value) && value.source === "");
  const node = key !== undefined && (at === "key" || isBlock || isNothing) ? key : (value ?? key);
  const range = node?.range ?? [0, 0, 0];
  return { start: range[0], end: isBlock && node === value ? range[0] + 1 : range[1] };
}

function rangeWithin(text: string, value: Node | undefined, index: number): Range {
  const range = rangeOfFound({ key: undefined, value }, "value");
  if (!isScalar(value) || typeof value.value !== "string") return range;
  const open = value.type === "PLAIN" ? 0 : 1;
  const isLiteral = text.startsWith(value.value, range.start + open);
  const start = isLiteral ? range.start + open + index : range.start;
  return isLiteral ? { start, end: start + 1 } : range;
}

function writtenOf(text: string, value: Node | undefined): string | undefined {
  if (value?.range === undefined || value.range === null) return undefined;
  const written = text.slice(value.range[0], Math.min(value.range[1], value.range[0] + 200));
  const isWhole = value.range[1] - value.range[0] <= 200 && !written.includes("\n");
  return isWhole && (isScalar(value) || (isCollection(value) && value.flow === true)) ? written : undefined;
}
