// Performs `build-npm`: installs what is locked, builds, and packs each published package once, in the copy. Scripts of the
// project (`prepack`, `prepare`) run: what they make is what is published.
import { join } from "node:path";
import type { Json } from "../../domain/configuration.ts";
import { packedFileName } from "../../domain/npm/names.ts";
import { membersOf, type PublishedMember } from "../../domain/plan/members.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { builtWhere, commandsOf, failed, runBuild, type Building, type Failed } from "../building.ts";
import { treeOf, type Tree } from "../checkout-tree.ts";
import { goInside } from "../inside.ts";
import type { Frozen, MadeArtifact, Worked, WorkPorts } from "../step.ts";
import { collectTarballs } from "./collect.ts";
import type { BuildNpmInput } from "./input.ts";
import { faultOf } from "./members.ts";
import { choosePacker, installCall, packCall, packsTogether, packTogetherCall, quietly, type Packer } from "./packer.ts";

interface Around extends Building {
  readonly frozen: Frozen<BuildNpmInput>;
  readonly tree: Tree;
  readonly env: Readonly<Record<string, string>>;
  /** Roots whose dependencies are installed. */
  readonly installed: Set<string>;
  /** Roots that are built as a whole. */
  readonly built: Set<string>;
}

export async function performBuildNpm(frozen: Frozen<BuildNpmInput>, outside: WorkPorts): Promise<Worked> {
  const deadlineMs = outside.clock.nowMs() + frozen.step.timeoutMs;
  const inside = await goInside(frozen.input.in, { ports: outside, deadlineMs });
  if (inside.kind === "failed") return inside;
  const { ports } = inside;
  const around: Around = {
    frozen,
    ports,
    deadlineMs,
    tree: treeOf(ports.workFolder, ports.files),
    env: { ...ports.env, ...quietly },
    installed: new Set(),
    built: new Set(),
  };
  const prepared: Prepared[] = [];
  for (const one of frozen.packages.filter(({ ecosystem }) => ecosystem === "npm")) {
    const ready = await preparePackage(one, around);
    if (ready.kind === "failed") return ready;
    prepared.push(ready);
  }
  const packed = await packAll(prepared, around);
  if (packed.kind === "failed") return packed;
  const { artifacts } = packed;
  const builds = prepared.map(({ one, packer: { kind, version } }): Json => {
    const files = artifacts.filter((artifact) => artifact.package === one.id).map(({ name }) => name);
    return { package: one.id, packer: `${kind} ${version}`, files };
  });
  return { kind: "done", output: { builds, environment: builtWhere(ports, frozen.input.in) }, artifacts };
}

/** A package that is installed and built, so that what it publishes can be packed. */
interface Prepared {
  readonly kind: "prepared";
  readonly one: PlannedPackage;
  readonly packer: Packer;
}

async function preparePackage(one: PlannedPackage, around: Around): Promise<Prepared | Failed> {
  const { frozen, tree, ports } = around;
  const chosen = await choosePacker(frozen.input.packer, { folder: one.folder, tree }, ports);
  if (chosen.kind === "missing") return failed("TOOL_MISSING", chosen.message, chosen.hint);
  const { packer } = chosen;
  const fault = await faultOf(one, { packer, input: frozen.input, tree });
  if (fault !== undefined) return failed("PLAN_INVALID", fault.message, fault.hint);
  return (await prepare(one, packer, around)) ?? { kind: "prepared", one, packer };
}

type Packed = { readonly kind: "packed"; readonly artifacts: readonly MadeArtifact[] } | Failed;

/** Members that one call packs at most: a command line has an end. */
const togetherMax = 100;

/** In the order of the plan. Members of one npm workspace are packed by one call, because starting npm takes longer than packing. */
async function packAll(prepared: readonly Prepared[], around: Around): Promise<Packed> {
  const all = prepared.flatMap(({ one, packer }) => membersOf(one).map((member, index) => ({ member, index, packer })));
  const artifacts: MadeArtifact[] = [];
  for (let at = 0; at < all.length;) {
    const [first, ...rest] = all.slice(at, at + togetherMax);
    if (first === undefined) break;
    const end = rest.findIndex(({ packer }) => !packsTogether(first.packer, packer));
    const group = [first, ...rest.slice(0, end === -1 ? rest.length : end)];
    const packed = await packGroup(group, around);
    if (packed.kind === "failed") return packed;
    artifacts.push(...packed.artifacts);
    at += group.length;
  }
  return { kind: "packed", artifacts };
}

/** One of a package's members. `index`: which of them. */
interface Packing {
  readonly member: PublishedMember;
  readonly index: number;
  readonly packer: Packer;
}

async function packGroup(group: readonly Packing[], around: Around): Promise<Packed> {
  const { ports, env } = around;
  const [first] = group;
  if (first === undefined) return { kind: "packed", artifacts: [] };
  const { member, index, packer } = first;
  const out = join(ports.scratchFolder, `pack-${member.package.id}-${index}`);
  await ports.files.remove(out);
  await ports.files.makeFolder(out);
  const alone = group.length === 1;
  const words = alone
    ? packCall(packer, { out, name: packedFileName(member.name, member.package.version) })
    : packTogetherCall(packer, { out, folders: group.map((one) => one.member.folder) });
  const cwd = join(ports.workFolder, alone ? member.folder : packer.root);
  const ended = await runBuild({ words, cwd, env }, around);
  if (ended !== undefined) return ended;
  const collected = await collectTarballs(group.map((one) => one.member), out, ports); // prettier-ignore
  return collected.kind === "failed" ? collected : { kind: "packed", artifacts: collected.artifacts };
}

/** Installs once for each lock file, and builds. */
async function prepare(one: PlannedPackage, packer: Packer, around: Around): Promise<Failed | undefined> {
  const { frozen, installed, built, ports, env } = around;
  if ((frozen.input.install ?? packer.locked) && !installed.has(packer.root)) {
    const problem = await runBuild({ words: installCall(packer), cwd: join(ports.workFolder, packer.root), env }, around);
    if (problem !== undefined) return problem;
    installed.add(packer.root);
  }
  if (!built.has(packer.root)) {
    for (const words of commandsOf(frozen.input["build-workspace"])) {
      const problem = await runBuild({ words, cwd: join(ports.workFolder, packer.root), env }, around);
      if (problem !== undefined) return problem;
    }
    built.add(packer.root);
  }
  for (const words of commandsOf(frozen.input.build)) {
    const problem = await runBuild({ words, cwd: join(ports.workFolder, one.folder), env }, around);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
