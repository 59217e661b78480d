import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationOf } from "../../../test/support/app.ts";
import { aPackage } from "../../../test/support/ports.ts";
import { describeStep, knownRegistries } from "../../app/vocabulary.ts";
import { assemble, type Assembled } from "./assemble.ts";

function planWith(matrix: string): Assembled {
  const configuration = configurationOf(`slipway: 1
project: demo
packages: { demo: { path: . } }
steps:
  tests: { run: pytest, matrix: ${matrix} }
`);
  const [pipeline] = configuration.pipelines;
  assert.ok(pipeline !== undefined);
  return assemble({
    configuration,
    pipeline,
    source: { commit: "c".repeat(40), moved: "stop", epochSeconds: 1 },
    trigger: "dispatch",
    inputs: {},
    path: undefined,
    packages: [aPackage()],
    release: { title: "demo 1.0.0", prerelease: false },
    forge: undefined,
    knownRegistries,
    describe: describeStep,
  });
}

test("a leg is named by its values", () => {
  const assembled = planWith('{ python: ["3.12", "3.13"], variant: [a, b] }');

  assert.deepEqual(assembled.kind === "assembled" && assembled.plan.steps.map((step) => step.id), [
    "tests[python=3.12,variant=a]",
    "tests[python=3.12,variant=b]",
    "tests[python=3.13,variant=a]",
    "tests[python=3.13,variant=b]",
  ]);
});

test("two legs that would have one name are refused", () => {
  const assembled = planWith('{ a: ["x", "x,b=y"], b: ["y,b=z", "z"] }');

  assert.deepEqual(assembled.kind === "invalid" && assembled.problems.map((problem) => [problem.code, problem.message]), [
    ["PLAN_INVALID", 'Cannot plan step "tests[a=x,b=y,b=z]": another leg has the same name; write values without "," and "="'],
  ]);
});
