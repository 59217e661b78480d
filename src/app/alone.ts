// A plan that is no release of its own and is carried out by itself: named steps as the release will run them, a version
// that is withdrawn. The journal of steps alone is forgotten; a withdrawal brings its own. No release has a say in it.
import path from "node:path";
import type { Plan } from "../domain/plan/plan.ts";
import type { Person } from "../domain/run/fact.ts";
import type { Journal } from "../engine/journal/journal.ts";
import { driveRun, openRun, type RunObserver } from "./drive-run.ts";
import type { Project } from "./project.ts";
import { projectFolders, runFolders } from "./run-folder.ts";
import type { World } from "./world.ts";

export interface Alone {
  readonly plan: Plan;
  /** Folder of the project's state under which its own is made. */
  readonly place: "only" | "withdrawn";
  /** The tag that the plan is pinned to is not made yet. */
  readonly tagAssumed: boolean;
  /** A run that is taken up, in its journal; absent: one that nobody reads later. */
  readonly kept?: { readonly journal: Journal; readonly run: string };
  /** Logs are kept where people look at them later; all else is taken away. */
  readonly keepsLogs: boolean;
  readonly observer: RunObserver;
}

function forgotten(world: World, plan: Plan, by: Person): NonNullable<Alone["kept"]> {
  const journal = world.forgetfulJournal();
  return { journal, run: openRun({ world, journal }, { plan, mode: "run", by }) };
}

/** @throws SlipwayError what `driveRun` throws */
export async function runAlone(world: World, project: Project, alone: Alone): ReturnType<typeof driveRun> {
  const { plan, observer } = alone;
  const by = world.person(project.look.person);
  const { journal, run } = alone.kept ?? forgotten(world, plan, by);
  const folders = runFolders(path.join(project.folder, alone.place), run);
  const registries = await world.realRegistries();
  const forges = await world.realForges();
  const workshop = {
    plan,
    folders,
    store: world.openStore(projectFolders(project.folder).store),
    registries,
    preflightRegistries: registries,
    source: { look: () => Promise.resolve({ kind: "same" as const }) },
    repository: project.look.root,
    forges,
    preflightForges: forges,
    filesFolder: undefined,
    projectFolder: project.folder,
    rehearsalFolder: undefined,
    identity: project.look.person,
    tagAssumed: alone.tagAssumed,
    candidateTried: () => true,
    configurationIs: "committed" as const,
  };
  const { configuration } = project;
  try {
    return await driveRun({ world, journal, configuration, workshop, observer, waitForPeople: false }, run, by);
  } finally {
    const { root, clone, source, work, home } = folders;
    const temporary = alone.keepsLogs ? [clone, source, work, home, path.join(root, "tmp")] : [root];
    for (const folder of temporary) await world.files.remove(folder);
  }
}
