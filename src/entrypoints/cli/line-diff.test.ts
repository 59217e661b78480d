import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { diffLines, foldDiff } from "./line-diff.ts";

const shown = (before: string, after: string): readonly string[] => diffLines(before, after).map(({ sign, text }) => `${sign}${text}`);

test("lines that stay keep their order; the others are removed or added", () => {
  assert.deepEqual(shown("a\nb\nc\n", "a\nB\nc\nd\n"), [" a", "-b", "+B", " c", "+d"]);
  assert.deepEqual(shown("", "a\n"), ["+a"]);
  assert.deepEqual(shown("a\n", ""), ["-a"]);
  assert.deepEqual(shown("a\n", "a\n"), [" a"]);
});

test("a text of too many lines is told apart as a whole", () => {
  const long = "x\n".repeat(2_001);

  assert.equal(diffLines(long, "x\n").filter((line) => line.sign === "-").length, 2_001);
});

test("a difference says both texts, whatever they are", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 }).map((lines) => lines.map((line) => `${line}\n`).join(""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      const side = (without: string): string =>
        lines
          .filter((line) => line.sign !== without)
          .map((line) => `${line.text}\n`)
          .join("");

      assert.deepEqual([side("+"), side("-")], [before, after]);
    }),
  );
});

test("unchanged lines far from a change are counted", () => {
  const before = Array.from({ length: 9 }, (_, index) => `${index}\n`).join("");

  const folded = foldDiff(diffLines(before, before.replace("4\n", "four\n")), 1).map(({ sign, text }) => `${sign}${text}`);

  assert.deepEqual(folded, ["…3 unchanged", " 3", "-4", "+four", " 5", "…3 unchanged"]);
});
