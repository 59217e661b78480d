// Use case: `slipway import`. Takes what was made on another machine for legs that have no place here into the run that is
// not finished, or opens the next one with it. Who says that it was made of this commit is journaled with it: provenance,
// which would prove it, comes with a later version.
import { SlipwayError } from "../domain/error.ts";
import type { Person } from "../domain/run/fact.ts";
import type { ImportedLeg } from "../domain/run/imports.ts";
import { fold, type RunState } from "../domain/run/state.ts";
import { judgeAsk } from "../engine/asks.ts";
import type { Ask } from "../engine/journal/journal.ts";
import type { Asked } from "./asked.ts";
import { chooseLegs, freezeLegs, type Offered } from "./choose-imports.ts";
import { say } from "./decide-run.ts";
import { membersOf } from "./drive-run.ts";
import { openRuns, takeDriver, unfinishedRun, type Runs } from "./open-runs.ts";
import { planRelease } from "./plan-release.ts";
import { openProject } from "./project.ts";
import { beginRun } from "./run-release.ts";
import type { World } from "./world.ts";

export interface ImportOptions extends Offered {
  readonly asked: Asked;
  readonly by: string;
  readonly reason: string;
}

export interface Imported {
  readonly state: RunState;
  readonly legs: readonly ImportedLeg[];
  /** Some process drives the run and takes the files up now. */
  readonly driven: boolean;
  /** There was no unfinished run: this one was opened, and nothing of it was begun. */
  readonly opened: boolean;
}

/** @throws SlipwayError what `chooseLegs` and planning throw; POLICY_REFUSED, RUN_LOCKED, STORAGE_FAILED */
export async function importArtifacts(world: World, options: ImportOptions): Promise<Imported> {
  const project = await openProject(world);
  const runs = openRuns(world, project);
  try {
    const open = unfinishedRun(runs.journal);
    const plan = open?.plan ?? (await planRelease(world, options.asked)).plan;
    const legs = await freezeLegs(world, runs.store, await chooseLegs(plan, options));
    const run = open?.run ?? (await openNext(world, runs, options.asked));
    const by: Person = { name: options.by, authenticated: false };
    const ask: Ask = { kind: "import", legs, by, reason: options.reason };
    const said = say({
      journal: runs.journal,
      takeLock: () => world.takeLock(runs.folders.lock, `process ${process.pid}`),
      find: () => fold(runs.journal.read(run)),
      judge: (state) => {
        const verdict = judgeAsk(state, ask, (group) => membersOf(project.configuration, group));
        if (verdict.kind === "counts") return { ask, facts: verdict.facts };
        throw new SlipwayError("POLICY_REFUSED", `Cannot import: ${verdict.why}`, { hint: verdict.hint });
      },
      id: () => world.random.id(),
      nowMs: () => world.clock.nowMs(),
    });
    return { ...said, legs, opened: open === undefined };
  } finally {
    runs.journal.close();
  }
}

/** @throws SlipwayError RUN_LOCKED where another process begins one at this moment */
async function openNext(world: World, runs: Runs, asked: Asked): Promise<string> {
  const lock = takeDriver(world, runs.folders);
  try {
    const planned = await planRelease(world, asked);
    return unfinishedRun(runs.journal)?.run ?? beginRun(world, runs, { planned, by: world.person(planned.project.look.person) });
  } finally {
    lock.release();
  }
}
