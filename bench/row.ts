// ◆ What every row of the bench is: some comparisons, each with sides that are measured in turn, and the bars that are
// held against them (reference/performance.md §13, DESIGN §4).
import type { Quantity, Side } from "./measure.ts";

export interface Row {
  /** Name on the command line, `npm run bench -- cold`. */
  readonly name: string;
  /** As the goals name it. */
  readonly title: string;
  /** Makes what the row needs and says what is to be compared. */
  prepare(): Promise<Prepared>;
}

export interface Prepared {
  readonly comparisons: readonly Comparison[];
  /** What a reader has to know to believe the numbers. */
  readonly notes: readonly string[];
  /** Peers and figures that cannot be had here, and why. */
  readonly missing: readonly string[];
  /** Ends what was started for the row. */
  close?(): Promise<void>;
}

export interface Comparison {
  readonly title: string;
  readonly sides: readonly Side[];
  readonly bars: readonly Bar[];
  /** Default: the rounds of the command line. */
  readonly rounds?: number;
  /** Sleeping decides, so that wall time is judged at any load. */
  readonly sleeps?: boolean;
}

export interface Bar {
  /**
   * `must`: the gate. `reach`: for later. `aim`: the engine's aims of DESIGN §4. `room`: what a must that is a multiple of
   * `node -e 0` left above it where it was set, on a Node that took 60 ms.
   */
  readonly level: "must" | "reach" | "aim" | "room";
  readonly side: string;
  /** Default `time`: wall on a quiet machine, CPU on a busy one. */
  readonly quantity?: "time" | Exclude<Quantity, "wallS" | "cpuS">;
  /** `ratio` to the base (several: to their sum); `over`: how much above the base; `value`: as it is. */
  readonly than: { readonly kind: "ratio" | "over"; readonly base: readonly string[] } | { readonly kind: "value" };
  /** At most this. Seconds, MiB, or what the side's figure is in. */
  readonly limit: number;
  /** Factor and name of the unit that people read. */
  readonly unit?: { readonly name: string; readonly factor: number };
}

type Level = Bar["level"];

/** `side` takes at most `limit` times what `base` takes. */
export function times(
  level: Level,
  side: string,
  base: string | readonly string[],
  limit: number,
  quantity: Bar["quantity"] = "time",
): Bar {
  return { level, side, quantity, than: { kind: "ratio", base: typeof base === "string" ? [base] : base }, limit };
}

export const milliseconds = { name: "ms", factor: 1000 };
export const seconds = { name: "s", factor: 1 };
export const mebibytes = { name: "MiB", factor: 1 };

/** `side` takes at most `limit`. */
export function atMost(level: Level, side: string, limit: number, options: Pick<Bar, "quantity" | "unit">): Bar {
  return { level, side, than: { kind: "value" }, limit, ...options };
}

/** `side` takes at most `limit` seconds more than `base`. */
export function over(level: Level, side: string, base: string, limit: number): Bar {
  return { level, side, than: { kind: "over", base: [base] }, limit, unit: milliseconds };
}
