// Every import of a file, with what it leads to. All of them count for the layers, types too; only those that remain
// after the types are stripped count as run-time imports.
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import type { Node } from "oxc-parser";
import type { SourceFile } from "../support/repository.ts";
import { dotted, lineOf, parse, walk } from "../support/syntax.ts";

export type Target =
  | { readonly kind: "file"; readonly path: string }
  /** Without `node:`. */
  | { readonly kind: "builtin"; readonly name: string }
  | { readonly kind: "package"; readonly name: string }
  /** Cannot be told from the text, or is written in a way that only tools resolve. */
  | { readonly kind: "unclear"; readonly why: string };

export interface Import {
  readonly from: string;
  readonly line: number;
  readonly to: Target;
  /** Remains after the types are stripped. */
  readonly runtime: boolean;
  /** `import()` at the point of use. */
  readonly lazy: boolean;
}

/** Lists the imports of a TypeScript file, in order. A syntax error is an unclear import on line 1. */
export function importsOf(file: SourceFile): readonly Import[] {
  const { program, errors } = parse(file);
  const found: Import[] = errors.map((why) => importAt(file, 0, { kind: "unclear", why }));
  walk(program, (node) => {
    const one = importIn(node, file);
    if (one !== undefined) found.push(one);
  });
  return found;
}

function importIn(node: Node, file: SourceFile): Import | undefined {
  switch (node.type) {
    case "ImportDeclaration":
      return importAt(file, node.start, resolve(file.path, node.source), { runtime: node.importKind !== "type" });
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      if (node.source === null) return undefined;
      return importAt(file, node.start, resolve(file.path, node.source), { runtime: node.exportKind !== "type" });
    case "ImportExpression":
      return importAt(file, node.start, resolve(file.path, node.source), { runtime: true, lazy: true });
    case "TSImportType":
      return importAt(file, node.start, resolve(file.path, node.source));
    case "CallExpression":
      if (!loaders.has(dotted(node.callee) ?? "")) return undefined;
      return importAt(file, node.start, { kind: "unclear", why: `${dotted(node.callee)}() hides what is loaded; use import` });
    default:
      return undefined;
  }
}

const loaders = new Set(["require", "createRequire", "module.createRequire", "process.getBuiltinModule"]);

function importAt(file: SourceFile, offset: number, to: Target, how: { runtime?: boolean; lazy?: boolean } = {}): Import {
  const { runtime = false, lazy = false } = how;
  return { from: file.path, line: lineOf(file.text, offset), to, runtime, lazy };
}

function resolve(from: string, source: Node): Target {
  if (source.type !== "Literal" || typeof source.value !== "string") {
    return { kind: "unclear", why: "a dynamic import must name its module in a plain string" };
  }
  const name = source.value;
  if (name.startsWith(".")) return resolveFile(from, name);
  if (name.startsWith("node:")) return { kind: "builtin", name: name.slice("node:".length) };
  if (isBuiltin(name)) return { kind: "unclear", why: `write "node:${name}" for Node's own module "${name}"` };
  const parts = name.split("/");
  return { kind: "package", name: name.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? name) };
}

function resolveFile(from: string, name: string): Target {
  if (!/\.(?:ts|json|cjs|js)$/.test(name)) {
    return { kind: "unclear", why: `"${name}" must name a file with its ending, for example "${name}.ts"` };
  }
  return { kind: "file", path: posix.join(posix.dirname(from), name) };
}
