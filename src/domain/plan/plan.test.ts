import assert from "node:assert/strict";
import { test } from "node:test";
import { aPlan, aPlannedStep, anEnvironment } from "../../../test/support/ports.ts";
import { sha256OfText } from "../../../test/support/runs.ts";
import { catalogueName, digestPlan, environmentOf, fingerprintStep, stepOf, type Plan, type PlannedStep } from "./plan.ts";

const step = aPlannedStep({
  id: "build[platform=a]",
  uses: "build-wheel@3",
  input: { b: 1, a: 2 },
  leg: { platform: "a" },
  environment: "pypi",
});
const plan = aPlan({ steps: [step], environments: [anEnvironment()] });

/** The same plan with the members of every object in another order. */
function reordered<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reordered) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reordered(member)]),
  ) as T;
}

test("digestPlan() is the same whatever order the members are written in", () => {
  assert.notEqual(JSON.stringify(reordered(plan)), JSON.stringify(plan));
  assert.equal(digestPlan(reordered(plan), sha256OfText), digestPlan(plan, sha256OfText));
});

test("digestPlan() does not tell a member left out from one that is undefined", () => {
  assert.equal(digestPlan({ ...plan, path: undefined } as unknown as Plan, sha256OfText), digestPlan(plan, sha256OfText));
});

test("digestPlan() changes with any member of the plan", () => {
  const changed: readonly Plan[] = [
    { ...plan, project: "other" },
    { ...plan, inputs: { all: true } },
    { ...plan, source: { ...plan.source, commit: "d".repeat(40) } },
    { ...plan, steps: [{ ...step, timeoutMs: 1 }] },
    { ...plan, steps: [step, { ...step, id: "second" }] },
    { ...plan, line: { at: [], above: [step.id], below: [] } },
    { ...plan, environments: [anEnvironment({ variables: { A: "1" } })] },
    { ...plan, leftOut: [{ id: "x", reason: "y" }] },
  ];

  assert.equal(new Set([plan, ...changed].map((one) => digestPlan(one, sha256OfText))).size, changed.length + 1);
});

test("fingerprintStep() tells work apart by what it does, not by its name, order or time-out", () => {
  const same: readonly PlannedStep[] = [
    { ...step, id: "other" },
    { ...step, waitsFor: ["x"] },
    { ...step, timeoutMs: 5, retry: 2, optional: true, title: "T" },
    reordered(step),
  ];
  const other: readonly PlannedStep[] = [
    { ...step, uses: "build-wheel@4" },
    { ...step, input: { b: 1 } },
    { ...step, leg: { platform: "b" } },
    { ...step, environment: "other" },
    { ...step, takes: [{ kinds: ["wheel"] }] },
  ];

  for (const one of same) assert.equal(fingerprintStep(one, sha256OfText), fingerprintStep(step, sha256OfText));
  for (const one of other) assert.notEqual(fingerprintStep(one, sha256OfText), fingerprintStep(step, sha256OfText));
});

test("stepOf() and environmentOf() find by name, each in its own plan", () => {
  const other = aPlan({ steps: [aPlannedStep({ id: "build[platform=a]", title: "other" })] });

  assert.equal(stepOf(plan, step.id), step);
  assert.equal(stepOf(other, step.id)?.title, "other");
  assert.equal(stepOf(plan, "none"), undefined);
  assert.equal(environmentOf(plan, step)?.name, "pypi");
  assert.equal(environmentOf(plan, aPlannedStep()), undefined);
});

test("catalogueName() is the name without the revision", () => {
  assert.equal(catalogueName(step), "build-wheel");
});
