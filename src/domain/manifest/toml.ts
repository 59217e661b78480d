// TOML with the place of every value. toml-eslint-parser gives ranges and comments; it is the only TOML tool of five that
// left nine real manifests byte for byte as they were (reference/libraries §2). What is edited with these places is read
// again by another parser (verify.ts).
import { parseTOML, ParseError, type AST } from "toml-eslint-parser";
import { refuseAt, withoutBom, type Refusal, type Statement } from "./edit.ts";

export type TomlPath = readonly (string | number)[];

export type TomlScalar = string | number | boolean | undefined;

/** One value that holds no others. */
export interface TomlLeaf {
  /** Keys from the top, whatever way they are written: table, dotted, inline. */
  readonly path: TomlPath;
  /** Of strings, numbers and booleans; undefined for dates. */
  readonly value: TomlScalar;
  /** Of a string: the characters between its quotes. */
  readonly start: number;
  readonly end: number;
  /** A string on one line whose characters are its value: no escape, no folded line. */
  readonly plain: boolean;
}

export type ReadToml = { readonly kind: "toml"; readonly leaves: readonly TomlLeaf[] } | Refusal;

/** Longest manifest that is read, in UTF-16 units. */
export const manifestLengthMax = 4 * 1024 * 1024;

export function readToml(text: string): ReadToml {
  if (text.length > manifestLengthMax) return refuseAt(text, 0, `it is longer than ${manifestLengthMax} characters`);
  const { text: bare, skipped } = withoutBom(text);
  try {
    const program = parseTOML(bare, { tomlVersion: "1.1" });
    const leaves: TomlLeaf[] = [];
    for (const item of program.body[0].body) {
      if (item.type === "TOMLKeyValue") gatherPair(item, [], { text: bare, skipped, leaves });
      else for (const pair of item.body) gatherPair(pair, item.resolvedKey, { text: bare, skipped, leaves });
    }
    return { kind: "toml", leaves };
  } catch (error) {
    if (error instanceof ParseError) return refuseAt(text, error.index + skipped, `it is no TOML: ${error.message}`);
    throw error;
  }
}

interface Gathering {
  readonly text: string;
  readonly skipped: number;
  readonly leaves: TomlLeaf[];
}

function gatherPair(pair: AST.TOMLKeyValue, above: TomlPath, into: Gathering): void {
  const keys = pair.key.keys.map((key) => (key.type === "TOMLBare" ? key.name : key.value));
  gather(pair.value, [...above, ...keys], into);
}

function gather(node: AST.TOMLContentNode, path: TomlPath, into: Gathering): void {
  if (node.type === "TOMLInlineTable") {
    for (const pair of node.body) gatherPair(pair, path, into);
  } else if (node.type === "TOMLArray") {
    for (const [index, element] of node.elements.entries()) gather(element, [...path, index], into);
  } else into.leaves.push(leafOf(node, path, into));
}

function leafOf(node: AST.TOMLValue, path: TomlPath, { text, skipped }: Gathering): TomlLeaf {
  const [from, to] = node.range;
  const quotes = node.kind === "string" ? (node.multiline ? 3 : 1) : 0;
  const value = typeof node.value === "object" ? undefined : node.value;
  const [start, end] = [from + quotes, to - quotes];
  const plain = node.kind === "string" && !node.multiline && text.slice(start, end) === node.value;
  return { path, value, start: start + skipped, end: end + skipped, plain };
}

// --- looking at leaves --------------------------------------------------------------------------

export function leafAt(leaves: readonly TomlLeaf[], path: TomlPath): TomlLeaf | undefined {
  return leaves.find((leaf) => samePath(leaf.path, path));
}

/** The string at a path; undefined for what is no string. */
export function stringAt(leaves: readonly TomlLeaf[], path: TomlPath): string | undefined {
  const value = leafAt(leaves, path)?.value;
  return typeof value === "string" ? value : undefined;
}

/** Strings of the array at a path, in their order. */
export function stringsAt(leaves: readonly TomlLeaf[], path: TomlPath): readonly string[] {
  return below(leaves, path).flatMap((leaf) =>
    leaf.path.length === path.length + 1 && typeof leaf.value === "string" ? [leaf.value] : [],
  );
}

/** Leaves under a path, the path itself not. */
export function below(leaves: readonly TomlLeaf[], path: TomlPath): readonly TomlLeaf[] {
  return leaves.filter((leaf) => leaf.path.length > path.length && path.every((key, index) => leaf.path[index] === key));
}

function samePath(one: TomlPath, other: TomlPath): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}

/** The statement that a leaf makes. @returns `refused` for what is no plain string: replacing a part of it would guess */
export function statementOf(text: string, leaf: TomlLeaf, name = describePath(leaf.path)): Statement | Refusal {
  if (typeof leaf.value !== "string") return refuseAt(text, leaf.start, `"${name}" is no string`);
  if (!leaf.plain) return refuseAt(text, leaf.start, `"${name}" is written with escapes or over several lines`);
  return { name, version: leaf.value, start: leaf.start, end: leaf.end };
}

export function describePath(path: TomlPath): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : /^[\w-]+$/.test(key) ? key : JSON.stringify(key)))
    .join(".")
    .replaceAll(".[", "[");
}
