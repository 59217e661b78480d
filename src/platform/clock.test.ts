import assert from "node:assert/strict";
import { test } from "node:test";
import { createSystemClock, type SystemClock } from "./clock.ts";

test("sleep() resolves at once when nothing is left to wait for", async () => {
  await createSystemClock().sleep(0, new AbortController().signal);
});

test("sleep() rejects with the reason of a signal that was aborted before", async () => {
  const reason = new Error("cancelled before");

  await assert.rejects(createSystemClock().sleep(0, AbortSignal.abort(reason)), reason);
});

test("sleep() rejects with the reason of a signal that is aborted during a wait longer than a timer can hold", async () => {
  const controller = new AbortController();
  const sleeping = createSystemClock().sleep(10 * 365 * 24 * 3600 * 1000, controller.signal);

  const reason = new Error("cancelled during");
  controller.abort(reason);

  await assert.rejects(sleeping, reason);
});

interface Moving {
  readonly clock: SystemClock;
  /** Lets time pass, and sets the wall clock besides. */
  pass(ms: number, setMs?: number): void;
}

function movingClock(startMs: number): Moving {
  let wallMs = startMs;
  let steadyMs = 5_000;
  const clock = createSystemClock({ wallMs: () => wallMs, steadyMs: () => steadyMs });
  return {
    clock,
    pass(ms, setMs = 0) {
      wallMs += ms + setMs;
      steadyMs += ms;
    },
  };
}

test("nowMs() follows the wall clock forward, also over a sleep of the machine", () => {
  const { clock, pass } = movingClock(1_000_000);

  pass(10);
  assert.equal(clock.nowMs(), 1_000_010);
  pass(0, 3_600_000);
  assert.equal(clock.nowMs(), 4_600_010);
});

test("nowMs() goes on as time passes when the wall clock is set back", () => {
  const { clock, pass } = movingClock(10_000_000);

  pass(20, -3_600_000);
  assert.equal(clock.nowMs(), 10_000_020);
  pass(30);
  assert.equal(clock.nowMs(), 10_000_050);
  pass(10, -5_000);
  assert.equal(clock.nowMs(), 10_000_060);
});

test("catchUp() goes on after what a journal holds, as after a rest, and changes nothing when the clock is there already", () => {
  const { clock, pass } = movingClock(1_000_000);

  clock.catchUp(999_000);
  assert.equal(clock.nowMs(), 1_000_000);
  clock.catchUp(5_000_000);
  assert.ok(clock.nowMs() >= 5_060_000);
  const before = clock.nowMs();
  pass(7);
  assert.equal(clock.nowMs(), before + 7);
});
