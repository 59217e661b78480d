// What can be known of a release's changes before it runs: what the newest run or rehearsal of the same commit found when it built it.
import { fold, type RunState } from "../../domain/run/state.ts";
import { foldersOfRuns, openRuns } from "../open-runs.ts";
import type { PlannedRun } from "../plan-release.ts";
import type { World } from "../world.ts";

/** Runs of one folder that are looked at, newest first. */
const runsMax = 20;
/** Changes that a plan tells; the rest is counted. */
const toldMax = 20;

export async function knownChanges(world: World, { project, plan }: PlannedRun): Promise<readonly string[]> {
  const states: RunState[] = [];
  for (const folder of await foldersOfRuns(world, project)) {
    const { journal } = openRuns(world, { folder });
    try {
      const all = journal.runs(runsMax).map(({ run }) => fold(journal.read(run)));
      states.push(...all.filter((state) => state.plan.source.commit === plan.source.commit && hasBuilt(state)).slice(0, 1));
    } finally {
      journal.close();
    }
  }
  const [newest] = states.toSorted((one, other) => other.openedAtMs - one.openedAtMs);
  if (newest === undefined) return [];
  const changes = [...newest.steps.values()].flatMap((step) => step.changes);
  const told = changes.slice(0, toldMax).map(({ kind, artifact, what }) => `As run ${newest.run} built it, ${kind}: ${artifact}: ${what}`);
  return changes.length > toldMax ? [...told, `and ${changes.length - toldMax} more: see \`slipway diff\``] : told;
}

function hasBuilt(state: RunState): boolean {
  return [...state.steps.values()].some(({ artifacts }) => artifacts.length > 0);
}
