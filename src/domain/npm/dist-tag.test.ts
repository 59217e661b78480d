import assert from "node:assert/strict";
import { test } from "node:test";
import { distTagFor } from "./dist-tag.ts";

const cases: readonly (readonly [version: string, others: readonly string[], tag: string])[] = [
  ["1.0.0", [], "latest"],
  ["2.0.0", ["1.0.0", "2.1.0-rc.1"], "latest"],
  ["2.0.0", ["2.0.0"], "latest"],
  ["1.2.4", ["1.2.3", "2.0.0"], "release-1.x"],
  ["2.0.0-rc.1", [], "rc"],
  ["2.0.0-beta", ["1.0.0"], "beta"],
  ["2.0.0-0", [], "next"],
  ["2.0.0-x.1", [], "next"],
  ["2.0.0-latest", [], "next"],
];
for (const [version, others, tag] of cases) {
  test(`${version} beside ${others.join(", ") || "nothing"} is published as "${tag}"`, () => {
    assert.equal(distTagFor(version, others), tag);
  });
}
