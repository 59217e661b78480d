// What can be known about a binary's build before anything starts: a way to build it here, and a name that it may have.
import { assetNameOf, commandNameOf } from "../../domain/binary-asset.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { blocks } from "../building.ts";
import { treeOf, type Tree } from "../checkout-tree.ts";
import { lookInside } from "../inside.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { contradiction, type BuildBinaryInput } from "./input.ts";
import { builderFor, chooseWay, type Way } from "./way.ts";

export async function preflightBuildBinary(planned: Planned<BuildBinaryInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const contradicts = contradiction(planned.input);
  if (contradicts !== undefined) return [blocks("PF-OPTION", `Cannot build binaries: ${contradicts}`, "Mend `with:` of the step")];
  const tree = treeOf(ports.sourceFolder, ports.files);
  const findings: Finding[] = [];
  for (const one of planned.packages.filter(({ ecosystem }) => ecosystem === "binary"))
    findings.push(await lookAt(one, { planned, tree, ports }));
  if (planned.input.in === undefined) return findings;
  return [...findings.filter(({ level }) => level !== "fine"), ...(await lookInside(planned.input.in, ports))];
}

async function lookAt(
  one: PlannedPackage,
  { planned, tree, ports }: { readonly planned: Planned<BuildBinaryInput>; readonly tree: Tree; readonly ports: ReadPorts },
): Promise<Finding> {
  const { input, leg } = planned;
  const choosing = { one, input, platform: leg["platform"], tree, ports };
  // Tools that are inside of the project's environment are asked once it is entered.
  const chosen = input.in === undefined ? await chooseWay(choosing) : await builderFor(choosing);
  // Another machine may have what this one lacks: the leg waits for it, and the others do not wait.
  if (chosen.kind === "none") {
    const { code, message, hint } = chosen;
    if (code === "NO_PLACE") return { id: "PF-NO-PLACE", level: "warns", message, hint };
    return blocks(code === "TOOL_MISSING" ? "PF-TOOL-MISSING" : "PF-OPTION", message, hint);
  }
  const { target } = chosen;
  const refused = [assetNameOf(one, target, input.archive ?? "none"), commandNameOf(one, target.os)].find(({ kind }) => kind === "refused");
  if (refused?.kind === "refused")
    return blocks("PF-OPTION", `Cannot name the binary of "${one.id}": ${refused.why}`, "Mend its `asset:` and `name:`");
  return {
    id: "PF-BUILDER",
    level: "fine",
    message: `"${one.id}" is built with ${chosen.kind === "way" ? describeWay(chosen.way) : chosen.builder}`,
  };
}

function describeWay(way: Way): string {
  if (way.kind === "command") return "commands of the project";
  if (way.kind === "go") return `${way.version} for ${way.target.GOOS}/${way.target.GOARCH}`;
  return `${way.version} for ${way.target}${way.zig ? ", linked by zig" : ""}`;
}
