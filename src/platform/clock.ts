// The real clock. It exists so that nothing else in Slipway asks for the time or sets a timer: tests and the
// simulation pass a virtual one instead (test/support/virtual-clock.ts). It never goes back: a run that waits until a
// time must not wait an hour more because somebody set the machine's clock.
import type { Clock } from "./ports.ts";

/**
 * Longest single timer. Node's own limit is 2^31 - 1 ms (it fires at once above); a minute is taken because timers stand
 * still while a laptop sleeps: a wait of two days is over one minute, at most, after the lid opens.
 */
const timerMsMax = 60_000;

export interface SystemClock extends Clock {
  /**
   * Shows no time before `atMs` from now on: a journal that was written while the clock stood ahead is gone on with from
   * where it ends, instead of waiting until the clock is there again.
   */
  catchUp(atMs: number): void;
}

/** Where a clock reads the time; tests pass others. */
export interface TimeSources {
  /** Milliseconds since 1970; may be set back. */
  readonly wallMs: () => number;
  /** Milliseconds since some moment; never goes back, and stands still while the machine sleeps. */
  readonly steadyMs: () => number;
}

/** How long a run is taken to have rested when the clock cannot tell: longer than any look at a registry is good for. */
const restedMs = 60_000;

export function createSystemClock(sources: TimeSources = { wallMs: Date.now, steadyMs: () => performance.now() }): SystemClock {
  const { wallMs, steadyMs } = sources;
  let lastWallMs = wallMs();
  let lastSteadyMs = steadyMs();
  /** By how much the wall clock was set back, all in all. */
  let aheadMs = 0;

  function nowMs(): number {
    const [wall, steady] = [wallMs(), steadyMs()];
    if (wall < lastWallMs) aheadMs += lastWallMs - wall + Math.round(steady - lastSteadyMs);
    [lastWallMs, lastSteadyMs] = [wall, steady];
    return wall + aheadMs;
  }

  return {
    nowMs,
    sleep,
    catchUp(atMs) {
      const behindMs = atMs - nowMs();
      if (behindMs > 0) aheadMs += behindMs + restedMs;
    },
  };
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
