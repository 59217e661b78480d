import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../domain/digest.ts";
import { ociRefusals } from "./refusals.ts";

const hex = "a".repeat(64);
const good = {
  package: "owner/proxy",
  version: "1.0.0+b.1",
  name: `sha256:${hex}`,
  sha256: sha256(hex),
  sizeBytes: 1,
  registryDigest: `sha256:${hex}`,
};

test("names, tags and digests that a registry would refuse are known beforehand", () => {
  assert.deepEqual(ociRefusals(good), []);
  assert.match(ociRefusals({ ...good, package: "Owner/Proxy" })[0] ?? "", /"Owner\/Proxy" has capital letters.*write "owner\/proxy"/);
  assert.match(ociRefusals({ ...good, version: `1.0.0-${"a".repeat(130)}` })[0] ?? "", /more than 128/);
  assert.match(ociRefusals({ ...good, registryDigest: hex })[0] ?? "", /is not the digest of a manifest/);
});
