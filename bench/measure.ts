// Measures commands of all sides in turn, whole processes, and says what came of it: medians, ranges, and the median of
// the ratios of each round, because two processes of one round saw the same machine (reference/performance.md §1).
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "./places.ts";

export interface Side {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd?: string;
  /** Added to the environment of the bench. */
  readonly env?: Readonly<Record<string, string>>;
  /** Run before each sample, untimed. */
  readonly prepare?: readonly (readonly string[])[];
  /** Exit statuses that count as success. Default 0. */
  readonly codes?: readonly number[];
  /** A server: measured until its first answer, then ended. `url`: where; absent: its first line says it. */
  readonly server?: { readonly url?: string };
  readonly timeoutS?: number;
}

export interface Sample {
  readonly side: string;
  readonly round: number;
  readonly wallS: number;
  readonly cpuS: number;
  readonly peakMiB: number;
  /** Of a server at rest. */
  readonly residentMiB?: number;
  /** Last line on standard output: some sides measure themselves. */
  readonly last?: string;
  /** One-minute load average when the sample ended. */
  readonly load: number;
  /** Cores that everything but the measured process kept busy. */
  readonly othersCores: number;
}

export type Quantity = "wallS" | "cpuS" | "peakMiB" | "residentMiB" | "figure";

export interface Measured {
  readonly samples: readonly Sample[];
  readonly rounds: number;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Runs every side once to warm up and then `rounds` times in turn. @throws Error when a side fails: nothing is left out */
export async function measure(sides: readonly Side[], rounds: number): Promise<Measured> {
  const folder = join(scratch, "measure");
  mkdirSync(folder, { recursive: true });
  const job = { rounds, warmUps: 1, sides: sides.map((side, index) => jobOf(side, join(folder, String(index)))) };
  const helper = spawn("python3", [join(import.meta.dirname, "measure.py")], { stdio: ["pipe", "pipe", "inherit"] });
  helper.stdin.end(JSON.stringify(job));
  let text = "";
  for await (const part of helper.stdout.setEncoding("utf8")) text += String(part);
  const code = helper.exitCode ?? (await new Promise<number | null>((resolve) => helper.once("exit", resolve)));
  if (code !== 0) throw new Error("Cannot measure: see above");
  return {
    rounds,
    samples: text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Sample),
  };
}

function jobOf(side: Side, file: string): object {
  return {
    name: side.name,
    kind: side.server === undefined ? "whole" : "ready",
    command: side.command,
    cwd: side.cwd ?? scratch,
    env: { ...process.env, ...side.env },
    prepare: side.prepare ?? [],
    codes: side.codes ?? [0],
    timeoutS: side.timeoutS ?? 180,
    output: `${file}.out`,
    errors: `${file}.err`,
    ...(side.server?.url === undefined ? {} : { url: side.server.url }),
  };
}

/** What a quantity of a side was, round by round. @throws Error for a side that was not measured */
export function valuesOf(measured: Measured, side: string, quantity: Quantity): readonly number[] {
  const samples = measured.samples.filter((sample) => sample.side === side);
  if (samples.length !== measured.rounds) throw new Error(`Cannot judge "${side}": it has ${samples.length} samples of ${measured.rounds}`);
  return samples.map((sample) => quantityOf(sample, quantity));
}

function quantityOf(sample: Sample, quantity: Quantity): number {
  const value = quantity === "figure" ? Number.parseFloat(sample.last ?? "") : sample[quantity];
  if (value === undefined || Number.isNaN(value))
    throw new Error(`Cannot judge "${sample.side}": it has no ${quantity} (it said "${sample.last}")`);
  return value;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}
