import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { aPlannedStep } from "../../../test/support/ports.ts";
import { ancestors, descendants, drawLine } from "./order.ts";
import type { PlannedStep, Reach } from "./plan.ts";

function steps(...told: readonly (readonly [id: string, waitsFor: readonly string[], reach?: Reach])[]): readonly PlannedStep[] {
  return told.map(([id, waitsFor, reach]) => aPlannedStep({ id, waitsFor, ...(reach === undefined ? {} : { kind: "acting", reach }) }));
}

const diamond = steps(["a", []], ["b", ["a"]], ["c", ["a"]], ["d", ["b", "c"]], ["e", []]);

test("descendants() are all that follow, at any distance", () => {
  assert.deepEqual([...descendants(diamond, ["a"])], ["b", "c", "d"]);
  assert.deepEqual([...descendants(diamond, ["b", "e"])], ["d"]);
  assert.deepEqual([...descendants(diamond, [])], []);
});

test("descendants() hold one of those asked for if it follows another", () => {
  assert.deepEqual([...descendants(diamond, ["a", "d"])], ["b", "c", "d"]);
});

test("ancestors() are all that is waited for, at any distance", () => {
  assert.deepEqual([...ancestors(diamond, ["d"])].toSorted(), ["a", "b", "c"]);
  assert.deepEqual([...ancestors(diamond, ["e", "b"])], ["a"]);
  assert.deepEqual([...ancestors(diamond, ["d", "b"])].toSorted(), ["a", "b", "c"]);
});

test("drawLine() is drawn above the first irreversible steps", () => {
  const line = drawLine(steps(["build", []], ["test", ["build"], "expendable"], ["pypi", ["test"], "irreversible"], ["try", ["pypi"]]));

  assert.deepEqual(line, { at: ["pypi"], above: ["build", "test"], below: ["try"] });
});

test("drawLine() puts an irreversible step that follows another below the line", () => {
  const line = drawLine(steps(["crates", [], "irreversible"], ["wait", ["crates"]], ["pypi", ["wait"], "irreversible"]));

  assert.deepEqual(line, { at: ["crates"], above: [], below: ["wait", "pypi"] });
});

test("drawLine() holds side branches above the line too", () => {
  const line = drawLine(steps(["a", []], ["pypi", ["a"], "irreversible"], ["beside", ["a"]], ["draft", ["beside"], "reversible"]));

  assert.deepEqual(line, { at: ["pypi"], above: ["a", "beside", "draft"], below: [] });
});

test("drawLine() has nothing at the line where nothing is irreversible", () => {
  assert.deepEqual(drawLine(steps(["a", []], ["b", ["a"], "reversible"])), { at: [], above: ["a", "b"], below: [] });
});

const dag = fc.array(
  fc.record({ bits: fc.nat(), reach: fc.constantFrom<Reach | undefined>(undefined, "reversible", "expendable", "irreversible") }),
  { maxLength: 9 },
);

function follows(all: readonly PlannedStep[], step: PlannedStep, other: PlannedStep): boolean {
  return step.waitsFor.some((id) => id === other.id || follows(all, all.find((one) => one.id === id) ?? step, other));
}

test("drawLine() puts every step in exactly one place, and the right one, in any plan", () => {
  fc.assert(
    fc.property(dag, (drawn) => {
      const all = drawn.map(({ bits, reach }, index) => {
        const waitsFor = drawn.slice(0, index).flatMap((_, before) => ((bits >> before) & 1 ? [`s${before}`] : []));
        return aPlannedStep({ id: `s${index}`, waitsFor, ...(reach === undefined ? {} : { kind: "acting", reach }) });
      });
      const line = drawLine(all);
      for (const step of all) {
        const isLate = all.some((other) => other.reach === "irreversible" && follows(all, step, other));
        const place = isLate ? "below" : step.reach === "irreversible" ? "at" : "above";
        assert.deepEqual(
          (["at", "above", "below"] as const).filter((one) => line[one].includes(step.id)),
          [place],
        );
      }
    }),
  );
});
