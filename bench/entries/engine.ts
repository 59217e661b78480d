// What the engine itself costs: the product's driver, decide, fold and SQLite journal with steps that do nothing, or that
// run one program. The last line is the figure: milliseconds.
//   steps N      N steps one after the other: milliseconds a step
//   fan N        one step, N side by side after it, one after them: milliseconds
//   programs N   N times /bin/true, half in a chain, half free: milliseconds
//   append N     N times append and fdatasync of one record: milliseconds each
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { PlannedStep } from "../../src/domain/plan/plan.ts";
import { unknown } from "../../src/domain/shape.ts";
import type { Step, Worked } from "../../src/steps/step.ts";
import { benchPlan, work } from "./support/bench-plan.ts";
import { barePorts, driveBare } from "./support/drive-bare.ts";

const [what = "", count = "", folder = ""] = process.argv.slice(2);
const many = Number.parseInt(count, 10);

function stepThat(perform: () => Promise<Worked>): Step {
  return {
    name: "run",
    revision: 1,
    kind: "work",
    zone: "project",
    summary: "",
    input: unknown(),
    timeoutMs: 600_000,
    takes: () => [],
    makes: () => [],
    asks: () => ({ programs: [], toolbox: false, platforms: [] }),
    describe: () => "",
    preflight: () => Promise.resolve([]),
    perform,
  };
}

const done: Worked = { kind: "done", output: null, artifacts: [] };
const nothing = stepThat(() => Promise.resolve(done));
const program = stepThat(async () => {
  const command = { program: "/bin/true", args: [], cwd: "/", env: {}, timeoutMs: 60_000, signal: barePorts.signal };
  const end = await barePorts.exec.run(command);
  return end.kind === "exited" && end.code === 0 ? done : { kind: "failed", code: "STEP_FAILED", message: "not true" };
});

function chain(length: number): readonly PlannedStep[] {
  return Array.from({ length }, (_, index) => work(`chain-${index}`, index === 0 ? [] : [`chain-${index - 1}`]));
}

function fan(width: number): readonly PlannedStep[] {
  const legs = Array.from({ length: width }, (_, index) => work(`leg-${index}`, ["first"]));
  return [
    work("first", []),
    ...legs,
    work(
      "last",
      legs.map((leg) => leg.id),
    ),
  ];
}

function half(total: number): readonly PlannedStep[] {
  return [...chain(total / 2), ...Array.from({ length: total / 2 }, (_, index) => work(`free-${index}`, []))];
}

/** @returns milliseconds */
async function drive(steps: readonly PlannedStep[], step: Step): Promise<number> {
  const plan = benchPlan({ name: "bench", version: "1.0.0", steps });
  const begunMs = performance.now();
  const state = await driveBare({ plan, before: [], journal: join(folder, "journal.sqlite"), stepOf: () => step, ports: barePorts });
  if (state.closed?.result !== "complete") throw new Error(`Cannot measure: the run is not complete (${JSON.stringify(state.closed)})`);
  return performance.now() - begunMs;
}

function append(times: number): number {
  const record = Buffer.from(`${JSON.stringify({ seq: 1, atMs: Date.now(), kind: "step-done", text: "x".repeat(160) })}\n`);
  const descriptor = openSync(join(folder, "log"), "a");
  const begunMs = performance.now();
  for (let written = 0; written < times; written += 1) {
    writeSync(descriptor, record);
    fdatasyncSync(descriptor);
  }
  const takenMs = performance.now() - begunMs;
  closeSync(descriptor);
  return takenMs / times;
}

async function measure(): Promise<number> {
  switch (what) {
    case "steps":
      return (await drive(chain(many), nothing)) / many;
    case "fan":
      return drive(fan(many), nothing);
    case "programs":
      return drive(half(many), program);
    case "append":
      return append(many);
    default:
      throw new Error(`Cannot measure "${what}"`);
  }
}

console.log((await measure()).toFixed(4));
