import assert from "node:assert/strict";
import { test } from "node:test";
import { readNpmrc } from "./npmrc.ts";

test("comments, quotes, sections and what is no setting are told apart", () => {
  const read = readNpmrc("# one\n; two\n[three]\nplain\na = 1 ; said\nb=\"x # y\"\nc='z'\na = 2\n//h/:_authToken=a=b\n", {});

  assert.deepEqual([...read], [["a", "2"], ["b", "x # y"], ["c", "z"], ["//h/:_authToken", "a=b"]]); // prettier-ignore
});

test("variables stand for their values, with a substitute where one is written", () => {
  const read = readNpmrc("a=${ONE}/${TWO-other}\nb=${TWO}\nc=${TWO?}x\nd=\\${ONE}\n", { ONE: "1" });

  assert.deepEqual([...read], [["a", "1/other"], ["b", "${TWO}"], ["c", "x"], ["d", "\\${ONE}"]]); // prettier-ignore
});
