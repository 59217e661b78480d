import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestWord } from "./nearest.ts";

const known = ["publish", "push", "build-wheel", "trusted-publishing", "tag", "on", "uv"];

for (const [word, nearest] of [
  ["publsh", "publish"],
  ["Publish", "publish"],
  ["build_wheel", "build-wheel"],
  ["biuld-wheel", "build-wheel"],
  ["trusted", "trusted-publishing"],
  ["tagged", "tag"],
  ["uvv", "uv"],
  ["n", undefined],
  ["", undefined],
  ["frobnicate", undefined],
  ["x".repeat(65), undefined],
] as const) {
  test(`nearestWord() proposes ${nearest ?? "nothing"} for ${JSON.stringify(word.slice(0, 20))}`, () => {
    assert.equal(nearestWord(word, known), nearest);
  });
}

test("nearestWord() prefers fewer errors to an earlier place", () => {
  assert.equal(nearestWord("pushd", ["publish", "push"]), "push");
});
