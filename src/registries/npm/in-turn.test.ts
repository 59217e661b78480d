import assert from "node:assert/strict";
import { test } from "node:test";
import { inTurn } from "./in-turn.ts";

test("writes of one package wait for each other, also for one that failed, and those of another do not", async () => {
  const turn = inTurn();
  const order: string[] = [];
  const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
  const write = (name: string, wait?: Promise<unknown>) => async () => {
    order.push(`${name} begins`);
    await wait;
    order.push(`${name} ends`);
    if (name === "one") throw new Error("one failed");
    return name;
  };

  const one = turn("a", write("one", held));
  const two = turn("a", write("two"));
  const other = await turn("b", write("other"));
  release(undefined);

  await assert.rejects(one, /one failed/);
  assert.deepEqual([other, await two, await turn("a", write("three"))], ["other", "two", "three"]);
  assert.deepEqual(order, ["one begins", "other begins", "other ends", "one ends", "two begins", "two ends", "three begins", "three ends"]);
});
