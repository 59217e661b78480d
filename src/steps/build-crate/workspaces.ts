// The crates of a release by the Cargo workspace that they belong to: cargo packs members that need each other in one go,
// through a registry of its own that lasts as long as the command (since cargo 1.90).
import { findWorkspace, type CargoWorkspaceFiles } from "../../domain/manifest/cargo-workspace.ts";
import { joinPath } from "../../domain/manifest/manifest-tree.ts";
import { membersOf, type PublishedMember } from "../../domain/plan/members.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { Tree } from "../checkout-tree.ts";

export interface CrateGroup {
  readonly workspace: CargoWorkspaceFiles;
  readonly members: readonly PublishedMember[];
}

export type Grouped =
  | { readonly kind: "groups"; readonly groups: readonly CrateGroup[] }
  /** `why` follows "Cannot pack crates: ". */
  | { readonly kind: "unreadable"; readonly why: string };

/** Groups in the order of the plan. */
export async function groupByWorkspace(packages: readonly PlannedPackage[], tree: Tree): Promise<Grouped> {
  const groups = new Map<string, { workspace: CargoWorkspaceFiles; members: PublishedMember[] }>();
  for (const one of packages.filter(({ ecosystem }) => ecosystem === "crates")) {
    const manifest = joinPath(one.folder, "Cargo.toml");
    const found = await findWorkspace(manifest, tree);
    if (found.kind === "refused") {
      const { line, column, reason } = found.refusal;
      return { kind: "unreadable", why: `"${found.file}", line ${line}, column ${column}: ${reason}` };
    }
    const { workspace } = found;
    if (workspace.files.length === 0) return { kind: "unreadable", why: `there is no "${manifest}"` };
    const group = groups.get(workspace.folder) ?? { workspace, members: [] };
    group.members.push(...membersOf(one));
    groups.set(workspace.folder, group);
  }
  return { kind: "groups", groups: [...groups.values()] };
}
