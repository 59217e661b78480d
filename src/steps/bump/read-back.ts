// What the manifests say after they were written, by readers that had no part in writing: domain/pypi/project.ts, smol-toml
// and `JSON.parse`. A package whose own manifest does not say the planned version now is a failed step.
import { posix } from "node:path";
import { parse } from "smol-toml";
import { projectFiles, readPythonProject, versionInText } from "../../domain/pypi/project.ts";
import { agreement } from "../../domain/version/agreement.ts";
import { schemeNamed, schemeOf } from "../../domain/version/catalog.ts";
import { readVersion } from "../../domain/version/scheme.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { Claim } from "./claim.ts";
import type { Tree } from "../checkout-tree.ts";

/** @returns what does not agree, in words; undefined: everything that can be read says the planned version */
export async function readBack(packages: readonly PlannedPackage[], claims: readonly Claim[], tree: Tree): Promise<string | undefined> {
  const sources = Map.groupBy(
    claims.filter(({ role }) => role === "source"),
    (claim) => claim.package,
  );
  for (const one of packages) {
    const source = sources.get(one.id)?.[0];
    if (source === undefined) continue;
    const said = await versionSaid(one, source, tree);
    if (said === undefined) return `no version of "${one.id}" can be read in "${source.file}" after it was written`;
    const read = schemeNamed(source.scheme).parse(said);
    if (read.kind === "invalid") return read.problem.message;
    const answer = agreement(readVersion(schemeOf(one.ecosystem), one.version), read.version);
    if (answer.kind !== "same") return `"${source.file}" says ${said} after ${one.version} was written: ${answer.problem.message}`;
  }
  return undefined;
}

async function versionSaid(one: PlannedPackage, source: Claim, tree: Tree): Promise<string | undefined> {
  const text = await tree.read(source.file);
  if (text === undefined) return undefined;
  const name = posix.basename(source.file);
  if (name === "Cargo.toml") return cargoVersion(text.replace(/^\ufeff/, ""), source.statement.name);
  if (name === "package.json") return stringIn(JSON.parse(text.replace(/^\ufeff/, "")) as unknown, ["version"]);
  if (name === "VERSION") return text.trim();
  return pythonVersion(one, text, tree);
}

async function pythonVersion(one: PlannedPackage, text: string, tree: Tree): Promise<string | undefined> {
  const texts: Partial<Record<(typeof projectFiles)[number], string>> = {};
  for (const file of projectFiles) {
    const found = await tree.read(posix.join(one.folder, file));
    if (found !== undefined) texts[file] = found;
  }
  const read = readPythonProject(texts);
  if (read.kind !== "project") return undefined;
  const { version } = read.project;
  if (version.kind === "static") return version.version;
  return version.kind === "file" ? versionInText(version, text) : undefined;
}

function cargoVersion(text: string, place: string): string | undefined {
  return stringIn(parse(text, { integersAsBigInt: "asNeeded" }), place.split("."));
}

function stringIn(value: unknown, path: readonly string[]): string | undefined {
  let at: unknown = value;
  for (const key of path) at = typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined;
  return typeof at === "string" ? at : undefined;
}
