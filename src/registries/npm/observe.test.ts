import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../domain/digest.ts";
import { judgeBytes, judgeTag, judgeVersion, surveyOf, versionsOf } from "./observe.ts";
import type { LookedUp } from "./look-up.ts";
import type { ListedVersion } from "./packument.ts";

const ours = `sha512-${"A".repeat(86)}==`;
const publication = {
  package: "@slip/demo",
  version: "1.0.0",
  name: "slip-demo-1.0.0.tgz",
  sha256: sha256("a".repeat(64)),
  registryDigest: ours,
  sizeBytes: 10,
};

function listing(listed?: Partial<ListedVersion>): LookedUp {
  const versions = new Map(listed === undefined ? [] : [["1.0.0", { version: "1.0.0", url: "http://127.0.0.1:1/x.tgz", ...listed }]]);
  return { kind: "packument", packument: { versions, tags: new Map(), unpublished: new Set(), document: {} } };
}

test("a version is ours only with our sha512", () => {
  assert.equal(judgeVersion(listing({ sha512: ours }), publication).kind, "present");
  assert.equal(judgeVersion(listing({ sha512: `sha512-${"B".repeat(86)}==` }), publication).kind, "conflict");
  assert.equal(judgeVersion(listing(), publication).kind, "absent");
  assert.equal(judgeVersion({ kind: "absent" }, publication).kind, "absent");
  assert.equal(judgeVersion({ kind: "unknown", why: "x" }, publication).kind, "unknown");
});

test("without a sha512 on either side the bytes decide, a shasum proves nothing", () => {
  const { registryDigest: _none, ...bare } = publication;
  assert.equal(judgeVersion(listing({ shasum: "a".repeat(40) }), publication).kind, "compare");
  assert.equal(judgeVersion(listing({ sha512: ours }), bare).kind, "compare");
  const listed = { version: "1.0.0", url: "x" };
  assert.equal(judgeBytes(listed, publication, { sha256: publication.sha256, sizeBytes: 10, registry: "r" }).kind, "present");
  const other = judgeBytes(listed, publication, { sha256: "b".repeat(64), sizeBytes: 10, registry: "r" });
  assert.match(
    other.kind === "conflict" ? other.theirs : "",
    /"r" holds another @slip\/demo 1\.0\.0, uploaded at a time .* with sha256 b{64}/,
  );
});

test("a survey names the file as it was packed, and tells a deprecation", () => {
  const survey = surveyOf(listing({ deprecated: "Old", publishedAt: "2026-01-01T00:00:00Z" }), "@slip/demo", "1.0.0");

  assert.deepEqual(survey, {
    kind: "listed",
    files: [
      { name: "slip-demo-1.0.0.tgz", url: "http://127.0.0.1:1/x.tgz", attested: false, uploadedAt: "2026-01-01T00:00:00Z", yanked: "Old" },
    ],
  });
  assert.deepEqual(versionsOf(listing({})), { kind: "listed", versions: ["1.0.0"] });
});

test("a dist-tag is moved up and never down", () => {
  const at = (there: string, version: string) =>
    judgeTag({ kind: "tags", tags: new Map([["latest", there]]) }, { package: "p", name: "latest", version }, "r").kind;

  assert.equal(at("1.0.0", "1.0.0"), "present");
  assert.equal(at("1.0.0", "1.0.1"), "absent");
  assert.equal(at("1.0.0-rc.9", "1.0.0"), "absent");
  assert.equal(at("1.0.0", "1.0.0-rc.9"), "conflict");
  assert.equal(at("2.0.0", "1.9.9"), "conflict");
  assert.equal(at("what-is-this", "1.0.0"), "conflict", "what cannot be compared is never moved away from");
});
