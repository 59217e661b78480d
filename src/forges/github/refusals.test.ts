import assert from "node:assert/strict";
import { test } from "node:test";
import { refusals } from "./refusals.ts";

const wanted = { tag: "v1.0", title: "One", notes: "Notes" };

test("limits of text, number, size and name are told before anything is sent", () => {
  const assets = (count: number) => Array.from({ length: count }, (_unused, at) => ({ name: `a-${at}`, sizeBytes: 1 }));

  assert.deepEqual(refusals(wanted, assets(1_000)), []);
  assert.match(refusals(wanted, assets(1_001)).join(), /1001 assets and the limit is 1000/);
  assert.match(refusals({ ...wanted, notes: "x".repeat(125_000) }, []).join(), /125000 characters/);
  assert.match(refusals(wanted, [{ name: "a", sizeBytes: 2 ** 31 }]).join(), /fewer than 2147483648/);
  assert.match(refusals(wanted, [{ name: "a", sizeBytes: 0 }]).join(), /empty/);
  assert.match(
    refusals(wanted, [
      { name: "a", sizeBytes: 1 },
      { name: "a", sizeBytes: 2 },
    ]).join(),
    /Two assets have the name "a"/,
  );
  for (const name of ["", "a/b", "a\\b", "a\nb", "\u001B[31m", "x".repeat(256)]) {
    assert.equal(refusals(wanted, [{ name, sizeBytes: 1 }]).length, 1, name);
  }
});
