// Use case: `slipway diff`. What a release would change for those who install it: its built files against the last
// published version, and against the commit that they were made from. Reads only.
import path from "node:path";
import { SlipwayError } from "../domain/error.ts";
import type { Artifact } from "../domain/artifact.ts";
import type { RunMode } from "../domain/run/fact.ts";
import { fold, type RunState } from "../domain/run/state.ts";
import type { ArtifactStore } from "../platform/ports.ts";
import { builtOf, compareArtifacts, isDiffed, type ArtifactDiff, type Tree } from "./diff/compare-artifacts.ts";
import type { Built } from "./diff/published.ts";
import { findRun, foldersOfRuns, openRuns } from "./open-runs.ts";
import { openProject, type Project } from "./project.ts";
import { runFolders } from "./run-folder.ts";
import type { World } from "./world.ts";

export interface ReleaseDiff {
  readonly schema: "slipway-diff/1";
  readonly run: string;
  readonly mode: RunMode;
  readonly title: string;
  readonly commit: string;
  readonly artifacts: readonly ArtifactDiff[];
}

/**
 * @param which `run`: as people name runs, or the newest that built something; `package`: id or name, or all
 * @throws SlipwayError RUN_UNKNOWN, USAGE for a package that the run does not have
 */
export async function diffRelease(
  world: World,
  which: { readonly run: string | undefined; readonly package: string | undefined },
): Promise<ReleaseDiff> {
  const project = await openProject(world);
  const { state, store, folder: runsFolder } = await findBuilt(world, project, which.run);
  const built = builtFiles(state, store, which.package);
  const folder = path.join(project.folder, "diff", world.random.id());
  await world.files.makeFolder(folder);
  try {
    const registries = await world.realRegistries();
    const tree = await copySource(world, { project, state, folder, clone: runFolders(runsFolder, state.run).clone });
    const comparing = { plan: state.plan, built, tree, folder, signal: world.interrupted };
    const artifacts = await compareArtifacts(world, { ...comparing, registry: (planned) => registries.open(planned) });
    const { plan } = state;
    return { schema: "slipway-diff/1", run: state.run, mode: state.mode, title: plan.release.title, commit: state.head.commit, artifacts };
  } finally {
    await world.files.remove(folder);
  }
}

interface FoundRun {
  readonly state: RunState;
  readonly store: ArtifactStore;
  /** Where the run is kept. */
  readonly folder: string;
}

/** Runs that are looked at for the newest one that built something. */
const looksMax = 50;

async function findBuilt(world: World, project: Project, words: string | undefined): Promise<FoundRun> {
  const found: FoundRun[] = [];
  for (const folder of await foldersOfRuns(world, project)) found.push(...runsIn(world, folder, words));
  const [newest] = found.toSorted((a, b) => b.state.openedAtMs - a.state.openedAtMs);
  if (newest !== undefined) return newest;
  const what = words === undefined ? "no run or rehearsal has built anything yet" : `none that built something is called "${words}"`;
  throw new SlipwayError("RUN_UNKNOWN", `Cannot find what to compare: ${what}`, { hint: "Build it with `slipway rehearse`" });
}

function runsIn(world: World, folder: string, words: string | undefined): readonly FoundRun[] {
  const { journal, store } = openRuns(world, { folder });
  try {
    const states = words === undefined ? journal.runs(looksMax).map((run) => fold(journal.read(run.run))) : [findRun(journal, words)];
    const built = states.find((state) => distributionsOf(state).length > 0);
    return built === undefined ? [] : [{ state: built, store, folder }];
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "RUN_UNKNOWN") return [];
    throw error;
  } finally {
    journal.close();
  }
}

function distributionsOf(state: RunState): readonly Artifact[] {
  return state.plan.steps.flatMap((step) => state.steps.get(step.id)?.artifacts ?? []).filter(isDiffed);
}

function builtFiles(state: RunState, store: ArtifactStore, wanted: string | undefined): readonly Built[] {
  const { packages } = state.plan;
  if (wanted !== undefined && !packages.some((one) => one.id === wanted || one.name === wanted)) {
    throw new SlipwayError("USAGE", `Cannot compare package "${wanted}": ${state.plan.release.title} has no such package`, {
      hint: `Packages: ${packages.map((one) => one.id).join(", ")}`,
    });
  }
  const all = builtOf(state.plan, distributionsOf(state), ({ digest }) => store.file(digest));
  return all.filter((one) => wanted === undefined || one.package.id === wanted || one.package.name === wanted);
}

interface Copying {
  readonly project: Project;
  readonly state: RunState;
  /** Empty, and removed afterwards. */
  readonly folder: string;
  /** The run's own clone, which has what the run committed itself. */
  readonly clone: string;
}

/** A copy as builds get one: without line-end conversion, so that bytes can be held against bytes. */
async function copySource(world: World, { project, state, folder, clone: own }: Copying): Promise<Tree> {
  const { commit } = state.head;
  const { root } = project.look;
  const clone = (await world.files.info(own)) === undefined ? path.join(folder, "clone") : own;
  if (clone !== own) {
    if ((await world.git.resolve(root, commit)) === undefined)
      return { kind: "unknown", why: `the commit ${commit.slice(0, 10)} is not in this repository any more` };
    await world.git.clone(root, clone);
  }
  const copy = path.join(folder, "source");
  await world.git.copyAt(clone, { commit }, copy);
  return { kind: "copied", folder: copy, paths: await world.git.files(clone, commit) };
}
