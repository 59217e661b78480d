// Says what came of the tests: a line per process as it ends, the failures in full when all have ended, and the closing
// line that machines read.
import { styleText } from "node:util";
import type { StageEnd } from "../support/stages.ts";
import type { GroupEnd } from "./run.ts";

const outputLinesMax = 200;

function mark(passed: boolean): string {
  return passed ? styleText("green", "ok  ") : styleText("red", "FAIL");
}

function line(passed: boolean, seconds: number, text: string): string {
  return `${mark(passed)} ${seconds.toFixed(1).padStart(6)} s  ${text}`;
}

/** Prints one line for a stage that ended. */
export function printStage(end: StageEnd): void {
  console.log(line(end.passed, end.seconds, end.stage));
}

/** Prints one line for a process of tests that ended. */
export function printGroup(end: GroupEnd): void {
  const good = end.failures.length === 0 && end.skipped.length === 0;
  const counts = [
    `${end.passed} passed`,
    end.failures.length > 0 ? `${end.failures.length} failed` : "",
    end.skipped.length > 0 ? `${end.skipped.length} skipped` : "",
  ];
  console.log(line(good, end.seconds, `${end.label}: ${counts.filter((part) => part !== "").join(", ")}`));
}

/** Prints everything that failed, in full, and what the processes printed meanwhile. */
export function printFailures(stages: readonly StageEnd[], groups: readonly GroupEnd[]): void {
  for (const stage of stages.filter((one) => !one.passed)) {
    console.log(`\n${title(stage.stage)}\n${stage.output.trimEnd()}\n\n${stage.stage}: ${stage.remedy}`);
  }
  for (const group of groups) {
    for (const { name, why } of group.failures) console.log(`\n${title(name)}\n${why}`);
    for (const name of group.skipped) console.log(`\n${title(name)}\nskipped or to do: a test that does not run says nothing`);
    if (group.failures.length > 0 && group.output.trim() !== "")
      console.log(`\n${title(`${group.label} printed`)}\n${lastLines(group.output)}`);
  }
}

function title(text: string): string {
  return styleText("bold", `--- ${text}`);
}

function lastLines(text: string): string {
  const lines = text.trimEnd().split("\n");
  if (lines.length <= outputLinesMax) return lines.join("\n");
  return [`… ${lines.length - outputLinesMax} lines left out`, ...lines.slice(-outputLinesMax)].join("\n");
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Adds up stages and tests; a stage counts as one test, and so does each test that was skipped. */
export function count(stages: readonly StageEnd[], groups: readonly GroupEnd[]): Counts {
  const sum = (of: (end: GroupEnd) => number) => groups.reduce((total, end) => total + of(end), 0);
  return {
    passed: stages.filter((stage) => stage.passed).length + sum((end) => end.passed),
    failed: stages.filter((stage) => !stage.passed).length + sum((end) => end.failures.length + end.skipped.length),
  };
}

/** Prints the closing line and sets the exit status. Nothing passed is a failure too. */
export function close({ passed, failed }: Counts): void {
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
