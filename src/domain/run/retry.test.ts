import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { backoffFirstMs, backoffLongestMs, backoffMs } from "./retry.ts";

test("backoffMs() doubles up to the longest, spread by less than a quarter", () => {
  for (let times = 1; times <= 40; times += 1) {
    const planMs = Math.min(backoffFirstMs * 2 ** (times - 1), backoffLongestMs);
    const waitMs = backoffMs(times, "pypi/demo.whl");
    assert.ok(waitMs >= planMs && waitMs < planMs * 1.25, `${times}: ${waitMs}`);
  }
});

test("backoffMs() is a whole number above 0 for any count and key, and the same each time", () => {
  fc.assert(
    fc.property(fc.integer(), fc.string({ unit: "binary" }), (times, key) => {
      const waitMs = backoffMs(times, key);
      assert.ok(Number.isSafeInteger(waitMs) && waitMs >= backoffFirstMs && waitMs < backoffLongestMs * 1.25);
      assert.equal(backoffMs(times, key), waitMs);
    }),
  );
});

test("backoffMs() does not have many knock at the same moment", () => {
  const waits = new Set(Array.from({ length: 100 }, (_, index) => backoffMs(6, `file-${index}`)));

  assert.ok(waits.size > 80, `${waits.size} different`);
});
