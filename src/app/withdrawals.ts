// The withdrawals of a project: runs with a journal of their own beside that of the releases, so that one which waits for a person –
// for a consent, or for what only somebody at a registry can do – keeps no release from beginning. What was taken back, by whom,
// why and when is read there; killed half-way, the same command goes on.
import path from "node:path";
import { catalogueName, type Plan } from "../domain/plan/plan.ts";
import { fold, type RunState } from "../domain/run/state.ts";
import type { Journal } from "../engine/journal/journal.ts";
import { openRuns, type Runs } from "./open-runs.ts";
import type { Project } from "./project.ts";
import { projectFolders } from "./run-folder.ts";
import type { World } from "./world.ts";

/** Where a project keeps them. */
export function withdrawalsFolder(project: Pick<Project, "folder">): string {
  return path.join(project.folder, "withdrawn");
}

/** How many runs are looked at for an unfinished one, or for one that is named. */
const runsMax = 1_000;

/**
 * The unfinished withdrawal of the same versions, by the same ways; whatever the file says by now, it goes on under its own plan.
 * @returns undefined where there is none
 */
export function unfinishedWithdrawal(journal: Journal, plan: Plan): RunState | undefined {
  return journal
    .runs(runsMax)
    .filter((run) => !run.closed && run.title === plan.release.title)
    .map(({ run }) => fold(journal.read(run)))
    .find((state) => waysOf(state.plan) === waysOf(plan));
}

function waysOf({ steps, packages }: Plan): string {
  const ways = steps.map((step) => [step.id, catalogueName(step), (step.input as { readonly of?: unknown }).of, step.environment]);
  return JSON.stringify([ways, packages.map(({ name, version, tag }) => [name, version, tag])]);
}

/** Why the release is taken back, as its plan says. */
export function reasonOf({ steps }: Plan): string | undefined {
  const reasons = steps.flatMap(({ input }) => (input as { readonly reason?: string }).reason ?? []);
  return reasons[0];
}

/**
 * The journal that has a run: that of the withdrawals where the words are the id of one of them, or its beginning; else that of the
 * releases.
 */
export async function openRunsOf(world: World, project: Pick<Project, "folder">, words: string | undefined): Promise<Runs> {
  const folder = withdrawalsFolder(project);
  const isThere = words !== undefined && (await world.files.info(projectFolders(folder).journal)) !== undefined;
  if (!isThere) return openRuns(world, project);
  const runs = openRuns(world, { folder });
  if (runs.journal.runs(runsMax).some(({ run }) => run.startsWith(words))) return runs;
  runs.journal.close();
  return openRuns(world, project);
}
