import assert from "node:assert/strict";
import { test } from "node:test";
import { sideBySide } from "./side-by-side.ts";

test("sideBySide() begins no more at once than it may, and answers in the order of what it was given", async () => {
  const ends = new Map<number, () => void>();
  let most = 0;
  const act = async (one: number): Promise<string> => {
    const ended = new Promise<void>((resolve) => ends.set(one, resolve));
    most = Math.max(most, ends.size);
    await ended;
    return `made of ${one}`;
  };

  const made = sideBySide([1, 2, 3, 4, 5], 2, act);
  for (const one of [2, 1, 3, 4, 5]) {
    ends.get(one)?.();
    ends.delete(one);
    await new Promise((resolve) => setImmediate(resolve));
  }

  assert.deepEqual(
    await made,
    [1, 2, 3, 4, 5].map((one) => `made of ${one}`),
  );
  assert.equal(most, 2);
});

test("sideBySide() has nothing to do where there is nothing, and passes on what went wrong", async () => {
  assert.deepEqual(await sideBySide([], 8, () => Promise.reject(new Error("never asked"))), []);
  await assert.rejects(
    sideBySide([1, 2], 8, () => Promise.reject(new Error("no answer"))),
    /no answer/,
  );
});
