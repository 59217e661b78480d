// The real clock. It exists so that nothing else in Slipway asks for the time or sets a timer: tests and the
// simulation pass a virtual one instead (test/support/virtual-clock.ts).
import type { Clock } from "./ports.ts";

/**
 * Longest single timer. Node's own limit is 2^31 - 1 ms (it fires at once above); a minute is taken because timers stand
 * still while a laptop sleeps: a wait of two days is over one minute, at most, after the lid opens.
 */
const timerMsMax = 60_000;

export function createSystemClock(): Clock {
  return { nowMs: Date.now, sleep };
}

/** Over when either clock says so: the wall clock runs on during suspension, the monotonic one is never set back. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const wallEndMs = Date.now() + ms;
  const steadyEndMs = performance.now() + ms;
  for (let leftMs = ms; leftMs > 0; leftMs = Math.min(wallEndMs - Date.now(), steadyEndMs - performance.now())) {
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
