// Performs `build-crate`: cargo packs the crates of each workspace in the copy, with a target folder outside of it. What is
// not committed is never packed (`--allow-dirty` is no option here): a crate names the commit that it was made from.
import { join } from "node:path";
import type { Json } from "../../domain/configuration.ts";
import { treeOf } from "../checkout-tree.ts";
import { builtWhere, failed, firstLineOf, runBuild, type Building, type Failed } from "../building.ts";
import { goInside } from "../inside.ts";
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

export async function performBuildCrate(frozen: Frozen<BuildCrateInput>, outside: WorkPorts): Promise<Worked> {
  if (frozen.head.tree !== undefined) return failed("PLAN_INVALID", notCommitted.message, notCommitted.hint);
  const deadlineMs = outside.clock.nowMs() + frozen.step.timeoutMs;
  const inside = await goInside(frozen.input.in, { ports: outside, deadlineMs });
  if (inside.kind === "failed") return inside;
  const { ports } = inside;
  const around = { ports, frozen, deadlineMs };
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
  return { kind: "done", output: { cargo: version, builds, environment: builtWhere(ports, frozen.input.in) }, artifacts };
}

interface Around extends Building {
  readonly frozen: Frozen<BuildCrateInput>;
}

type Packed = { readonly kind: "collected"; readonly artifacts: readonly MadeArtifact[] } | Failed;

async function packGroup(group: CrateGroup, target: string, around: Around): Promise<Packed> {
  const { ports, frozen } = around;
  const folder = join(ports.workFolder, group.workspace.folder);
  const lock = await ports.files.readTextIfThere(join(folder, "Cargo.lock"));
  const locked = lock === undefined ? [] : ["--locked"];
  const offline = lock !== undefined && (asksForNothing(lock) || (await hasAll(folder, ports))) ? ["--offline"] : [];
  const specs = group.members.flatMap(({ name, package: { version } }) => ["--package", `${name}@${version}`]);
  const verify = frozen.input.verify === false ? ["--no-verify"] : [];
  await ports.files.remove(target);
  const words = ["cargo", "package", ...specs, ...locked, ...offline, ...verify, "--target-dir", target];
  const problem = await runBuild({ words, cwd: folder, env: { ...ports.env, CARGO_TERM_COLOR: "never", NO_COLOR: "1" } }, around);
  if (problem !== undefined) return adviseOn(problem);
  return collectCrates(group.members, { target, archives: ports.archives, files: ports.files, commit: frozen.head.commit });
}

/** Whether all that a lock file names is in the workspace: what comes from elsewhere says where from. */
function asksForNothing(lock: string): boolean {
  return !/^source\s*=/m.test(lock);
}

/**
 * cargo reads the index beside what it packs. Where the very version is published already, and a crate of the registry asks for
 * it, it finds two files of one version and says so in words about lock files.
 */
function adviseOn(problem: Failed): Failed {
  const [, name, version] = /checksum for `(\S+) v(\S+)` changed between lock files/.exec(problem.message) ?? [];
  if (name === undefined || version === undefined) return problem;
  return {
    ...problem,
    hint: `${name} ${version} is at the registry already, with other bytes, and a crate from there needs it: release the next version, or pack without building, with \`verify: false\``,
  };
}

/** Whether every package of the lock file was downloaded before, so that cargo has no reason to ask anybody. */
async function hasAll(cwd: string, ports: WorkPorts): Promise<boolean> {
  const { env, signal, exec } = ports;
  const args = ["fetch", "--locked", "--offline", "--quiet"];
  const end = await exec.run({ program: "cargo", args, cwd, env, timeoutMs: fetchTimeoutMs, signal });
  return end.kind === "exited" && end.code === 0;
}
