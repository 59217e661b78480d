// Syntax trees for the checks, by oxc-parser, and the few questions that several checks ask of them (ADR 0003).
import { parseSync, visitorKeys, type Node, type Program } from "oxc-parser";
import type { SourceFile } from "./repository.ts";

export interface Parsed {
  readonly file: SourceFile;
  readonly program: Program;
  readonly comments: readonly { readonly value: string; readonly start: number; readonly end: number }[];
  /** Messages of syntax errors; the tree of such a file is incomplete. */
  readonly errors: readonly string[];
}

export function parse(file: SourceFile): Parsed {
  const { program, comments, errors } = parseSync(file.path, file.text);
  return { file, program, comments, errors: errors.map((error) => error.message) };
}

/** Line of an offset, from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** Calls `visit` for every node below `node`, parents first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const key of visitorKeys[node.type] ?? []) {
    const child: unknown = Reflect.get(node, key);
    for (const one of Array.isArray(child) ? child : [child]) if (isNode(one)) walk(one, visit);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** `a.b.c` of an identifier or a chain of plain members; undefined for anything else. */
export function dotted(node: Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  if (node.type === "ChainExpression") return dotted(node.expression);
  if (node.type !== "MemberExpression" || node.computed || node.property.type !== "Identifier") return undefined;
  const object = dotted(node.object);
  return object === undefined ? undefined : `${object}.${node.property.name}`;
}
