// The runs of a project: its journal, its store, and the one run that is not finished.
import type { PlannedPackage } from "../domain/plan/plan.ts";
import { haveSameBase } from "../domain/version/bump.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import { readVersion } from "../domain/version/scheme.ts";
import path from "node:path";
import { SlipwayError } from "../domain/error.ts";
import { effectsOf, fold, type RunState } from "../domain/run/state.ts";
import type { DriverLock, Journal, RunSummary } from "../engine/journal/journal.ts";
import type { ArtifactStore } from "../platform/ports.ts";
import type { Project } from "./project.ts";
import { projectFolders, type ProjectFolders } from "./run-folder.ts";
import type { World } from "./world.ts";

export interface Runs {
  readonly folders: ProjectFolders;
  readonly journal: Journal;
  readonly store: ArtifactStore;
}

export function openRuns(world: World, project: Pick<Project, "folder">): Runs {
  const folders = projectFolders(project.folder);
  return { folders, journal: world.openJournal(folders.journal), store: world.openStore(folders.store) };
}

/** @throws SlipwayError RUN_LOCKED */
export function takeDriver(world: World, folders: ProjectFolders): DriverLock {
  const taken = world.takeLock(folders.lock, `process ${process.pid}`);
  if (taken.kind === "taken") return taken.lock;
  throw new SlipwayError("RUN_LOCKED", `Cannot drive the run: ${taken.by} is driving it`, {
    hint: "Look on with `slipway watch`, or approve, cancel and read from here",
  });
}

/** How many runs are looked at for an unfinished one or a tried candidate. */
const runsMax = 1_000;

/** The one run that is not over, newest first; undefined if there is none. */
export function unfinishedRun(journal: Journal): RunState | undefined {
  const open = journal.runs(runsMax).find((run) => !run.closed);
  return open === undefined ? undefined : fold(journal.read(open.run));
}

/** Runs that words may mean, newest first; without words all. */
export function runsNamed(journal: Journal, words: string | undefined): readonly RunSummary[] {
  return journal
    .runs(runsMax)
    .filter(
      ({ run, title }) => words === undefined || run === words || title === words || title.endsWith(` ${words}`) || run.startsWith(words),
    );
}

/**
 * The run that a person means: by id or its beginning, by title or version, or without words the newest.
 * @throws SlipwayError RUN_UNKNOWN
 */
export function findRun(journal: Journal, words: string | undefined): RunState {
  const [found] = runsNamed(journal, words);
  if (found !== undefined) return fold(journal.read(found.run));
  const what = words === undefined ? "there is none yet" : `none is called "${words}"`;
  throw new SlipwayError("RUN_UNKNOWN", `Cannot find the run: ${what}`, {
    hint: words === undefined ? "Start with `slipway rehearse`" : "See `slipway status --list`",
  });
}

/** Folders that have a journal: that of the runs, then those of the rehearsals that are kept. */
export async function foldersOfRuns(world: World, project: Pick<Project, "folder">): Promise<readonly string[]> {
  const root = path.join(project.folder, "rehearsals");
  const rehearsals = (await world.files.list(root)).map((name) => path.join(root, name));
  const all = await Promise.all(
    [project.folder, ...rehearsals].map(async (folder) =>
      (await world.files.info(projectFolders(folder).journal)) === undefined ? [] : [folder],
    ),
  );
  return all.flat();
}

/** Whether a candidate of the same base version was released and tried: its run is complete, and took no short cut (S5.12). */
export function candidateTried(journal: Journal, state: { readonly plan: RunState["plan"] }): boolean {
  const [wanted] = state.plan.packages;
  if (wanted === undefined) return false;
  return journal
    .runs(runsMax)
    .filter((run) => run.closed)
    .map((run) => fold(journal.read(run.run)))
    .some((run) => {
      const one = run.plan.packages.find((candidate) => candidate.id === wanted.id);
      return isTried(run) && one !== undefined && isSameBase(wanted, one.version);
    });
}

function isSameBase({ ecosystem, version }: PlannedPackage, other: string): boolean {
  const scheme = schemeOf(ecosystem);
  return haveSameBase(readVersion(scheme, version), readVersion(scheme, other));
}

/** A candidate on a path that left steps out was not tried as the file wants it; one that was sent nowhere was not released. */
function isTried(run: RunState): boolean {
  const isWhole = run.plan.path?.leavesOut.every((name) => name === "candidate") ?? true;
  const isReleased = [...run.steps.values()].some((step) => effectsOf(step).some((effect) => effect.evidence !== undefined));
  return run.closed?.result === "complete" && run.plan.release.prerelease && isWhole && isReleased;
}
