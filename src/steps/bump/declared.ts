// Files that `with: files` names, each with the text around the version. A file or a pattern that is not there is a fault:
// whoever declared it expects it to be written.
import { readPattern } from "../../domain/manifest/pattern.ts";
import { schemeOf } from "../../domain/version/catalog.ts";
import type { Fault, Gathering } from "./claim.ts";
import { collect } from "./collect.ts";
import type { DeclaredFile } from "./input.ts";
import type { Tree } from "../checkout-tree.ts";
import type { Wanted } from "./wanted.ts";

export async function gatherDeclared(
  one: DeclaredFile,
  around: { readonly tree: Tree; readonly all: readonly Wanted[]; readonly into: Gathering },
): Promise<void> {
  const { tree, all, into } = around;
  const wanted = packageOf(one, all);
  if (wanted === undefined) return void into.faults.push(unknownPackage(one, all));
  const text = await tree.read(one.path);
  if (text === undefined) return void into.faults.push(missing(`there is no file "${one.path}"`));
  const scheme = one.scheme ?? schemeOf(wanted.planned.ecosystem).name;
  const reading = readPattern(text, one.pattern);
  const found = collect(reading, { file: one.path, text, role: "copy", scheme }, { wanted, into });
  if (found === 0 && reading.kind === "read" && reading.statements.length === 0) {
    into.faults.push(missing(`"${one.path}" has nothing like ${JSON.stringify(one.pattern)}`));
  }
}

function packageOf(one: DeclaredFile, all: readonly Wanted[]): Wanted | undefined {
  if (one.package !== undefined) return all.find(({ planned }) => planned.id === one.package);
  const [first, ...rest] = all;
  // Packages of one version may differ in how they spell it; then the first one's spelling holds.
  return first !== undefined && rest.every((other) => sayInFirst(first, other)) ? first : undefined;
}

function sayInFirst(first: Wanted, other: Wanted): boolean {
  const said = other.in(schemeOf(first.planned.ecosystem).name);
  return said.kind === "said" && said.text === first.planned.version;
}

function unknownPackage(one: DeclaredFile, all: readonly Wanted[]): Fault {
  const ids = all.map(({ planned }) => planned.id).join(", ");
  const message =
    one.package === undefined
      ? `Cannot tell which version "${one.path}" says: the packages of this release have several`
      : `Cannot write a version into "${one.path}": there is no package "${one.package}" in this release`;
  return { code: "PLAN_INVALID", message, hint: `Write \`package:\` beside its path: ${ids}` };
}

function missing(what: string): Fault {
  return { code: "PLAN_INVALID", message: `Cannot write the version: ${what}`, hint: "Mend `files` of `bump` in slipway.yaml" };
}
