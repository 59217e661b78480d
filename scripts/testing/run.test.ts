// What a process of tests and its report mean together: nothing that failed, hung, crashed or stayed silent may pass.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { join } from "node:path";
import { root } from "../support/repository.ts";
import type { TestEnd } from "./reporter.ts";
import { judge } from "./run.ts";
import { count } from "./summary.ts";
import { homelessTests, type Suite } from "./suites.ts";

const suite: Suite = { name: "contract", holds: () => true, together: false, timeoutMs: 1000 };
const ended = { code: 0, output: "", seconds: 1, timedOut: false };
const test = (outcome: TestEnd["outcome"], why?: string): TestEnd => ({
  name: ["a", "b"],
  file: join(root, "test/contract/a.test.ts"),
  outcome,
  milliseconds: 1,
  ...(why === undefined ? {} : { why }),
});

function judged(how: {
  readonly tests?: readonly TestEnd[];
  readonly whole?: boolean;
  readonly code?: number;
  readonly timedOut?: boolean;
}) {
  const { tests = [test("passed")], whole = true, code = 0, timedOut = false } = how;
  return judge({ suite, files: ["test/contract/a.test.ts"], ended: { ...ended, code, timedOut }, tests, whole });
}

describe("what came of a process of tests", () => {
  it("is good when all passed", () => {
    const end = judged({});
    assert.deepEqual([end.passed, end.failures, end.skipped], [1, [], []]);
  });

  it("names a test that failed, once", () => {
    const end = judged({ tests: [test("passed"), test("failed", "because")], code: 1 });
    assert.deepEqual(end.failures, [{ name: "test/contract/a.test.ts: a > b", why: "because" }]);
  });

  it("names a test that was skipped, and counts it as failed", () => {
    const end = judged({ tests: [test("passed"), test("skipped", "true")] });
    assert.deepEqual(end.skipped, ["test/contract/a.test.ts: a > b (true)"]);
    assert.deepEqual(count([], [end]), { passed: 1, failed: 1 });
  });

  it("fails when the process failed although no test did", () => {
    assert.match(judged({ code: 7 }).failures[0]?.name ?? "", /exit status 7/);
  });

  it("fails when the process ended before its tests did", () => {
    assert.match(judged({ whole: false }).failures[0]?.name ?? "", /cut short/);
  });

  it("fails when no test was reported", () => {
    assert.match(judged({ tests: [] }).failures[0]?.name ?? "", /no test/);
  });

  it("fails when a file holds no test", () => {
    const end = judged({ tests: [{ ...test("passed"), name: ["test/contract/a.test.ts"] }] });
    assert.deepEqual([end.passed, end.failures[0]?.why], [0, "the file holds no test"]);
  });

  it("fails when the time is over, and says after which test", () => {
    const [failure] = judged({ code: 143, timedOut: true, whole: false }).failures;
    assert.match(failure?.name ?? "", /time-out/);
    assert.match(failure?.why ?? "", /stopped after 1 s, after "a > b" \(see there, and test\/contract\/a\.test\.ts\)/);
  });
});

describe("the suites", () => {
  it("hold every test file there is", () => {
    assert.deepEqual(homelessTests(["src/a.test.ts", "test/journeys/b/c.test.ts", "test/else/d.test.ts", "test/support/e.ts"]), [
      "test/else/d.test.ts",
    ]);
  });
});
