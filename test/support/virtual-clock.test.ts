import assert from "node:assert/strict";
import { test } from "node:test";
import { createVirtualClock } from "./virtual-clock.ts";

const never = new AbortController().signal;

test("advance() wakes the due sleepers in order, each at its own time", async () => {
  const clock = createVirtualClock(1_000);
  const seen: string[] = [];
  const sleeper = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms, never);
    seen.push(`${name} at ${clock.nowMs()}`);
  };
  const all = [sleeper("late", 300), sleeper("early", 100), sleeper("same as early", 100), sleeper("not yet", 501)];

  await clock.advance(500);

  assert.deepEqual(seen, ["early at 1100", "same as early at 1100", "late at 1300"]);
  assert.equal(clock.nowMs(), 1_500);
  assert.equal(clock.sleepers(), 1);
  await clock.advance(1);
  await Promise.all(all);
});

test("advance() wakes those too who go to sleep on the way", async () => {
  const clock = createVirtualClock(0);
  const seen: number[] = [];
  const ticking = (async () => {
    for (let i = 0; i < 5; i += 1) {
      await clock.sleep(10, never);
      seen.push(clock.nowMs());
    }
  })();

  await clock.advance(35);

  assert.deepEqual(seen, [10, 20, 30]);
  while (await clock.advanceToNext());
  await ticking;
  assert.equal(clock.nowMs(), 50);
});

test("sleep() rejects with the signal's reason and leaves no sleeper behind", async () => {
  const clock = createVirtualClock(0);
  const controller = new AbortController();
  const sleeping = clock.sleep(10, controller.signal);

  controller.abort(new Error("cancelled"));

  await assert.rejects(sleeping, /cancelled/);
  assert.equal(clock.sleepers(), 0);
  assert.equal(await clock.advanceToNext(), false);
});
