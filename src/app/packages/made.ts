// Packages that are made of others: an image, a binary. The file names them, and their version is that of the crate or npm
// package in their folder; where there is none it is that of the packages beside them, or the tag's.
import type { Ecosystem } from "../../domain/configuration.ts";
import { findWorkspace } from "../../domain/manifest/cargo-workspace.ts";
import { joinPath } from "../../domain/manifest/manifest-tree.ts";
import { readNpmFile } from "../../domain/manifest/npm-workspace.ts";
import { cannotPlan, type Finding, type FoundPackage } from "./found.ts";

/** @throws SlipwayError PLAN_INVALID for one without a name, or whose owner nobody says */
export async function findMade(finding: Finding, ecosystem: Extract<Ecosystem, "oci" | "binary">): Promise<FoundPackage> {
  const { one } = finding;
  if (one.name === undefined)
    throw cannotPlan(finding, `is of the ecosystem "${ecosystem}" and has no name`, "Write `name:` beside `path:`");
  const version = one.versionFile === undefined ? await versionIn(finding) : await versionFileOf(finding, one.versionFile);
  return {
    configuration: one,
    ecosystem,
    name: await withOwner(finding, one.name),
    manifestVersion: version,
    why: version === undefined ? "nothing in its folder says one" : "",
    assumed: undefined,
    importName: undefined,
    python: undefined,
  };
}

/** `{owner}` is who owns the repository at the forge, as image names want it: in lower case. */
async function withOwner(finding: Finding, name: string): Promise<string> {
  if (!name.includes("{owner}")) return name;
  const owner = await finding.source.owner();
  if (owner !== undefined) return name.replaceAll("{owner}", owner.toLowerCase());
  throw cannotPlan(
    finding,
    `is named "${name}", and no remote says who the owner is`,
    "Write the owner in full, or declare the forge: `forge: { kind: github, repository: OWNER/NAME }`",
  );
}

async function versionFileOf({ one, source }: Finding, name: string): Promise<FoundPackage["manifestVersion"]> {
  const file = joinPath(one.path, name);
  const version = (await source.read(file))?.trim();
  return version === undefined || version === "" ? undefined : { version, file };
}

async function versionIn({ one, source }: Finding): Promise<FoundPackage["manifestVersion"]> {
  const path = joinPath(one.path, "Cargo.toml");
  const cargo = await findWorkspace(path, source);
  if (cargo.kind === "workspace") {
    const [root] = cargo.workspace.files;
    const pack = cargo.workspace.files.find((file) => file.path === path)?.manifest.package;
    if (pack?.version !== undefined && pack.version !== "workspace") return { version: pack.version.version, file: path };
    const shared = root?.manifest.workspace?.version;
    if (root !== undefined && shared !== undefined) return { version: shared.version, file: root.path };
  }
  const npm = await readNpmFile(one.path, source);
  return npm?.kind === "file" && npm.file.manifest.version !== undefined
    ? { version: npm.file.manifest.version.version, file: npm.file.path }
    : undefined;
}
