// Manifests of what is packed, as they stand in the checkout, and what is wrong with them before anything is built.
import { joinPath } from "../../domain/manifest/manifest-tree.ts";
import { readNpmFile } from "../../domain/manifest/npm-workspace.ts";
import { membersOf } from "../../domain/plan/members.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { Tree } from "../checkout-tree.ts";
import type { BuildNpmInput } from "./input.ts";
import { rewritesRanges, type Packer } from "./packer.ts";
import { localRange, rewrittenByOthers } from "./ranges.ts";

export interface Fault {
  readonly id: "PF-MANIFEST" | "PF-WORKSPACE-RANGE" | "PF-OPTION";
  readonly message: string;
  readonly hint: string;
}

/** The first thing that keeps a package of the plan from being packed; undefined: nothing does. */
export async function faultOf(
  one: PlannedPackage,
  { packer, input, tree }: { readonly packer: Packer; readonly input: BuildNpmInput; readonly tree: Tree },
): Promise<Fault | undefined> {
  if (input.install === true && !packer.locked) {
    const message = `Cannot install what "${one.id}" needs: there is no lock file of ${packer.kind}`;
    return { id: "PF-OPTION", message, hint: "Commit the lock file, or leave `install` out" };
  }
  for (const member of membersOf(one)) {
    const path = joinPath(member.folder, "package.json");
    const read = await readNpmFile(member.folder, tree);
    if (read === undefined) return { id: "PF-MANIFEST", message: `Cannot pack "${member.name}": there is no "${path}"`, hint: "Commit it" };
    if (read.kind === "refused") {
      const { line, column, reason } = read.refusal;
      return { id: "PF-MANIFEST", message: `Cannot read "${path}", line ${line}, column ${column}: ${reason}`, hint: "Mend it" };
    }
    const range = rewritesRanges(packer) ? undefined : localRange(read.file.manifest, rewrittenByOthers);
    if (range === undefined) continue;
    return {
      id: "PF-WORKSPACE-RANGE",
      message: `Cannot pack "${member.name}" with ${packer.kind} ${packer.version}: "${path}" asks for ${range}, which it would leave as it is`,
      hint: "Write the version in its place, or pack with pnpm or a yarn of today: `with: { packer: pnpm }`",
    };
  }
  return undefined;
}
