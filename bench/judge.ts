// Holds measurements against bars. On a quiet machine wall time is judged, on a busy one CPU time: it moved by 15 %
// where wall time moved by four (reference/performance.md §1).
import { median, spread, valuesOf, type Measured, type Spread } from "./measure.ts";
import type { Bar, Comparison } from "./row.ts";

export interface Verdict {
  readonly bar: Bar;
  /** By wall time and by CPU time; the same for what is no time. */
  readonly wall: number;
  readonly cpu: number;
  /** Which of the two counts. */
  readonly by: "wall" | "cpu" | "value";
  readonly held: boolean;
}

export interface SideResult {
  readonly name: string;
  readonly wallS: Spread;
  readonly cpuS: Spread;
  readonly peakMiB: Spread;
  readonly residentMiB?: Spread;
  readonly figure?: Spread;
}

export interface Judged {
  readonly title: string;
  readonly rounds: number;
  readonly sides: readonly SideResult[];
  readonly verdicts: readonly Verdict[];
  /** Median of the one-minute load average, and of the cores that others kept busy. */
  readonly load: number;
  readonly othersCores: number;
}

/** Above this one-minute load average wall times are not judged. */
const quietLoad = 1.5;

export function judge(comparison: Comparison, measured: Measured): Judged {
  const load = median(measured.samples.map((sample) => sample.load));
  const isQuiet = load < quietLoad || comparison.sleeps === true;
  return {
    title: comparison.title,
    rounds: measured.rounds,
    load,
    othersCores: median(measured.samples.map((sample) => sample.othersCores)),
    sides: comparison.sides.map((side) => sideResult(measured, side.name)),
    verdicts: comparison.bars.map((bar) => verdictOf(bar, measured, isQuiet)),
  };
}

function sideResult(measured: Measured, side: string): SideResult {
  const samples = measured.samples.filter((sample) => sample.side === side);
  const of = (quantity: "wallS" | "cpuS" | "peakMiB"): Spread => spread(valuesOf(measured, side, quantity));
  const figured = samples.every((sample) => /^\d+(?:\.\d+)?$/.test(sample.last ?? ""));
  return {
    name: side,
    wallS: of("wallS"),
    cpuS: of("cpuS"),
    peakMiB: of("peakMiB"),
    ...(samples.every((sample) => sample.residentMiB !== undefined)
      ? { residentMiB: spread(valuesOf(measured, side, "residentMiB")) }
      : {}),
    ...(figured ? { figure: spread(valuesOf(measured, side, "figure")) } : {}),
  };
}

function verdictOf(bar: Bar, measured: Measured, isQuiet: boolean): Verdict {
  const isTime = (bar.quantity ?? "time") === "time";
  const wall = compare(bar, measured, "wallS");
  const cpu = compare(bar, measured, "cpuS");
  const by = isTime ? (isQuiet ? "wall" : "cpu") : "value";
  return { bar, wall, cpu, by, held: (by === "cpu" ? cpu : wall) <= bar.limit };
}

function compare(bar: Bar, measured: Measured, time: "wallS" | "cpuS"): number {
  const quantity = bar.quantity === undefined || bar.quantity === "time" ? time : bar.quantity;
  const values = valuesOf(measured, bar.side, quantity);
  const { than } = bar;
  if (than.kind === "value") return median(values);
  const bases = than.base.map((base) => valuesOf(measured, base, quantity));
  return median(
    values.map((value, round) => {
      const base = bases.reduce((sum, one) => sum + (one[round] ?? Number.NaN), 0);
      return than.kind === "ratio" ? value / base : value - base;
    }),
  );
}
