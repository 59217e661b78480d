// Use cases that only read: status, watch, logs, the list of runs. They work while another process drives.
import path from "node:path";
import { decide } from "../domain/run/decide.ts";
import type { RunState } from "../domain/run/state.ts";
import type { Recorded } from "../domain/run/fact.ts";
import { fold } from "../domain/run/state.ts";
import type { RunSummary } from "../engine/journal/journal.ts";
import { SlipwayError } from "../domain/error.ts";
import { findRun, foldersOfRuns, openRuns, runsNamed } from "./open-runs.ts";
import { findProject } from "./project.ts";
import { report, type Report } from "./report.ts";
import { logFile, runFolders } from "./run-folder.ts";
import { alarmNotices } from "./watch/hold.ts";
import { openRunsOf } from "./withdrawals.ts";
import type { World } from "./world.ts";

export interface Look {
  readonly report: Report;
  readonly state: RunState;
  /** Some process drives the run now. */
  readonly driven: boolean;
  /** Open alarms of the watch over the registries, which hold publishing: a sentence each. */
  readonly held: readonly string[];
}

export async function lookAtRun(world: World, words: string | undefined): Promise<Look> {
  const project = await findProject(world);
  const held = await alarmNotices(world, project.folder);
  const runs = await openRunsOf(world, project, words);
  try {
    const state = findRun(runs.journal, words);
    return { report: report(state, standingOf(state, world.clock.nowMs())), state, driven: world.isLockHeld(runs.folders.lock), held };
  } finally {
    runs.journal.close();
  }
}

export async function listRuns(world: World, limit: number): Promise<readonly RunSummary[]> {
  const runs = openRuns(world, await findProject(world));
  try {
    return runs.journal.runs(limit);
  } finally {
    runs.journal.close();
  }
}

/** Hands on the facts of a run as they are written, until it rests or the signal ends it. */
export async function watchRun(
  world: World,
  words: string | undefined,
  onRecorded: (recorded: readonly Recorded[]) => void,
): Promise<Look> {
  const project = await findProject(world);
  const runs = await openRunsOf(world, project, words);
  try {
    const { run } = findRun(runs.journal, words);
    let seen = 0;
    for (;;) {
      const recorded = runs.journal.readAfter(run, seen);
      if (recorded.length > 0) onRecorded(recorded);
      seen = recorded.at(-1)?.seq ?? seen;
      const state = fold(runs.journal.read(run));
      const driven = world.isLockHeld(runs.folders.lock);
      if (!driven || state.closed !== undefined || world.interrupted.aborted)
        return {
          report: report(state, standingOf(state, world.clock.nowMs())),
          state,
          driven,
          held: await alarmNotices(world, project.folder),
        };
      await world.clock.sleep(watchEveryMs, world.interrupted).catch(() => {});
    }
  } finally {
    runs.journal.close();
  }
}

const watchEveryMs = 300;

function standingOf(state: RunState, nowMs: number): ReturnType<typeof decide>["standing"] {
  return decide(state, { nowMs, underWay: new Set(), limits: { work: 1, perTarget: 1 } }).standing;
}

export interface StepLogFile {
  readonly step: string;
  readonly attempt: number;
  readonly file: string;
}

/**
 * Log files of a run or rehearsal, in plan order; the newest of both without words.
 * @param step id of one step, or undefined for all
 * @throws SlipwayError USAGE for a step that the plan does not have
 */
export async function findLogs(
  world: World,
  which: {
    readonly run: string | undefined;
    readonly step: string | undefined;
    readonly attempt: number | undefined;
    readonly failedOnly: boolean;
  },
): Promise<readonly StepLogFile[]> {
  const { folder, state } = await findLogged(world, which.run);
  const ids = state.plan.steps.map((step) => step.id);
  if (which.step !== undefined && !ids.includes(which.step)) {
    throw new SlipwayError("USAGE", `Cannot show the log of "${which.step}": ${state.plan.release.title} has no such step`, {
      hint: `Steps: ${ids.join(", ")}`,
    });
  }
  const wanted = ids.filter(
    (id) => (which.step === undefined || which.step === id) && (!which.failedOnly || state.steps.get(id)?.phase === "failed"),
  );
  const folders = runFolders(folder, state.run);
  const found = await Promise.all(wanted.map((id) => logsOfStep(world, id, path.dirname(logFile(folders, id, 1)))));
  return found.flat().filter((log) => which.attempt === undefined || log.attempt === which.attempt);
}

/** The run that is meant, rehearsals included: whoever is told to look at the logs of one must find them. */
async function findLogged(world: World, words: string | undefined): Promise<{ readonly folder: string; readonly state: RunState }> {
  const project = await findProject(world);
  const found = (await foldersOfRuns(world, project)).flatMap((folder) => {
    const { journal } = openRuns(world, { folder });
    try {
      return runsNamed(journal, words)
        .slice(0, 1)
        .map(({ run }) => ({ folder, state: fold(journal.read(run)) }));
    } finally {
      journal.close();
    }
  });
  const [newest] = found.toSorted((one, other) => other.state.openedAtMs - one.state.openedAtMs);
  if (newest !== undefined) return newest;
  const what = words === undefined ? "there is none yet" : `no run or rehearsal is called "${words}"`;
  throw new SlipwayError("RUN_UNKNOWN", `Cannot find the run: ${what}`, { hint: "Start with `slipway rehearse`" });
}

async function logsOfStep(world: World, step: string, folder: string): Promise<readonly StepLogFile[]> {
  const names = await world.files.list(folder);
  return names
    .flatMap((name) => (/^\d+\.log$/.test(name) ? [{ step, attempt: Number.parseInt(name, 10), file: path.join(folder, name) }] : []))
    .toSorted((one, other) => one.attempt - other.attempt);
}
