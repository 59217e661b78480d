import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { sha256 } from "../digest.ts";
import { attachmentText, emptyConfig, readReferrers, referrersTag, withReferrer, type Subject } from "./attachment.ts";
import { readManifest } from "./manifest.ts";
import { imageDigest } from "./names.ts";

const digestOf = (text: string) => imageDigest(sha256(createHash("sha256").update(text).digest("hex")));
const subject: Subject = { mediaType: "application/vnd.oci.image.index.v1+json", digest: digestOf("index"), sizeBytes: 300 };
const type = "application/vnd.cyclonedx+json";
const text = attachmentText(subject, { name: "demo.cdx.json", mediaType: type, digest: digestOf("{}1"), sizeBytes: 3 }, type);

test("an attachment is an image manifest of one file, with its type and its subject", () => {
  const manifest = readManifest(text, "application/vnd.oci.image.manifest.v1+json");

  assert.ok(manifest.kind === "image");
  assert.equal(digestOf(emptyConfig.text), emptyConfig.digest);
  assert.deepEqual([manifest.config.digest, manifest.config.sizeBytes], [emptyConfig.digest, emptyConfig.sizeBytes]);
  assert.deepEqual(manifest.layers.map(({ mediaType, digest, sizeBytes }) => [mediaType, digest, sizeBytes]), [[type, digestOf("{}1"), 3]]); // prettier-ignore
  const read = JSON.parse(text) as { readonly artifactType: string; readonly subject: unknown };
  assert.equal(read.artifactType, type);
  assert.deepEqual(read.subject, { mediaType: subject.mediaType, digest: subject.digest, size: 300 });
});

test("a list keeps what other clients wrote into it, and gets what readers choose by", () => {
  const theirs = { mediaType: "x/y", digest: digestOf("theirs"), size: 1, "org.example.more": [1, { a: 2 }] };
  const before = readReferrers(JSON.stringify({ schemaVersion: 2, manifests: [theirs] }));
  assert.ok(before.kind === "list");

  const added = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: digestOf(text), sizeBytes: text.length };
  const after = readReferrers(withReferrer(before.members, added, text));

  assert.ok(after.kind === "list");
  assert.deepEqual(after.digests, [theirs.digest, digestOf(text)]);
  assert.deepEqual(after.members[0], theirs);
  assert.equal(after.members[1]?.["artifactType"], type);
  assert.deepEqual(after.members[1]?.["annotations"], { "org.opencontainers.image.title": "demo.cdx.json" });
});

test("what is no list is not taken for an empty one", () => {
  const many = { manifests: Array.from({ length: 1_001 }, () => ({ digest: "d" })) };
  const texts = [
    "",
    "[]",
    '{"mediaType":"application/vnd.oci.image.manifest.v1+json"}',
    '{"manifests":{}}',
    '{"manifests":[1]}',
    JSON.stringify(many),
  ];

  assert.deepEqual([...new Set(texts.map((one) => readReferrers(one).kind))], ["invalid"]);
});

test("the fallback tag is a digest that is a tag", () => {
  assert.match(referrersTag(subject.digest), /^sha256-[0-9a-f]{64}$/);
});
