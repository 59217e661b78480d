import assert from "node:assert/strict";
import { test } from "node:test";
import type { Condition } from "../configuration.ts";
import { describeCondition, whyLeftOut, type Circumstances } from "./conditions.ts";

const around: Circumstances = {
  trigger: "dispatch",
  tagged: true,
  prerelease: false,
  inputs: { yes: true, no: false, text: "x", empty: "", none: null },
};
const on = (kind: Exclude<Condition["kind"], "input">): Condition => ({ kind, not: false });
const input = (name: string): Condition => ({ kind: "input", name, not: false });
const not = (condition: Condition): Condition => ({ ...condition, not: true });

const cases: readonly (readonly [Condition, boolean])[] = [
  [on("tag"), true],
  [on("dispatch"), true],
  [on("schedule"), false],
  [on("release-published"), false],
  [on("prerelease"), false],
  [on("final"), true],
  [input("yes"), true],
  [input("no"), false],
  [input("text"), true],
  [input("empty"), false],
  [input("none"), false],
  [input("missing"), false],
];

for (const [condition, holds] of cases) {
  test(`whyLeftOut() ${holds ? "keeps" : "leaves out"} a step under "${describeCondition(condition)}", and the other way round under its opposite`, () => {
    assert.equal(whyLeftOut([condition], around) === undefined, holds);
    assert.equal(whyLeftOut([not(condition)], around) === undefined, !holds);
  });
}

test("whyLeftOut() names the first condition that does not hold", () => {
  assert.equal(whyLeftOut([on("tag"), not(on("final")), on("schedule")], around), "when: not final");
  assert.equal(whyLeftOut([on("tag"), input("no")], around), "when: input.no");
});

test("whyLeftOut() leaves nothing out without conditions", () => {
  assert.equal(whyLeftOut([], around), undefined);
});
