// The plan of the newest run, to compare the present one with.
import type { Plan } from "../domain/plan/plan.ts";
import { findRun, openRuns } from "./open-runs.ts";
import { openProject } from "./project.ts";
import type { World } from "./world.ts";

/** @throws SlipwayError RUN_UNKNOWN */
export async function lastPlan(world: World): Promise<Plan> {
  const runs = openRuns(world, await openProject(world));
  try {
    return findRun(runs.journal, undefined).plan;
  } finally {
    runs.journal.close();
  }
}
