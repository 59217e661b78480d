import assert from "node:assert/strict";
import { test } from "node:test";
import { sentRequirement } from "./version-requirement.ts";

// Each pair was seen in a request of real cargo (test/interop/crates-clients.test.ts sends most of them again).
const pairs: readonly (readonly [written: string, sent: string])[] = [
  ["1.0", "^1.0"],
  [" 1 ", "^1"],
  ["^1.2.3", "^1.2.3"],
  [">= 1.0 , <2", ">=1.0, <2"],
  ["~1.2", "~1.2"],
  ["=1.2.3-rc.1", "=1.2.3-rc.1"],
  ["1.*", "1.*"],
  ["1.2.x", "1.2.*"],
  ["*", "*"],
  ["1.2.3+build", "^1.2.3"],
  ["1.0,", "^1.0"],
];

test("a requirement is sent in cargo's own form", () => {
  for (const [written, sent] of pairs) assert.equal(sentRequirement(written), sent, written);
});

test("what is no requirement is left as it is", () => {
  for (const text of ["", "latest", "1.2.3.4", ">=", "1.0 2.0"]) assert.equal(sentRequirement(text), text);
});
