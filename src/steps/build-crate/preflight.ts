// What would be refused only after everything is built: manifests that lack what the public registry wants of every crate
// (protocols §4.1; The Cargo Book, "Publishing"), read before anything starts.
import { crateNameFault } from "../../domain/crates/names.ts";
import { leafAt, readToml, stringAt, stringsAt, type TomlLeaf } from "../../domain/manifest/toml.ts";
import { blocks, firstLineOf, missingPrograms } from "../building.ts";
import { treeOf } from "../checkout-tree.ts";
import { lookInside } from "../inside.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import type { BuildCrateInput } from "./input.ts";
import { groupByWorkspace, type CrateGroup } from "./workspaces.ts";

const keywordsMax = 5;
const descriptionCharactersMax = 1000;

export async function preflightBuildCrate(planned: Planned<BuildCrateInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const { input } = planned;
  const tools = input.in === undefined ? await missingPrograms(["cargo"], "pack crates", ports) : await lookInside(input.in, ports);
  if (tools.some(({ level }) => level === "blocks")) return tools;
  const grouped = await groupByWorkspace(planned.packages, treeOf(ports.sourceFolder, ports.files));
  if (grouped.kind === "unreadable")
    return [blocks("PF-MANIFEST", `Cannot pack crates: ${grouped.why}`, "Mend the manifest, and commit it")];
  const old = input.in === undefined ? await tooOld(grouped.groups, ports) : undefined;
  if (old !== undefined) return [old];
  const faults = grouped.groups.flatMap(faultsOf);
  const level = goesToKnown(planned) ? "blocks" : "warns";
  if (faults.length > 0) return [...tools, ...faults.map((fault) => ({ id: "PF-CRATE-MANIFEST", level, ...fault }) as const)];
  const count = grouped.groups.reduce((sum, { members }) => sum + members.length, 0);
  return [
    ...tools,
    { id: "PF-CRATES", level: "fine", message: `${count} ${count === 1 ? "crate has" : "crates have"} what a registry wants` },
  ];
}

/** The first cargo that packs members together which need each other, of 2025. */
const togetherSince = 90;

async function tooOld(groups: readonly CrateGroup[], ports: ReadPorts): Promise<Finding | undefined> {
  if (!groups.some(({ members }) => members.some(({ needs = [] }) => members.some(({ name }) => needs.includes(name))))) return undefined;
  const line = await firstLineOf(["cargo", "--version"], ports);
  const [, minor] = /^cargo 1\.(\d+)\./.exec(line ?? "") ?? [];
  if (minor === undefined || Number(minor) >= togetherSince) return undefined;
  const message = `Cannot pack crates that need each other: this machine has ${line ?? ""}, and cargo 1.${togetherSince} is the first that does it`;
  return blocks("PF-TOOL-OLD", message, "Install a newer cargo");
}

/** A registry that slipway.yaml declares may want less. */
function goesToKnown({ plan }: Planned<BuildCrateInput>): boolean {
  const registries = plan.environments.flatMap((one) => one.registries).filter((one) => one.ecosystem === "crates");
  return registries.some(({ url, index }) => url === undefined && index === undefined);
}

interface Fault {
  readonly message: string;
  readonly hint: string;
}

function faultsOf({ workspace, members }: CrateGroup): readonly Fault[] {
  const shared = leavesOf(workspace.files[0]?.text ?? "");
  return members.flatMap((member) => {
    const file = workspace.files.find((one) => one.manifest.package?.name === member.name);
    if (file === undefined) return [fault(`crate "${member.name}" is no member of its workspace`, "Mend `path:` of the package")];
    const about = { leaves: leavesOf(file.text), shared };
    const hint = `Mend "${file.path}", and commit it`;
    return whatLacks(about, member.name).map((what) => fault(`"${file.path}" ${what}`, hint));
  });
}

function fault(what: string, hint: string): Fault {
  return { message: `Cannot publish what would be packed: ${what}`, hint };
}

interface About {
  readonly leaves: readonly TomlLeaf[];
  /** Of the workspace's root. */
  readonly shared: readonly TomlLeaf[];
}

function whatLacks(about: About, name: string): readonly string[] {
  const description = fieldOf(about, "description");
  const nameFault = crateNameFault(name);
  const keywords = stringsAt(about.leaves, ["package", "keywords"]);
  return [
    ...(nameFault === undefined ? [] : [`names the crate "${name}", which ${nameFault}`]),
    ...(description === undefined ? ["has no `description`"] : []),
    ...((description?.length ?? 0) > descriptionCharactersMax
      ? [`has a description of more than ${descriptionCharactersMax} characters`]
      : []),
    ...(fieldOf(about, "license") === undefined && fieldOf(about, "license-file") === undefined
      ? ["has neither `license` nor `license-file`"]
      : []),
    ...(keywords.length > keywordsMax ? [`has ${keywords.length} keywords, and ${keywordsMax} is the most`] : []),
  ];
}

/** A text of the package, its own or its workspace's; undefined for none, and for a blank one. */
function fieldOf({ leaves, shared }: About, name: string): string | undefined {
  const inherited = leafAt(leaves, ["package", name, "workspace"])?.value === true;
  const text = inherited ? stringAt(shared, ["workspace", "package", name]) : stringAt(leaves, ["package", name]);
  return text?.trim() === "" ? undefined : text;
}

function leavesOf(text: string): readonly TomlLeaf[] {
  const read = readToml(text);
  return read.kind === "refused" ? [] : read.leaves;
}
