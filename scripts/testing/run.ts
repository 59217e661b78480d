// Runs test files with node:test, each in a process of its own or all in one, and says what came of every test. A file
// that crashes, hangs or holds no test is a failed test: nothing is missing silently.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { type Ended, runProgram } from "../support/child.ts";
import { root } from "../support/repository.ts";
import { lastLine, type TestEnd } from "./reporter.ts";
import type { Suite } from "./suites.ts";

/** What came of one process of tests. */
export interface GroupEnd {
  readonly suite: string;
  /** The file, or the name of the suite where all files ran together. */
  readonly label: string;
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** Tests that were skipped or marked as to do; each is a failure of the whole. */
  readonly skipped: readonly string[];
  readonly seconds: number;
  /** What the tests printed. */
  readonly output: string;
}

export interface Failure {
  readonly name: string;
  readonly why: string;
}

/** The processes of a suite, each to be run with others side by side. @param ended is told as each ends */
export function suiteTasks(suite: Suite, files: readonly string[], ended: (end: GroupEnd) => void): readonly (() => Promise<GroupEnd>)[] {
  const groups = suite.together ? [files] : files.map((file) => [file]);
  if (files.length === 0) return [];
  return groups.map((group) => async () => {
    const end = await runGroup(suite, group);
    ended(end);
    return end;
  });
}

async function runGroup(suite: Suite, files: readonly string[]): Promise<GroupEnd> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-tests-"));
  const report = join(folder, "report.jsonl");
  const reporter = `--test-reporter=${join(root, "scripts", "testing", "reporter.ts")}`;
  const args = ["--test", "--test-isolation=none", reporter, `--test-reporter-destination=${report}`, ...files];
  try {
    const ended = await runProgram({ program: process.execPath, args, timeoutMs: suite.timeoutMs });
    return judge({ suite, files, ended, ...readReport(report) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Report {
  readonly tests: readonly TestEnd[];
  /** Whether the process told of its last test, and did not end in the middle. */
  readonly whole: boolean;
}

function readReport(file: string): Report {
  if (!existsSync(file)) return { tests: [], whole: false };
  // What follows the last line feed was cut where the process was killed.
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  const whole = lines.at(-1) === lastLine;
  return { tests: (whole ? lines.slice(0, -1) : lines).map((line) => JSON.parse(line) as TestEnd), whole };
}

interface Heard extends Report {
  readonly suite: Suite;
  readonly files: readonly string[];
  readonly ended: Ended;
}

/** What the report of a process and its end mean together. */
export function judge(heard: Heard): GroupEnd {
  const { suite, files, ended } = heard;
  const tests = heard.tests.map((test) =>
    isEmptyFile(test, files) ? { ...test, outcome: "failed" as const, why: "the file holds no test" } : test,
  );
  const label = suite.together ? `${suite.name} (${files.length} files)` : (files[0] ?? suite.name);
  const nameOf = (test: TestEnd) => `${relative(root, test.file)}: ${test.name.join(" > ")}`;
  const failed = tests.filter((test) => test.outcome === "failed").map((test) => ({ name: nameOf(test), why: test.why ?? "" }));
  const failures = [...failed, ...endFailures(heard, failed.length)];
  return {
    suite: suite.name,
    label,
    passed: tests.filter((test) => test.outcome === "passed").length,
    failures,
    skipped: tests.filter((test) => test.outcome === "skipped").map((test) => `${nameOf(test)} (${test.why})`),
    seconds: ended.seconds,
    output: ended.output,
  };
}

/** node:test reports a file without a test as a test of the file's name that passed. */
function isEmptyFile(test: TestEnd, files: readonly string[]): boolean {
  const [only, ...more] = test.name;
  return (
    only !== undefined &&
    more.length === 0 &&
    test.outcome === "passed" &&
    files.some((file) => resolve(root, file) === resolve(root, only))
  );
}

/** Failures that no test reports: the time is over, the process died, nothing was said. */
function endFailures({ suite, files, ended, tests, whole }: Heard, failed: number): readonly Failure[] {
  const last = tests.at(-1)?.name.join(" > ");
  if (ended.timedOut) {
    const heard = files.findLastIndex((file) => tests.some((test) => test.file === join(root, file)));
    const next = files[heard + 1] ?? files[heard];
    const where = last === undefined ? "before any test ended" : `after "${last}" (see there, and ${next})`;
    return [
      { name: `${suite.name}: time-out`, why: `stopped after ${suite.timeoutMs / 1000} s, ${where}: something hangs, or was left open` },
    ];
  }
  if (ended.code !== 0 && failed === 0)
    return [{ name: `${suite.name}: exit status ${ended.code}`, why: "the process failed although no test did" }];
  if (!whole)
    return [
      { name: `${suite.name}: cut short`, why: `the process ended before its tests did${last === undefined ? "" : `, after "${last}"`}` },
    ];
  return tests.length === 0 ? [{ name: `${suite.name}: no test`, why: "no test was reported" }] : [];
}
