// Performs `build-crate`: cargo packs the crates of each workspace in the copy, with a target folder outside of it. What is
// not committed is never packed (`--allow-dirty` is no option here): a crate names the commit that it was made from.
import { join } from "node:path";
import type { Json } from "../../domain/configuration.ts";
import { treeOf } from "../checkout-tree.ts";
import { builtWhere, failed, firstLineOf, runBuild, type Building, type Failed } from "../building.ts";
import type { Frozen, MadeArtifact, Worked, WorkPorts } from "../step.ts";
import { collectCrates } from "./collect.ts";
import type { BuildCrateInput } from "./input.ts";
import { groupByWorkspace, type CrateGroup } from "./workspaces.ts";

/** Longest look for whether cargo has all that it needs on this machine, milliseconds. */
const fetchTimeoutMs = 60_000;

const notCommitted = {
  message: "Cannot pack crates: files were changed above this step and not committed, and a crate names the commit that it is of",
  hint: "Put a `commit` step above this one",
};

export async function performBuildCrate(frozen: Frozen<BuildCrateInput>, ports: WorkPorts): Promise<Worked> {
  const around = { ports, frozen, deadlineMs: ports.clock.nowMs() + frozen.step.timeoutMs };
  if (frozen.head.tree !== undefined) return failed("PLAN_INVALID", notCommitted.message, notCommitted.hint);
  const grouped = await groupByWorkspace(frozen.packages, treeOf(ports.workFolder, ports.files));
  if (grouped.kind === "unreadable") return failed("PLAN_INVALID", `Cannot pack crates: ${grouped.why}`);
  const version = await firstLineOf(["cargo", "--version"], ports);
  if (version === undefined) return failed("TOOL_MISSING", 'Cannot pack crates: "cargo --version" does not answer', "Install cargo");
  const artifacts: MadeArtifact[] = [];
  const builds: Json[] = [];
  for (const [index, group] of grouped.groups.entries()) {
    const packed = await packGroup(group, join(ports.scratchFolder, `target-${index}`), around);
    if (packed.kind === "failed") return packed;
    artifacts.push(...packed.artifacts);
    builds.push({ workspace: group.workspace.folder, files: packed.artifacts.map(({ name }) => name) });
  }
  return { kind: "done", output: { cargo: version, builds, environment: builtWhere(ports) }, artifacts };
}

interface Around extends Building {
  readonly frozen: Frozen<BuildCrateInput>;
}

type Packed = { readonly kind: "collected"; readonly artifacts: readonly MadeArtifact[] } | Failed;

async function packGroup(group: CrateGroup, target: string, around: Around): Promise<Packed> {
  const { ports, frozen } = around;
  const folder = join(ports.workFolder, group.workspace.folder);
  const isLocked = (await ports.files.info(join(folder, "Cargo.lock")))?.kind === "file";
  const locked = isLocked ? ["--locked"] : [];
  const offline = isLocked && (await hasAll(folder, ports)) ? ["--offline"] : [];
  const specs = group.members.flatMap(({ name, package: { version } }) => ["--package", `${name}@${version}`]);
  const verify = frozen.input.verify === false ? ["--no-verify"] : [];
  await ports.files.remove(target);
  const words = ["cargo", "package", ...specs, ...locked, ...offline, ...verify, "--target-dir", target];
  const problem = await runBuild({ words, cwd: folder, env: { ...ports.env, CARGO_TERM_COLOR: "never", NO_COLOR: "1" } }, around);
  if (problem !== undefined) return problem;
  return collectCrates(group.members, { target, archives: ports.archives, files: ports.files, commit: frozen.head.commit });
}

/** Whether every package of the lock file was downloaded before, so that cargo has no reason to ask anybody. */
async function hasAll(cwd: string, ports: WorkPorts): Promise<boolean> {
  const { env, signal, exec } = ports;
  const args = ["fetch", "--locked", "--offline", "--quiet"];
  const end = await exec.run({ program: "cargo", args, cwd, env, timeoutMs: fetchTimeoutMs, signal });
  return end.kind === "exited" && end.code === 0;
}
