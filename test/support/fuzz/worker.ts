// One fuzzing worker: makes inputs of a seed, has them read by us and by Python, and holds the two against each other. A
// process of its own, so that what it needs of memory is its own, and a loop without end can be ended from outside. It
// prints lines of JSON: `{"at":n}` now and then, and the end.
//
//   node worker.ts PARSER SEED SECONDS INPUTS FOLDER
//
// It stops after SECONDS or INPUTS, whichever comes first; what fails is written into FOLDER.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { chanceOf } from "./chance.ts";
import { startOracle, type Row } from "./oracle.ts";
import type { Reading } from "./our-readers.ts";
import { fuzzedParsers, type ParserName } from "./parsers.ts";

export interface WorkerEnd {
  readonly inputs: number;
  /** Both read the same. */
  readonly same: number;
  readonly refusedByBoth: number;
  /** We refuse what Python reads, by the rule that explains it. */
  readonly refusedByUs: Readonly<Record<string, number>>;
  readonly slowestCpuMs: number;
  readonly peakBytes: number;
  readonly failures: readonly string[];
}

const [name = "", seedText = "", secondsText = "", inputsText = "", folder = ""] = process.argv.slice(2);
const parser = fuzzedParsers[name as ParserName];
const seed = Number(seedText);
const batch = 64;
/** More than this of the processor for one input counts as hanging. */
const hangMs = 1_000;
const failuresMax = 10;

const counts = { inputs: 0, same: 0, refusedByBoth: 0, slowestCpuMs: 0 };
const refusedByUs: Record<string, number> = {};
const failures: string[] = [];

function fail(index: number, input: Buffer, what: string): void {
  const file = join(folder, `${name}-${seed}-${index}.bin`);
  writeFileSync(file, input);
  failures.push(`seed ${seed}, input ${index}, ${file}: ${what}`);
}

function judge(index: number, input: Buffer, { ours, theirs }: { readonly ours: Reading; readonly theirs: readonly Row[] | null }): void {
  if (ours.kind === "read") {
    const expected = theirs === null ? null : parser.expected(theirs);
    if (isDeepStrictEqual(ours.rows, expected)) counts.same += 1;
    else fail(index, input, `we find nothing wrong and read ${JSON.stringify(ours.rows)}, Python ${JSON.stringify(expected)}`);
    return;
  }
  if (theirs === null) {
    counts.refusedByBoth += 1;
    return;
  }
  const rule = parser.rules.find(({ faults }) => ours.faults.some((fault) => faults.test(fault)));
  if (rule === undefined) fail(index, input, `we refuse what Python reads, and no rule says why: ${ours.faults.join("; ")}`);
  else refusedByUs[rule.id] = (refusedByUs[rule.id] ?? 0) + 1;
}

async function readOne(index: number, input: Buffer): Promise<Reading | undefined> {
  const file = join(folder, `${name}-${seed}-now.bin`);
  writeFileSync(file, input);
  const before = process.cpuUsage();
  try {
    return await parser.read(file);
  } catch (error) {
    fail(index, input, `our reader threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return undefined;
  } finally {
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1000;
    if (cpuMs > hangMs) fail(index, input, `our reader took ${Math.round(cpuMs)} ms of the processor`);
    counts.slowestCpuMs = Math.max(counts.slowestCpuMs, Math.round(cpuMs));
  }
}

async function main(): Promise<void> {
  const oracle = startOracle();
  const endsAt = performance.now() + Number(secondsText) * 1000;
  const inputsMax = Number(inputsText);
  while (performance.now() < endsAt && counts.inputs < inputsMax && failures.length < failuresMax) {
    const from = counts.inputs;
    const made = Array.from({ length: Math.min(batch, inputsMax - from) }, (_, at) => parser.make(chanceOf(seed, from + at)));
    const asked = oracle.ask(parser.kind, made);
    for (const [at, input] of made.entries()) {
      const ours = await readOne(from + at, input);
      const theirs = (await asked)[at] ?? null;
      if (ours !== undefined) judge(from + at, input, { ours, theirs });
    }
    counts.inputs += made.length;
    console.log(JSON.stringify({ at: counts.inputs }));
  }
  oracle.close();
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ end: { ...counts, refusedByUs, peakBytes, failures } }));
}

await main();
