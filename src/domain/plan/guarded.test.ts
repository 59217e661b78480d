import assert from "node:assert/strict";
import { test } from "node:test";
import { aPlannedStep } from "../../../test/support/ports.ts";
import { anActingStep, planOf } from "../../../test/support/runs.ts";
import { guardedSteps, stepsAbove, stepsBefore } from "./guarded.ts";

const work = (id: string, ...waitsFor: readonly string[]) => aPlannedStep({ id, waitsFor });
const act = (id: string, gate: string | undefined, ...waitsFor: readonly string[]) =>
  anActingStep({ id, waitsFor, ...(gate === undefined ? {} : { gate }) });

test("stepsAbove() is everything that the guarded step follows", () => {
  const plan = planOf([work("build"), work("test", "build"), work("beside"), act("pypi", "G", "test"), work("try", "pypi")]);

  assert.deepEqual(
    guardedSteps(plan, "G").map((step) => step.id),
    ["pypi"],
  );
  assert.deepEqual([...stepsAbove(plan, "G")].toSorted(), ["build", "test"]);
});

test("stepsAbove() is not held up by what stands between two steps of one gate", () => {
  const plan = planOf([work("build"), act("start", "G", "build"), work("between", "start"), act("pypi", "G", "between")]);

  assert.deepEqual([...stepsAbove(plan, "G")], ["build"]);
});

test("stepsAbove() of two gates never wait for each other when their steps stand in lines", () => {
  const plan = planOf([
    work("build"),
    act("a1", "A", "build"),
    act("b1", "B", "build"),
    act("a2", "A", "a1", "b1"),
    act("b2", "B", "a1", "b1"),
  ]);

  assert.deepEqual([...stepsAbove(plan, "A")], ["build"]);
  assert.deepEqual([...stepsAbove(plan, "B")], ["build"]);
});

test("stepsAbove() of a gate that also guards something above the line does not wait for the line", () => {
  const draft = anActingStep({ id: "draft", reach: "reversible", gate: "G", waitsFor: ["build"] });
  const plan = planOf([work("build"), draft, act("crates", undefined, "build"), act("pypi", "G", "crates")]);

  assert.deepEqual([...stepsAbove(plan, "G")], ["build"]);
});

test("stepsBefore() is everything a step follows, in plan order", () => {
  const plan = planOf([work("a"), work("b"), work("c", "a"), work("d", "c", "b")]);
  const last = plan.steps.at(-1);

  assert.ok(last !== undefined);
  assert.deepEqual(stepsBefore(plan, last), ["a", "b", "c"]);
});
