import assert from "node:assert/strict";
import { test } from "node:test";
import type { DatedCommit } from "../domain/version/history.ts";
import { createHistoryReader } from "./git-history.ts";

const ids = ["a", "b", "c"].map((letter) => letter.repeat(40));

function read(text: string, options: { readonly paths: boolean; readonly piece: number }): readonly DatedCommit[] {
  const found: DatedCommit[] = [];
  const reader = createHistoryReader({ paths: options.paths, onCommit: (one) => found.push(one) });
  for (let at = 0; at < text.length; at += options.piece) reader.push(text.slice(at, at + options.piece));
  reader.end();
  return found;
}

const [a = "", b = "", c = ""] = ids;
const plain = `\0${a} 20 ${b} ${c}\0feat: one\n\nbody\nBREAKING CHANGE: x\n\0\0\0${b} 10 ${c}\0\0\0\0${c} 5 \0fix\n\0\0`;
const named = `\0${a} 20 ${b}\0one\n\0\0\nx/y.txt\0odd\nname\0\0${b} 10 ${c} ${c}\0merge\n\0\0\0${c} 5 \0\0\0\nz\0`;

for (const piece of [1, 2, 7, 10_000]) {
  test(`commits are read whatever pieces of ${piece} characters they come in`, () => {
    assert.deepEqual(read(plain, { paths: false, piece }), [
      { commit: a, epochSeconds: 20, parents: [b, c], message: "feat: one\n\nbody\nBREAKING CHANGE: x", paths: [] },
      { commit: b, epochSeconds: 10, parents: [c], message: "", paths: [] },
      { commit: c, epochSeconds: 5, parents: [], message: "fix", paths: [] },
    ]);
    assert.deepEqual(read(named, { paths: true, piece }), [
      { commit: a, epochSeconds: 20, parents: [b], message: "one", paths: ["x/y.txt", "odd\nname"] },
      { commit: b, epochSeconds: 10, parents: [c, c], message: "merge", paths: [] },
      { commit: c, epochSeconds: 5, parents: [], message: "", paths: ["z"] },
    ]);
  });
}

test("nothing is nothing, and a message without an end is refused", () => {
  assert.deepEqual(read("", { paths: false, piece: 1 }), []);
  const reader = createHistoryReader({ paths: false, onCommit: () => undefined });
  assert.throws(() => {
    for (let turn = 0; turn < 20; turn += 1) reader.push("x".repeat(1024 * 1024));
  }, /Cannot read the history: a message or a path of it is longer than 16777216 characters/);
});
