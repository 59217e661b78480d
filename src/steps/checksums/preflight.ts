// What an install script needs of the plan: a release page to download from.
import { blocks } from "../building.ts";
import type { Finding, Planned } from "../step.ts";
import type { ChecksumsInput } from "./input.ts";
import { downloadFolder } from "./install-files.ts";

export function preflightChecksums({ input, plan }: Planned<ChecksumsInput>): readonly Finding[] {
  const name = input["install-script"];
  const folder = name === undefined ? undefined : downloadFolder(plan);
  if (folder?.kind !== "refused") return [];
  return [blocks("PF-INSTALL-SCRIPT", `Cannot write ${name}: ${folder.why}`, "Add a `forge-release` step, or leave `install-script` out")];
}
