// Use case: `slipway diff`. What a release would change for those who install it: its built files against the last
// published version, and against the commit that they were made from. Reads only.
import path from "node:path";
import type { Artifact } from "../domain/artifact.ts";
import { SlipwayError } from "../domain/error.ts";
import type { Plan, PlannedPackage } from "../domain/plan/plan.ts";
import type { RunMode } from "../domain/run/fact.ts";
import { fold, type RunState } from "../domain/run/state.ts";
import type { ArtifactStore } from "../platform/ports.ts";
import { membersOf } from "./diff/members.ts";
import { compareWithPublished, open, type AgainstPublished, type Built } from "./diff/published.ts";
import { compareWithSource, type AgainstSource } from "./diff/source.ts";
import { findRun, foldersOfRuns, openRuns } from "./open-runs.ts";
import { openProject, type Project } from "./project.ts";
import type { World } from "./world.ts";

export interface ReleaseDiff {
  readonly schema: "slipway-diff/1";
  readonly run: string;
  readonly mode: RunMode;
  readonly title: string;
  readonly commit: string;
  readonly artifacts: readonly ArtifactDiff[];
}

export interface ArtifactDiff {
  readonly package: string;
  readonly kind: "wheel" | "sdist";
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Of sdists only. */
  readonly source?: ({ readonly kind: "compared" } & AgainstSource) | { readonly kind: "unknown"; readonly why: string };
  readonly published: AgainstPublished;
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
  const { state, store } = await findBuilt(world, project, which.run);
  const built = builtFiles(state, store, which.package);
  const folder = path.join(project.folder, "diff", world.random.id());
  await world.files.makeFolder(folder);
  try {
    const artifacts = await compareAll(world, { project, state, built, folder });
    const { plan } = state;
    return { schema: "slipway-diff/1", run: state.run, mode: state.mode, title: plan.release.title, commit: plan.source.commit, artifacts };
  } finally {
    await world.files.remove(folder);
  }
}

interface FoundRun {
  readonly state: RunState;
  readonly store: ArtifactStore;
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
    return built === undefined ? [] : [{ state: built, store }];
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "RUN_UNKNOWN") return [];
    throw error;
  } finally {
    journal.close();
  }
}

function distributionsOf(state: RunState): readonly Built["artifact"][] {
  const all = state.plan.steps.flatMap((step) => state.steps.get(step.id)?.artifacts ?? []);
  return all.filter((one): one is Built["artifact"] => one.kind === "wheel" || one.kind === "sdist");
}

function builtFiles(state: RunState, store: ArtifactStore, wanted: string | undefined): readonly Built[] {
  const { packages } = state.plan;
  if (wanted !== undefined && !packages.some((one) => one.id === wanted || one.name === wanted)) {
    throw new SlipwayError("USAGE", `Cannot compare package "${wanted}": ${state.plan.release.title} has no such package`, {
      hint: `Packages: ${packages.map((one) => one.id).join(", ")}`,
    });
  }
  return distributionsOf(state).flatMap((artifact): readonly Built[] => {
    const of = packages.find((one) => one.id === artifact.package);
    const isWanted = wanted === undefined || of?.id === wanted || of?.name === wanted;
    return of === undefined || !isWanted ? [] : [{ artifact, package: of, file: store.file(artifact.digest) }];
  });
}

interface Comparing {
  readonly project: Project;
  readonly state: RunState;
  readonly built: readonly Built[];
  /** Empty, and removed afterwards. */
  readonly folder: string;
}

async function compareAll(world: World, comparing: Comparing): Promise<readonly ArtifactDiff[]> {
  const { state, built, folder } = comparing;
  const registries = await world.realRegistries();
  const planned = productionRegistry(state.plan);
  const tree = built.some((one) => one.artifact.kind === "sdist") ? await copySource(world, comparing) : undefined;
  const diffs: ArtifactDiff[] = [];
  for (const one of built) {
    const { kind, name, sizeBytes, digest } = one.artifact;
    const ports = { archives: world.archives, signal: world.interrupted, folder };
    const published: AgainstPublished =
      planned === undefined
        ? { kind: "unknown", registry: "", why: "the plan publishes to no registry" }
        : await compareWithPublished(one, registries.open(planned), ports);
    const source = kind === "sdist" && tree !== undefined ? { source: await compareSdist(world, one, tree) } : {};
    diffs.push({ package: one.package.id, kind, name, sizeBytes, sha256: digest, ...source, published });
  }
  return diffs;
}

/** Where people install from: the first registry that is no test index, else the first of all. */
function productionRegistry(plan: Plan): Plan["environments"][number]["registries"][number] | undefined {
  const all = plan.environments.flatMap((environment) => environment.registries);
  return all.find((registry) => !registry.test) ?? all[0];
}

type Tree =
  | { readonly kind: "copied"; readonly folder: string; readonly paths: readonly string[] }
  | { readonly kind: "unknown"; readonly why: string };

/** A copy as builds get one: without line-end conversion, so that bytes can be held against bytes. */
async function copySource(world: World, { project, state, folder }: Comparing): Promise<Tree> {
  const { commit } = state.plan.source;
  const { root } = project.look;
  if ((await world.git.resolve(root, commit)) === undefined)
    return { kind: "unknown", why: `the commit ${commit.slice(0, 10)} is not in this repository any more` };
  const clone = path.join(folder, "clone");
  const copy = path.join(folder, "source");
  await world.git.clone(root, clone);
  await world.git.copyAt(clone, { commit }, copy);
  return { kind: "copied", folder: copy, paths: await world.git.files(root, commit) };
}

async function compareSdist(
  world: World,
  built: { readonly artifact: Artifact; readonly package: PlannedPackage; readonly file: string },
  tree: Tree,
): Promise<NonNullable<ArtifactDiff["source"]>> {
  if (tree.kind === "unknown") return tree;
  const archive = await open(built.file, "sdist", world.archives);
  if (typeof archive === "string") return { kind: "unknown", why: `"${built.artifact.name}" cannot be read: ${archive}` };
  const members = membersOf(await archive.digests(), "sdist");
  const against = await compareWithSource(members, {
    folder: tree.folder,
    paths: tree.paths,
    packageFolder: built.package.folder,
    files: world.files,
  });
  return { kind: "compared", ...against };
}
