// What can be known about an image's build before anything starts: a way to build it here, and what it is built upon.
import { fillAsset } from "../../domain/binary-asset.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { blocks } from "../building.ts";
import { treeOf, type Tree } from "../checkout-tree.ts";
import { lookInside } from "../inside.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { contradiction, type BuildImageInput } from "./input.ts";
import { chooseWay, type Chosen } from "./way.ts";

export async function preflightBuildImage(planned: Planned<BuildImageInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const contradicts = contradiction(planned.input);
  if (contradicts !== undefined) return [blocks("PF-OPTION", `Cannot build images: ${contradicts}`, "Mend `with:` of the step")];
  const tree = treeOf(ports.sourceFolder, ports.files);
  const findings: Finding[] = [];
  for (const one of planned.packages.filter(({ ecosystem }) => ecosystem === "oci"))
    findings.push(await lookAt(one, { planned, tree, ports }));
  if (planned.input.in === undefined) return findings;
  return [...findings.filter(({ level }) => level !== "fine"), ...(await lookInside(planned.input.in, ports))];
}

interface Looking {
  readonly planned: Planned<BuildImageInput>;
  readonly tree: Tree;
  readonly ports: ReadPorts;
}

async function lookAt(one: PlannedPackage, { planned, tree, ports }: Looking): Promise<Finding> {
  const { input, leg } = planned;
  const chosen = await chooseWay({ one, input, platform: leg["platform"], tree, ports, isOutside: input.in !== undefined });
  if (chosen.kind === "none") {
    const { code, message, hint } = chosen;
    // Another machine may have what this one lacks: the leg waits for it, and the others do not wait.
    if (code === "NO_PLACE") return { id: "PF-NO-PLACE", level: "warns", message, hint };
    return blocks(code === "TOOL_MISSING" ? "PF-TOOL-MISSING" : "PF-OPTION", message, hint);
  }
  const base = input.base === undefined ? undefined : fillAsset(input.base.file, one, chosen.target);
  if (base !== undefined && (await ports.files.info(tree.absolute(`${one.folder}/${base}`)))?.kind !== "file") {
    return blocks("PF-OPTION", `Cannot build upon "${base}": it is no file of the source`, "Mend `base` of the step");
  }
  return { id: "PF-BUILDER", level: "fine", message: `The image of "${one.id}" is built ${describeWay(chosen)}` };
}

function describeWay({ way, target }: Extract<Chosen, { kind: "way" }>): string {
  const { os, architecture } = target.platform;
  if (way.kind === "layers") return `from files alone, for ${os}/${architecture}`;
  if (way.kind === "command") return `by commands of the project, for ${os}/${architecture}`;
  return `from "${way.file}" with ${way.version}, for ${os}/${architecture}`;
}
