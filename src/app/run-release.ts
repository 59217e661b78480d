// Use case: `slipway run`. Begins a release, or goes on with the one that is not finished: the same command after any
// crash finishes exactly what is missing.
import { diffPlans } from "../domain/plan/diff.ts";
import { SlipwayError } from "../domain/error.ts";
import type { Plan } from "../domain/plan/plan.ts";
import type { Person } from "../domain/run/fact.ts";
import type { RunState } from "../domain/run/state.ts";
import { driveRun, openRun, tellingWhatIsPublic, type RunObserver } from "./drive-run.ts";
import { findEarlier } from "./earlier-run.ts";
import { inherit, mendRun, wasMended } from "./mend.ts";
import { candidateTried, openRuns, takeDriver, unfinishedRun, type Runs } from "./open-runs.ts";
import { planProject, type PlannedRun } from "./plan-release.ts";
import { openProject, type Project } from "./project.ts";
import { writeRecord } from "./record.ts";
import type { Head } from "../domain/run/head.ts";
import type { Asked } from "./asked.ts";
import { report, type Report } from "./report.ts";
import { runFolders } from "./run-folder.ts";
import { watchSource } from "./source-watch.ts";
import { tellAfterRun } from "./tell-incidents.ts";
import { refuseWhileAlarmed } from "./watch/hold.ts";
import type { World } from "./world.ts";

export interface RunOptions {
  readonly asked: Asked;
  readonly observer: RunObserver;
  /** Stay at a gate until somebody opens it; otherwise end with exit 3. */
  readonly waitForPeople: boolean;
  /** Go on under a changed plan: what is unchanged keeps its outcome and its bytes. */
  readonly mend: boolean;
  /** Folder with the release's files, instead of its page; absolute. */
  readonly filesFolder: string | undefined;
  /** SSH key that the records are signed with where no CI vouches for the run; absolute. Absent: the one that git signs with. */
  readonly signKey?: string | undefined;
}

export interface RunEnd {
  readonly report: Report;
  readonly state: RunState;
  /** Path of the record, once the release is complete. */
  readonly record: string | undefined;
}

/**
 * @throws SlipwayError what planning throws; RUN_LOCKED, PLAN_STALE with the changes in `details`, STORAGE_FAILED
 */
export async function runRelease(world: World, options: RunOptions): Promise<RunEnd> {
  const { asked, observer } = options;
  const project = await openProject(world);
  const runs = openRuns(world, project);
  const lock = takeDriver(world, runs.folders);
  try {
    const open = unfinishedRun(runs.journal);
    const planned = await planAgain(world, { project, asked, open });
    const by = world.person(project.look.person);
    // A run that is under way goes on to what is held, and may finish what cannot be left as it is.
    if (open === undefined) await refuseWhileAlarmed(world, project.folder);
    const run = open === undefined ? beginRun(world, runs, { planned, by }) : goOnOrTell(world, runs, { open, planned, options });
    const { filesFolder, signKey, waitForPeople } = options;
    const parts = await partsFor(world, { runs, planned, run, waitForPeople, observer, filesFolder, signKey });
    const { drove, state: driven } = await driveRun(parts, run, by);
    const state = await tellAfterRun(world, project, { journal: runs.journal, state: driven });
    const ended = report(state, drove);
    const isComplete = drove.kind === "closed" && drove.result === "complete";
    const record = isComplete ? await writeRecord(world, runs.folders, { state, sealing: parts.workshop }) : undefined;
    return { report: ended, state, record };
  } finally {
    runs.journal.close();
    lock.release();
  }
}

interface Again {
  readonly project: Awaited<ReturnType<typeof openProject>>;
  readonly asked: Asked;
  readonly open: RunState | undefined;
}

/**
 * The plan as it would be now. An unfinished run brings the path that it was begun on; one that was cancelled while
 * something was in doubt is followed to its end under its own plan, whatever the file says by now.
 */
async function planAgain(world: World, { project, asked, open }: Again): Promise<PlannedRun> {
  if (open?.cancel !== undefined) return { project, plan: open.plan, digest: open.planDigest, tagAssumed: false, notices: [] };
  const path =
    asked.path ??
    (open?.plan.path === undefined ? undefined : { name: open.plan.path.name, reason: open.plan.path.reason, by: open.plan.path.by });
  if (open === undefined) return planProject(world, project, { ...asked, path });
  return planProject(world, await atItsStart(world, project, open), {
    ...asked,
    ...begunWith(asked, open.plan),
    path,
    carried: open.plan.source.carried ?? [],
    begun: { packages: open.plan.packages, tags: open.head.tags.map(({ name }) => name) },
  });
}

/** The same command without its words again: the unfinished run brings what it was begun with. */
function begunWith(asked: Asked, plan: Plan): Pick<Asked, "pipeline" | "version" | "inputs"> {
  const pipeline = asked.pipeline ?? plan.pipeline;
  if (pipeline !== plan.pipeline || asked.version !== undefined || Object.keys(asked.inputs).length > 0) return { ...asked, pipeline };
  return { pipeline, version: undefined, inputs: plan.inputs };
}

/** Whoever pulled what the run pushed stands at the run's own commit, or at a merge of it, which is no other source. */
async function atItsStart(world: World, project: Project, { run, plan, head }: RunState): Promise<Project> {
  const { commit, epochSeconds } = plan.source;
  const look = withoutOwnTags(project.look, { head, plan });
  if (head.commit === commit || look.commit === commit) return { ...project, look };
  if (look.commit !== head.commit && !(await isMerged(world, project, { head, commit, clone: runFolders(project.folder, run).clone })))
    return project;
  return { ...project, look: { ...look, commit, epochSeconds } };
}

/** Tags that the run made and somebody fetched since: it is pinned to none of them, unless it was from the start. */
function withoutOwnTags(look: Project["look"], { head, plan }: Pick<RunState, "head" | "plan">): Project["look"] {
  const isOwn = (name: string): boolean => name !== plan.source.tag && head.tags.some((tag) => tag.name === name);
  return { ...look, tagsHere: look.tagsHere.filter(({ name }) => !isOwn(name)) };
}

/** What is checked out follows the pinned commit and has the very files of the run's own. */
async function isMerged(
  { git }: World,
  { look }: Project,
  { head, commit, clone }: { readonly head: Head; readonly commit: string; readonly clone: string },
): Promise<boolean> {
  const treeOf = (folder: string, of: string): Promise<string | undefined> => git.treeOf(folder, of).catch(() => undefined);
  const [here, ours] = await Promise.all([treeOf(look.root, look.commit), treeOf(clone, head.commit)]);
  return here !== undefined && here === ours && git.contains(look.root, look.commit, commit).catch(() => false);
}

/**
 * A run for a release that has no unfinished one. What an earlier run of the same release made public is taken over.
 * @returns its id; that of the earlier run when there is nothing left to do
 * @throws SlipwayError POLICY_REFUSED when public bytes would be built again
 */
export function beginRun(world: World, runs: Runs, beginning: { readonly planned: PlannedRun; readonly by: Person }): string {
  const { planned, by } = beginning;
  const { plan } = planned;
  const earlier = findEarlier(runs.journal, plan, planned.digest);
  if (earlier.kind === "complete") return earlier.run.run;
  const inherited = earlier.kind === "sent" ? inherit(world, earlier.run, plan) : [];
  return openRun({ world, journal: runs.journal }, { plan, mode: "run", by, inherited });
}

/** @throws SlipwayError what `goOn` throws, with what is public of the run that does not go on */
function goOnOrTell(world: World, runs: Runs, again: Parameters<typeof goOn>[2]): string {
  try {
    return goOn(world, runs, again);
  } catch (error) {
    throw tellingWhatIsPublic(error, again.open);
  }
}

/** @throws SlipwayError PLAN_STALE */
function goOn(
  world: World,
  runs: Runs,
  again: { readonly open: RunState; readonly planned: PlannedRun; readonly options: RunOptions },
): string {
  const { open, planned, options } = again;
  if (open.planDigest === planned.digest) return open.run;
  refuseOtherPipeline(open.plan, planned.plan);
  if (options.mend) return mendRun(world, runs.journal, { open, planned });
  const changes = diffPlans(open.plan, planned.plan);
  const shown = changes.slice(0, 5).map((change) => `${change.field}: ${change.before ?? "nothing"} → ${change.after ?? "nothing"}`);
  throw new SlipwayError(
    "PLAN_STALE",
    `Cannot go on with ${open.plan.release.title}: its plan has changed (${shown.join("; ")}${changes.length > 5 ? "; …" : ""})`,
    {
      hint:
        open.plan.source.commit === planned.plan.source.commit && open.plan.release.title === planned.plan.release.title
          ? "Go on under the new plan with `slipway run --mend`, or give the run up with `slipway cancel`"
          : `Check out ${whereItBegan(open.plan, planned.plan)} again, or give the run up with \`slipway cancel\``,
      details: { changes, run: open.run },
    },
  );
}

/** One release at a time: another pipeline is neither the unfinished run's continuation nor its successor. */
function refuseOtherPipeline(before: Plan, after: Plan): void {
  if (before.pipeline === after.pipeline) return;
  throw new SlipwayError(
    "PLAN_STALE",
    `Cannot start pipeline "${after.pipeline}": ${before.release.title} of pipeline "${before.pipeline}" is not finished`,
    { hint: `Finish it with \`slipway run --pipeline ${before.pipeline}\`, or give it up with \`slipway cancel\`` },
  );
}

/** A tag that was moved does not lead back to where the run began. */
function whereItBegan(before: Plan, after: Plan): string {
  const { tag, commit } = before.source;
  return tag === undefined || tag === after.source.tag ? commit.slice(0, 10) : tag;
}

interface Composing {
  readonly runs: Runs;
  readonly planned: PlannedRun;
  readonly run: string;
  readonly waitForPeople: boolean;
  readonly observer: RunObserver;
  readonly filesFolder: string | undefined;
  readonly signKey: string | undefined;
}

async function partsFor(world: World, composing: Composing): Promise<Parameters<typeof driveRun>[0]> {
  const { runs, planned, run, waitForPeople, observer, filesFolder, signKey } = composing;
  const { project, plan } = planned;
  const registries = await world.realRegistries();
  const forges = await world.realForges();
  const source = watchSource({
    git: world.git,
    clock: world.clock,
    plan,
    repository: project.look.root,
    clone: runFolders(project.folder, run).clone,
    tagAssumed: planned.tagAssumed,
    remote: project.look.remote === undefined ? undefined : "origin",
  });
  return {
    world,
    journal: runs.journal,
    configuration: project.configuration,
    waitForPeople,
    observer,
    workshop: {
      plan,
      folders: runFolders(project.folder, run),
      store: runs.store,
      registries,
      preflightRegistries: registries,
      source,
      repository: project.look.root,
      forges,
      preflightForges: forges,
      filesFolder,
      signKey,
      projectFolder: project.folder,
      rehearsalFolder: undefined,
      identity: project.look.person,
      tagAssumed: planned.tagAssumed,
      refuseWhileHeld: () => refuseWhileAlarmed(world, project.folder),
      candidateTried: () => candidateTried(runs.journal, { plan }),
      configurationIs: !project.configurationDirty
        ? ("committed" as const)
        : wasMended(runs.journal, plan)
          ? ("mended" as const)
          : ("changed" as const),
    },
  };
}
