// JSON with the place of every value, by jsonc-parser, which keeps quiet about nothing: what it does not read without an
// error is refused here. Used for package.json and package-lock.json; what is edited is read again by `JSON.parse`.
import { parseTree, printParseErrorCode, type Node as JsonNode, type ParseError } from "jsonc-parser";
import { refuseAt, withoutBom, type Refusal, type Statement } from "./edit.ts";

export type JsonPath = readonly (string | number)[];

/** A value of the text; offsets are those of the text as given. */
export interface JsonValue {
  readonly node: JsonNode;
  readonly text: string;
  readonly skipped: number;
}

export type ReadJson = { readonly kind: "json"; readonly root: JsonValue } | Refusal;

/** Longest lock file that is read, in UTF-16 units. */
export const jsonLengthMax = 64 * 1024 * 1024;

export function readJson(text: string): ReadJson {
  if (text.length > jsonLengthMax) return refuseAt(text, 0, `it is longer than ${jsonLengthMax} characters`);
  const { text: bare, skipped } = withoutBom(text);
  const errors: ParseError[] = [];
  const node = parseTree(bare, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const [first] = errors;
  if (first !== undefined) return refuseAt(text, first.offset + skipped, `it is no JSON: ${printParseErrorCode(first.error)}`);
  if (node === undefined || node.type !== "object") return refuseAt(text, skipped, "it is no JSON object");
  return { kind: "json", root: { node, text: bare, skipped } };
}

/** The member at a path; of members written twice the last, as `JSON.parse` has it. */
export function memberAt(from: JsonValue, path: JsonPath): JsonValue | undefined {
  let node: JsonNode | undefined = from.node;
  for (const key of path) {
    node = typeof key === "number" ? elementAt(node, key) : namedMember(node, key);
    if (node === undefined) return undefined;
  }
  return { ...from, node };
}

function elementAt(node: JsonNode, index: number): JsonNode | undefined {
  return node.type === "array" ? node.children?.[index] : undefined;
}

function namedMember(node: JsonNode, name: string): JsonNode | undefined {
  if (node.type !== "object") return undefined;
  return node.children?.findLast((property) => property.children?.[0]?.value === name)?.children?.[1];
}

/** Members of an object with their names, in their order; none for what is no object. */
export function membersOf(from: JsonValue | undefined): readonly (readonly [name: string, value: JsonValue])[] {
  if (from === undefined || from.node.type !== "object") return [];
  return (from.node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    return key === undefined || value === undefined ? [] : [[String(key.value), { ...from, node: value }] as const];
  });
}

export function stringOf(value: JsonValue | undefined): string | undefined {
  return value?.node.type === "string" ? String(value.node.value) : undefined;
}

export function booleanOf(value: JsonValue | undefined): boolean | undefined {
  return value?.node.type === "boolean" ? value.node.value === true : undefined;
}

/** Strings of an array, in their order. */
export function stringsOf(value: JsonValue | undefined): readonly string[] {
  if (value === undefined || value.node.type !== "array") return [];
  return (value.node.children ?? []).flatMap((one) => (one.type === "string" ? [String(one.value)] : []));
}

/** The statement that a string makes. @param whole the text as it was given, for line and column of a refusal */
export function jsonStatement(whole: string, value: JsonValue, name: string): Statement | Refusal {
  const { node, text, skipped } = value;
  if (node.type !== "string") return refuseAt(whole, node.offset + skipped, `"${name}" is no string`);
  const [start, end] = [node.offset + 1, node.offset + node.length - 1];
  const version = text.slice(start, end);
  if (version !== node.value) return refuseAt(whole, node.offset + skipped, `"${name}" is written with escapes`);
  return { name, version, start: start + skipped, end: end + skipped };
}
