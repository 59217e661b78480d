// Whether the simulation can fail: each sabotage breaks one promise, and has to be found among the default seeds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runSchedule } from "./schedule.ts";
import { sabotages } from "./sabotage.ts";

/** A tenth of the schedules of `runs.test.ts`. */
const seedsMax = 2_000;

for (const [name, sabotage] of Object.entries(sabotages)) {
  test(`the simulation finds an engine that ${name}`, async () => {
    for (let seed = 1; seed <= seedsMax; seed += 1) {
      const { wrongs } = await runSchedule(seed, { sabotage });
      if (wrongs.length === 0) continue;
      console.log(`${name}: found by seed ${seed}: ${wrongs[0]?.slice(0, 200)}`);
      return;
    }
    assert.fail(`not found in ${seedsMax} schedules`);
  });
}
