import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOfDocument } from "./findings.ts";
import { addVersion, emptyState, type StoredVersion } from "./state.ts";

const stored: StoredVersion = {
  version: "1.0.0",
  fileName: "demo-1.0.0.tgz",
  sizeBytes: 1,
  sha256: "a",
  integrity: "sha512-ours",
  shasum: "b",
  uploadedAtMs: 0,
  visibleFromMs: 0,
};
const state = addVersion(emptyState, "@slip/demo", { version: stored, tags: ["next"], nowMs: 0 });
const ids = (document: Parameters<typeof findingsOfDocument>[2]) => findingsOfDocument(state, "@slip/demo", document).map((one) => one.id);

test("versions that stand outside are hidden, and told", () => {
  assert.deepEqual(ids({ versions: { "0.9.0": {} } }), ["REHEARSAL-HIDDEN"]);
  assert.deepEqual(ids({ versions: {} }), []);
});

test("another tarball under our version would stop the real run, the same one would not", () => {
  assert.deepEqual(ids({ versions: { "1.0.0": { dist: { integrity: "sha512-theirs" } } } }), ["REHEARSAL-HIDDEN", "REHEARSAL-TAKEN"]);
  assert.deepEqual(ids({ versions: { "1.0.0": { dist: { integrity: "sha512-ours" } } } }), ["REHEARSAL-HIDDEN"]);
});

test("the first version of a package is its latest, whatever its tag", () => {
  assert.deepEqual(state.packages["@slip/demo"]?.tags, { next: "1.0.0", latest: "1.0.0" });
});
