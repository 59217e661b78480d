import assert from "node:assert/strict";
import { test } from "node:test";
import { higherFinal } from "./latest.ts";

const own = (version: string, tag = `v${version}`) => ({ tag, version, ecosystem: "pypi" as const });

test("a hotfix of an older line has a higher final above it, the highest of them", () => {
  assert.equal(higherFinal(own("1.0.5"), ["v1.0.4", "v2.0.0", "v1.9.0", "v10.0.0", "v1.0.5"]), "v10.0.0");
});

test("the highest version has nothing above it, whatever came before, and so has the first", () => {
  assert.equal(higherFinal(own("2.0.0"), ["v1.0.0", "v1.10.0", "v2.0.0"]), undefined);
  assert.equal(higherFinal(own("0.1.0"), []), undefined);
});

test("candidates, releases of other packages and tags that are no versions are not above", () => {
  const others = ["v3.0.0rc1", "v3.0.0-rc.1", "v2.0.0.dev1", "recorder-v9.0.0", "9.0.0", "nightly", "v9.0.0-1", "release-9.0.0"];

  assert.equal(higherFinal(own("1.0.0"), others), undefined);
});

test("the package is told from others by what stands before the version, digits in its name included", () => {
  assert.equal(higherFinal(own("1.0.0", "py3-tool-v1.0.0"), ["py3-tool-v1.1.0", "py3-v2.0.0"]), "py3-tool-v1.1.0");
  assert.equal(higherFinal(own("1.0.0", "1.0.0"), ["v2.0.0", "1.1.0"]), "1.1.0");
  assert.equal(higherFinal({ tag: "c-1.0.0", version: "1.0.0", ecosystem: "crates" }, ["c-1.0.1", "c-1.1.0-rc.1"]), "c-1.0.1");
});

test("a tag that does not say its version is compared with nothing", () => {
  assert.equal(higherFinal(own("1.0.0", "stable"), ["v2.0.0"]), undefined);
});
