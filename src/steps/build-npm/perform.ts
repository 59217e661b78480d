// Performs `build-npm`: installs what is locked, builds, and packs each published package once, in the copy. Scripts of the
// project (`prepack`, `prepare`) run: what they make is what is published.
import { join } from "node:path";
import type { Json } from "../../domain/configuration.ts";
import { packedFileName } from "../../domain/npm/names.ts";
import { membersOf } from "../../domain/plan/members.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { builtWhere, commandsOf, failed, runBuild, type Building, type Failed } from "../building.ts";
import { treeOf, type Tree } from "../checkout-tree.ts";
import type { Frozen, MadeArtifact, Worked, WorkPorts } from "../step.ts";
import { collectTarball } from "./collect.ts";
import type { BuildNpmInput } from "./input.ts";
import { faultOf } from "./members.ts";
import { choosePacker, installCall, packCall, quietly, type Packer } from "./packer.ts";

interface Around extends Building {
  readonly frozen: Frozen<BuildNpmInput>;
  readonly tree: Tree;
  readonly env: Readonly<Record<string, string>>;
  /** Roots whose dependencies are installed. */
  readonly installed: Set<string>;
}

export async function performBuildNpm(frozen: Frozen<BuildNpmInput>, ports: WorkPorts): Promise<Worked> {
  const around: Around = {
    frozen,
    ports,
    deadlineMs: ports.clock.nowMs() + frozen.step.timeoutMs,
    tree: treeOf(ports.workFolder, ports.files),
    env: { ...ports.env, ...quietly },
    installed: new Set(),
  };
  const artifacts: MadeArtifact[] = [];
  const builds: Json[] = [];
  for (const one of frozen.packages.filter(({ ecosystem }) => ecosystem === "npm")) {
    const packed = await packPackage(one, around);
    if (packed.kind === "failed") return packed;
    const { kind, version } = packed.packer;
    artifacts.push(...packed.artifacts);
    builds.push({ package: one.id, packer: `${kind} ${version}`, files: packed.artifacts.map(({ name }) => name) });
  }
  return { kind: "done", output: { builds, environment: builtWhere(ports) }, artifacts };
}

type Packed = { readonly kind: "packed"; readonly packer: Packer; readonly artifacts: readonly MadeArtifact[] } | Failed;

async function packPackage(one: PlannedPackage, around: Around): Promise<Packed> {
  const { frozen, tree, ports } = around;
  const chosen = await choosePacker(frozen.input.packer, { folder: one.folder, tree }, ports);
  if (chosen.kind === "missing") return failed("TOOL_MISSING", chosen.message, chosen.hint);
  const { packer } = chosen;
  const fault = await faultOf(one, { packer, input: frozen.input, tree });
  if (fault !== undefined) return failed("PLAN_INVALID", fault.message, fault.hint);
  const problem = await prepare(one, packer, around);
  if (problem !== undefined) return problem;
  const artifacts: MadeArtifact[] = [];
  for (const [index, member] of membersOf(one).entries()) {
    const out = join(ports.scratchFolder, `pack-${one.id}-${index}`);
    await ports.files.remove(out);
    await ports.files.makeFolder(out);
    const words = packCall(packer, { out, name: packedFileName(member.name, one.version) });
    const ended = await runBuild({ words, cwd: join(ports.workFolder, member.folder), env: around.env }, around);
    if (ended !== undefined) return ended;
    const collected = await collectTarball(member, out, ports);
    if (collected.kind === "failed") return collected;
    artifacts.push(collected.artifact);
  }
  return { kind: "packed", packer, artifacts };
}

/** Installs once for each lock file, and builds. */
async function prepare(one: PlannedPackage, packer: Packer, around: Around): Promise<Failed | undefined> {
  const { frozen, installed, ports, env } = around;
  if ((frozen.input.install ?? packer.locked) && !installed.has(packer.root)) {
    const problem = await runBuild({ words: installCall(packer), cwd: join(ports.workFolder, packer.root), env }, around);
    if (problem !== undefined) return problem;
    installed.add(packer.root);
  }
  for (const words of commandsOf(frozen.input.build)) {
    const problem = await runBuild({ words, cwd: join(ports.workFolder, one.folder), env }, around);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
