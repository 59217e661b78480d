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
  return { rounds, samples: text.trim().split("\n").map((line) => JSON.parse(line) as Sample) };
}

function jobOf(side: Side, file: string): object {
  const env = { ...process.env, ...side.env };
  return {
    name: side.name,
    kind: side.server === undefined ? "whole" : "ready",
    command: [absolute(side.command[0] ?? "", env["PATH"] ?? ""), ...side.command.slice(1)],
    cwd: side.cwd ?? scratch,
    env,
    prepare: side.prepare ?? [],
    codes: side.codes ?? [0],
    timeoutS: side.timeoutS ?? 180,
    output: `${file}.out`,
    errors: `${file}.err`,
    ...(side.server?.url === undefined ? {} : { url: side.server.url }),
  };
}
