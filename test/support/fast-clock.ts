// A real clock that runs faster, for journeys in which the waiting is long and the work is short: minutes of back-off
// pass in seconds, while sockets, files and processes stay what they are.
import type { Clock } from "../../src/platform/ports.ts";

/** @param times how many of its milliseconds pass in a real one */
export function fastClock(times: number): Clock {
  const startMs = Date.now();
  return {
    nowMs: () => Math.round(startMs + (Date.now() - startMs) * times),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        const timer = setTimeout(
          () => {
            signal.removeEventListener("abort", stop);
            resolve();
          },
          Math.ceil(ms / times),
        );
        const stop = (): void => {
          clearTimeout(timer);
          reject(signal.reason as Error);
        };
        signal.addEventListener("abort", stop, { once: true });
      }),
  };
}
