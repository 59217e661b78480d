import assert from "node:assert/strict";
import { test } from "node:test";
import { areCompatible } from "./compatible.ts";

for (const [asked, version, expected] of [
  ["1.2.3", "1.9.0", true],
  ["1.2.3", "2.0.0", false],
  ["0.3.1", "0.3.31", true],
  ["0.1", "0.3.31", false],
  ["0.0.3", "0.0.4", false],
  ["0.0.3", "0.0.3", true],
  ["0", "0.3.31", true],
  ["1", "1.2.3-rc.1", true],
  ["1.0.0-rc.1", "1.0.0", true],
  [">=1", "1.0.0", undefined],
  ["1.0.0", "no version", undefined],
] as const)
  test(`${asked} and ${version}: ${expected === undefined ? "nobody can tell" : expected ? "compatible" : "not compatible"}`, () => {
    assert.equal(areCompatible(asked, version), expected);
  });
