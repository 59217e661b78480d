import assert from "node:assert/strict";
import { test } from "node:test";
import { lastRelease, prefixOf, tagOf } from "./since.ts";

const tags = ["v0.1.0", "v0.2.0-rc.1", "v0.2.0", "v0.3.0-rc.1", "v0.3.0-rc.2", "v10.0", "other-v0.2.9", "vnext", "v0.2.9-1"].map(
  (name) => ({ name, commit: name }),
);
const last = (version: string, pattern?: string): string | undefined => lastRelease({ ecosystem: "pypi", version, pattern }, tags)?.name;

test("a final version counts from the last final one, a candidate from the last of any kind", () => {
  assert.equal(last("0.3.0"), "v0.2.0");
  assert.equal(last("0.3.0rc2"), "v0.3.0-rc.1");
  assert.equal(last("0.2.0"), "v0.1.0");
  assert.equal(last("0.0.1"), undefined);
  assert.equal(last("0.3.0", "other-v{version}"), "other-v0.2.9");
});

test("tag and prefix are those of the pattern, in the spelling of tags", () => {
  assert.equal(tagOf({ ecosystem: "pypi", version: "0.3.0rc1", pattern: "demo-v{version}" }), "demo-v0.3.0-rc.1");
  assert.equal(tagOf({ ecosystem: "pypi", version: "0.3.0", pattern: undefined }), "v0.3.0");
  assert.equal(prefixOf("demo-v{version}"), "demo-v");
  assert.equal(prefixOf("broken"), "v");
});
