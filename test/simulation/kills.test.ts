// Every place at which a process can be killed, one after another, and pairs of them (trust.md G2): before and after each
// append, before each move, at each crash point, between two inputs. `SLIPWAY_SIM_PAIRS=4` tries the pairs of four plans
// (some 45,000 of them, a quarter of an hour) instead of one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runSchedule } from "./schedule.ts";

/** Plans are those of the seeds from 1 on. */
const plans = 8;
/** Seeds whose plans have gates, and effects that may be repeated in different ways. The first is the smallest. */
const pairedPlans = [10, 2, 5, 11].slice(0, Number(process.env["SLIPWAY_SIM_PAIRS"] ?? 1));
/** How far behind the first kill the second may come, in boundaries. */
const recoveryMax = 25;

async function killed(seed: number, killAt: readonly number[]): Promise<number> {
  const schedule = await runSchedule(seed, { killAt });
  assert.deepEqual(schedule.wrongs, [], `seed ${seed} killed at ${killAt.join(" and ")}`);
  assert.equal(schedule.end, "complete", `seed ${seed} killed at ${killAt.join(" and ")}`);
  return schedule.kills;
}

async function boundariesOf(seed: number): Promise<number> {
  const { boundaries, wrongs } = await runSchedule(seed, { killAt: [] });
  assert.deepEqual(wrongs, []);
  return boundaries;
}

test("a kill at any boundary of a run changes nothing about its end", async () => {
  let kills = 0;
  for (let seed = 1; seed <= plans; seed += 1) {
    const boundaries = await boundariesOf(seed);
    for (let at = 1; at <= boundaries; at += 1) kills += await killed(seed, [at]);
  }

  console.log(`${kills} kills, one at each boundary of ${plans} plans`);
  assert.ok(kills >= 2_000, `${kills} boundaries`);
});

test("a kill at any boundary, and another at any boundary of the recovery, change nothing about its end", async () => {
  let pairs = 0;
  for (const seed of pairedPlans) {
    const boundaries = await boundariesOf(seed);
    for (let first = 1; first <= boundaries; first += 1) {
      for (let second = first + 1; second <= first + recoveryMax; second += 1) pairs += (await killed(seed, [first, second])) > 1 ? 1 : 0;
    }
  }

  console.log(`${pairs} pairs of kills in ${pairedPlans.length} plan(s)`);
  assert.ok(pairs >= 2_000, `${pairs} pairs`);
});
