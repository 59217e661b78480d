// The real clock. It exists so that nothing else in Slipway asks for the time or sets a timer: tests and the
// simulation pass a virtual one instead (test/support/virtual-clock.ts).
import type { Clock } from "./ports.ts";

/** Longest time a timer can hold (2^31 - 1 ms, about 24.8 days); Node fires at once above it. */
const timerMsMax = 2_147_483_647;

export function createSystemClock(): Clock {
  return { nowMs: Date.now, sleep };
}

/** Sleeps in pieces, since a gate may wait longer than one timer can. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const endMs = performance.now() + ms;
  for (let leftMs = ms; leftMs > 0; leftMs = endMs - performance.now()) {
    await oneTimer(Math.min(leftMs, timerMsMax), signal);
  }
}

function oneTimer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, Math.ceil(ms));
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
