// The frozen files of packages that have one for each name at the registry: crates and npm packages, alone or as members of
// a workspace.
import type { Artifact } from "../../domain/artifact.ts";
import { crateFileName } from "../../domain/crates/names.ts";
import { packedFileName } from "../../domain/npm/names.ts";
import { membersOf, type PublishedMember } from "../../domain/plan/members.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { Failed } from "./bench.ts";

export interface OwnMember {
  readonly name: string;
  readonly version: string;
  readonly artifact: Artifact;
}

/** Name of the file of one member; undefined where a version has several, as in Python. */
export function memberFileName({ name, package: one }: PublishedMember): string | undefined {
  if (one.ecosystem === "npm") return packedFileName(name, one.version);
  return one.ecosystem === "crates" ? crateFileName(name, one.version) : undefined;
}

/** Every member with its file. */
export function ownMembers(
  packages: readonly PlannedPackage[],
  artifacts: readonly Artifact[],
): { readonly kind: "members"; readonly members: readonly OwnMember[] } | Failed {
  const members: OwnMember[] = [];
  for (const member of packages.flatMap(membersOf)) {
    const { id, version } = member.package;
    const file = memberFileName(member);
    const artifact = artifacts.find((one) => one.package === id && one.name === file);
    if (artifact === undefined)
      return { kind: "failed", code: "ARTIFACT_SET", message: `Cannot install ${member.name}: the release has no file "${file ?? ""}"` };
    members.push({ name: member.name, version, artifact });
  }
  return { kind: "members", members };
}
