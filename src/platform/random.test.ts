import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "./random.ts";

test("id() is the time in 10 and chance in 16 characters of Crockford's base 32", () => {
  // The example of the ULID specification: 01ARZ3NDEK is 1469922850259 ms.
  const random = createRandom({ nowMs: () => 1_469_922_850_259 }, () => new Uint8Array(10).fill(255));

  assert.equal(random.id(), "01ARZ3NDEKZZZZZZZZZZZZZZZZ");
});

test("id() rises within a millisecond and when the clock goes back", () => {
  let nowMs = 5_000;
  const random = createRandom({ nowMs: () => nowMs }, () => new Uint8Array(10).fill(7));
  const ids = [random.id(), random.id()];
  nowMs = 4_000;
  ids.push(random.id());
  nowMs = 6_000;
  ids.push(random.id());

  assert.deepEqual(ids, ids.toSorted());
  assert.equal(new Set(ids).size, 4);
});

test("id() differs between two processes in the same millisecond", () => {
  const clock = { nowMs: () => 1 };

  assert.notEqual(createRandom(clock).id(), createRandom(clock).id());
});

test("id() stops rather than repeat when a millisecond is used up", () => {
  const random = createRandom({ nowMs: () => 1 }, () => new Uint8Array(10).fill(255));
  random.id();

  assert.throws(() => random.id(), /used up/);
});
