import assert from "node:assert/strict";
import { test } from "node:test";
import { refWords, releaseTagsOf } from "./release-tags.ts";

test("releaseTagsOf() names each tag once, in the order of the packages, and none for a package without a pattern", () => {
  assert.deepEqual(releaseTagsOf([{ tag: "b-1" }, {}, { tag: "a-1" }, { tag: "b-1" }]), ["b-1", "a-1"]);
  assert.deepEqual(releaseTagsOf([{}]), []);
});

test("refWords() names a few refs as people do, and of many the first", () => {
  assert.equal(refWords([]), "");
  assert.equal(refWords(["main"]), "main");
  assert.equal(refWords(["main", "v1"]), "main and v1");
  assert.equal(refWords(["a", "b", "c", "d", "e"]), "a, b, c, d and e");
  assert.equal(refWords(["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e and 2 more");
});
