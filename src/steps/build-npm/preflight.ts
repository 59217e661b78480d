// What can be known before anything is packed: the program, and manifests that it would pack into something useless.
import { blocks } from "../building.ts";
import { treeOf } from "../checkout-tree.ts";
import { lookInside } from "../inside.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import type { BuildNpmInput } from "./input.ts";
import { faultOf } from "./members.ts";
import { choosePacker } from "./packer.ts";

export async function preflightBuildNpm({ packages, input }: Planned<BuildNpmInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  if (input.in !== undefined) return lookInside(input.in, ports);
  const tree = treeOf(ports.sourceFolder, ports.files);
  const findings: Finding[] = [];
  for (const one of packages.filter(({ ecosystem }) => ecosystem === "npm")) {
    const chosen = await choosePacker(input.packer, { folder: one.folder, tree }, ports);
    if (chosen.kind === "missing") {
      findings.push(blocks("PF-TOOL-MISSING", chosen.message, chosen.hint));
      continue;
    }
    const { packer } = chosen;
    const fault = await faultOf(one, { packer, input, tree });
    findings.push(
      fault === undefined
        ? { id: "PF-BUILDER", level: "fine", message: `"${one.id}" is packed with ${packer.kind} ${packer.version}` }
        : blocks(fault.id, fault.message, fault.hint),
    );
  }
  return findings;
}
