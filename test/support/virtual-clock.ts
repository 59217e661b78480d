// A clock whose time moves only when a test moves it. Sleepers wake one by one in the order of their due time (then
// of their going to sleep), each with the clock standing at its due time, so that a run of a year takes no time and
// always happens the same way.
import type { Clock } from "../../src/platform/ports.ts";

export interface VirtualClock extends Clock {
  /** Moves time by `ms` and wakes who is due on the way, those included who go to sleep on the way. */
  advance(ms: number): Promise<void>;
  /** Moves time to the next sleeper and wakes it; false when nobody sleeps. */
  advanceToNext(): Promise<boolean>;
  /** How many sleep now. */
  sleepers(): number;
}

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** More wake-ups than any test means to have: a loop that sleeps for 0 ms would otherwise never end. */
const wakesMax = 1_000_000;

export function createVirtualClock(startMs: number): VirtualClock {
  let nowMs = startMs;
  let sleepers: readonly Sleeper[] = [];

  async function wakeNext(untilMs: number): Promise<boolean> {
    await settled();
    const next = earliest(sleepers);
    if (next === undefined || next.dueMs > untilMs) return false;
    sleepers = sleepers.filter((one) => one !== next);
    nowMs = Math.max(nowMs, next.dueMs);
    next.wake();
    await settled();
    return true;
  }

  return {
    nowMs: () => nowMs,
    sleepers: () => sleepers.length,
    advanceToNext: () => wakeNext(Number.POSITIVE_INFINITY),
    async advance(ms) {
      const untilMs = nowMs + ms;
      for (let wakes = 0; await wakeNext(untilMs); wakes += 1) {
        if (wakes > wakesMax) throw new Error(`Cannot advance to ${untilMs}: more than ${wakesMax} wake-ups`);
      }
      nowMs = untilMs;
    },
    async sleep(ms, signal) {
      signal.throwIfAborted();
      if (ms <= 0) return;
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          reject(signal.reason);
        };
        const wake = (): void => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        };
        const sleeper: Sleeper = { dueMs: nowMs + ms, wake };
        sleepers = [...sleepers, sleeper];
        signal.addEventListener("abort", onAbort, { once: true });
      });
    },
  };
}

function earliest(sleepers: readonly Sleeper[]): Sleeper | undefined {
  let found: Sleeper | undefined;
  for (const one of sleepers) if (found === undefined || one.dueMs < found.dueMs) found = one;
  return found;
}

/** Lets all promise reactions run that are ready, however long their chains are. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
