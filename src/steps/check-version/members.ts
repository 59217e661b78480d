// Whether the manifests of crates and npm packages say the version that the plan says: of a workspace, those of all members.
import { findWorkspace } from "../../domain/manifest/cargo-workspace.ts";
import { joinPath } from "../../domain/manifest/manifest-tree.ts";
import type { ManifestTree } from "../../domain/manifest/manifest-tree.ts";
import { readNpmFile } from "../../domain/manifest/npm-workspace.ts";
import { membersOf } from "../../domain/plan/members.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { semver } from "../../domain/version/semver.ts";
import type { VersionLook } from "./look.ts";

/** Images and binaries say no version themselves. */
export async function lookAtMembers(one: PlannedPackage, tree: ManifestTree): Promise<readonly VersionLook[]> {
  const look = { crates: lookAtCrate, npm: lookAtNpm }[one.ecosystem as string];
  if (look === undefined) return [];
  return Promise.all(membersOf(one).map((member) => look(one, member.folder, tree)));
}

async function lookAtCrate(one: PlannedPackage, folder: string, tree: ManifestTree): Promise<VersionLook> {
  const path = joinPath(folder, "Cargo.toml");
  const found = await findWorkspace(path, tree);
  if (found.kind === "refused") return wrong(`Cannot read "${found.file}": ${found.refusal.reason}`);
  const { files } = found.workspace;
  const own = files.find((file) => file.path === path)?.manifest.package;
  if (own === undefined) return wrong(`Cannot find the manifest of "${one.id}": there is no package in "${path}"`);
  const [root] = files;
  const shared = own.version === "workspace";
  const version = shared ? root?.manifest.workspace?.version?.version : typeof own.version === "object" ? own.version.version : undefined;
  return compare(one, version, shared ? (root?.path ?? path) : path);
}

async function lookAtNpm(one: PlannedPackage, folder: string, tree: ManifestTree): Promise<VersionLook> {
  const read = await readNpmFile(folder, tree);
  if (read === undefined) return wrong(`Cannot find the manifest of "${one.id}": "${folder}" has no package.json`);
  if (read.kind === "refused") return wrong(`Cannot read "${read.file}": ${read.refusal.reason}`);
  return compare(one, read.file.manifest.version?.version, read.file.path);
}

function compare(one: PlannedPackage, version: string | undefined, place: string): VersionLook {
  if (version === undefined) return wrong(`"${place}" says no version, and the plan says ${one.version}`);
  const [said, planned] = [semver.parse(version), semver.parse(one.version)];
  const same = said.kind === "valid" && planned.kind === "valid" && said.version.normal === planned.version.normal;
  if (same) return { kind: "agrees", message: `"${place}" says ${version}` };
  return wrong(`"${place}" says ${version}, and the plan says ${one.version}`);
}

function wrong(message: string): VersionLook {
  return { kind: "wrong", code: "VERSION_MISMATCH", message, hint: "Mend the manifest and commit, or plan again" };
}
