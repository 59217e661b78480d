// What a step has just built, held against git and the last published version for whoever is asked to approve it. Where nobody is
// asked, nothing is looked at: `slipway diff` does it on demand. Whatever goes wrong is told as unknown, and stops no build.
import path from "node:path";
import type { Artifact } from "../../domain/artifact.ts";
import type { PlannedRegistry } from "../../domain/plan/plan.ts";
import type { ReleaseChange } from "../../domain/run/release-changes.ts";
import type { RunState } from "../../domain/run/state.ts";
import type { ReadRegistry } from "../../registries/registry.ts";
import type { World } from "../world.ts";
import { stepFileName } from "../run-folder.ts";
import { builtOf, compareArtifacts } from "./compare-artifacts.ts";

export interface LookingAtChanges {
  readonly world: Pick<World, "archives" | "files" | "git" | "deadline">;
  /** The run's own clone, and where its throw-away folders are. */
  readonly folders: { readonly clone: string; readonly work: string };
  readonly stop: AbortSignal;
  fileOf(artifact: Artifact): string;
  /** A copy of the commit that the step built from. */
  copy(to: string): Promise<void>;
  registry(planned: PlannedRegistry): ReadRegistry;
}

/** How long all registries together may take. */
const lookMs = 60_000;

export async function lookAtChanges(
  parts: LookingAtChanges,
  state: Pick<RunState, "plan" | "head">,
  made: { readonly step: string; readonly artifacts: readonly Artifact[] },
): Promise<readonly ReleaseChange[]> {
  const { world, folders } = parts;
  const built = builtOf(state.plan, made.artifacts, (artifact) => parts.fileOf(artifact));
  if (built.length === 0) return [];
  const folder = path.join(folders.work, `${stepFileName(made.step)}-changes`);
  try {
    const source = path.join(folder, "source");
    await world.files.remove(folder);
    await world.files.makeFolder(folder);
    await parts.copy(source);
    const paths = await world.git.files(folders.clone, state.head.commit);
    const signal = AbortSignal.any([parts.stop, world.deadline(lookMs)]);
    const tree = { kind: "copied", folder: source, paths } as const;
    const registry = (planned: PlannedRegistry): ReadRegistry => parts.registry(planned);
    const diffs = await compareArtifacts(world, { plan: state.plan, built, tree, folder, signal, registry });
    return diffs.flatMap(({ changes }) => changes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return built.map(({ artifact }) => ({
      kind: "unknown",
      artifact: artifact.name,
      what: `not compared with anything: ${why}`.slice(0, 300),
    }));
  } finally {
    await world.files.remove(folder);
  }
}
