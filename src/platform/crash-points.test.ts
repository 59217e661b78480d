import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createCrashPoints } from "./crash-points.ts";

test("reach() does nothing when the environment asks for nothing", () => {
  createCrashPoints({ SLIPWAY_CRASH_AT: "", SLIPWAY_CRASH_LOG: "" }).reach("anything");
});

test("reach() kills at the named point, at the n-th time and once", () => {
  let deaths = 0;
  const points = createCrashPoints({ SLIPWAY_CRASH_AT: "journal.append.after#2" }, () => (deaths += 1));
  const seen = ["journal.append.after", "other", "journal.append.after", "journal.append.after"].map((name) => {
    points.reach(name);
    return deaths;
  });

  assert.deepEqual(seen, [0, 0, 1, 1]);
});

test("reach() appends each name to the log", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-crash-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "reached");

  for (const name of ["a", "b"]) createCrashPoints({ SLIPWAY_CRASH_LOG: file }).reach(name);

  assert.equal(readFileSync(file, "utf8"), "a\nb\n");
});

for (const text of ["#1", "a#0", "a#-1", "a#b"]) {
  test(`createCrashPoints() refuses SLIPWAY_CRASH_AT="${text}"`, () => {
    assert.throws(() => createCrashPoints({ SLIPWAY_CRASH_AT: text }), { code: "USAGE" });
  });
}
