import assert from "node:assert/strict";
import { test } from "node:test";
import { aPlannedStep } from "../../../test/support/ports.ts";
import { isVersionWrittenAbove } from "./writes-version.ts";

const steps = [
  aPlannedStep({ id: "before" }),
  aPlannedStep({ id: "bump", uses: "bump@1", waitsFor: ["before"] }),
  aPlannedStep({ id: "between", waitsFor: ["bump"] }),
  aPlannedStep({ id: "after", waitsFor: ["between"] }),
];

test("a step below a bump sees another version than the pinned commit's, at any distance; one above does not", () => {
  const isBelow = (waitsFor: readonly string[]): boolean => isVersionWrittenAbove({ steps }, { waitsFor });

  assert.deepEqual([isBelow([]), isBelow(["before"]), isBelow(["bump"]), isBelow(["after"])], [false, false, true, true]);
});

test("a step that keeps files may have written the version too", () => {
  const kept = [aPlannedStep({ id: "own", uses: "run@1", keep: ["VERSION"] })];

  assert.equal(isVersionWrittenAbove({ steps: kept }, { waitsFor: ["own"] }), true);
});
