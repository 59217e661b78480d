// What the manifests will say once they are written, by readers that had no part in writing: domain/pypi/project.ts, smol-toml
// and `JSON.parse`. A package whose own manifest would not say the planned version is a failed step, and nothing is written.
import { posix } from "node:path";
import { parse } from "smol-toml";
import { projectFiles, readPythonProject, versionInText } from "../../domain/pypi/project.ts";
import { agreement } from "../../domain/version/agreement.ts";
import { schemeNamed, schemeOf } from "../../domain/version/catalog.ts";
import { readVersion } from "../../domain/version/scheme.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { Claim } from "./claim.ts";
import type { Tree } from "../checkout-tree.ts";

/** @returns what does not agree, in words; undefined: everything that can be read will say the planned version */
export async function readBack(
  packages: readonly PlannedPackage[],
  claims: readonly Claim[],
  tree: Pick<Tree, "read">,
): Promise<string | undefined> {
  const sources = Map.groupBy(
    claims.filter(({ role }) => role === "source"),
    (claim) => claim.package,
  );
  for (const one of packages) {
    const source = sources.get(one.id)?.[0];
    if (source === undefined) continue;
    const said = await versionSaid(one, source, tree);
    if (said === undefined) return `no version of "${one.id}" can be read in "${source.file}" once it is written`;
    const read = schemeNamed(source.scheme).parse(said);
    if (read.kind === "invalid") return read.problem.message;
    const answer = agreement(readVersion(schemeOf(one.ecosystem), one.version), read.version);
    if (answer.kind !== "same") return `"${source.file}" says ${said} once ${one.version} is written: ${answer.problem.message}`;
  }
  return undefined;
}

async function versionSaid(one: PlannedPackage, source: Claim, tree: Pick<Tree, "read">): Promise<string | undefined> {
  const text = await tree.read(source.file);
  if (text === undefined) return undefined;
  const name = posix.basename(source.file);
  if (name === "Cargo.toml") return cargoVersion(text.replace(/^\ufeff/, ""), source.statement.name);
  if (name === "package.json") return stringIn(JSON.parse(text.replace(/^\ufeff/, "")) as unknown, ["version"]);
  if (name === "VERSION" || source.file === versionFileOf(one)) return text.trim();
  return pythonVersion(one, text, tree);
}

/** The one that slipway.yaml names. */
function versionFileOf({ folder, versionFile }: PlannedPackage): string | undefined {
  return versionFile === undefined ? undefined : posix.join(folder, versionFile);
}

async function pythonVersion(one: PlannedPackage, text: string, tree: Pick<Tree, "read">): Promise<string | undefined> {
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
