import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../../domain/configuration.ts";
import { carriesToken, checkAgainst, checkPublish, isRange } from "./checks.ts";

const tarball = { path: "/x", sizeBytes: 3, tooLarge: false, sha256: "a".repeat(64), integrity: "sha512-x", shasum: "b".repeat(40) };
const manifest = { name: "@slip/demo", version: "1.0.0", dist: { integrity: "sha512-x", shasum: "b".repeat(40) } };
const document = { name: "@slip/demo", "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": manifest } };

function judge(more: JsonObject, about: { readonly name?: string; readonly tarball?: Partial<typeof tarball> } = {}): string {
  const checked = checkPublish(
    { ...document, ...more },
    { ...tarball, ...about.tarball },
    { name: about.name ?? "@slip/demo", limitBytes: 10 },
  );
  return checked.kind === "refused" ? `${checked.status} ${checked.message}` : `${checked.kind} ${checked.publish.tags.join()}`;
}

test("a right publish is taken", () => {
  assert.equal(judge({}), "publish latest");
});

test("every form that the registry would not take is refused with its words", () => {
  assert.match(judge({ name: "@slip/Demo" }, { name: "@slip/Demo" }), /^400 Invalid package name/);
  assert.match(judge({ name: "other" }), /^400 .*does not match the address/);
  assert.match(judge({ versions: {} }), /^400 .*exactly one version/);
  assert.match(judge({ versions: { "1.0": manifest } }), /^400 invalid version: 1\.0/);
  assert.match(judge({ versions: { "1.0.0+b": manifest } }), /^400 invalid version/);
  assert.match(judge({ versions: { "1.0.1": manifest } }), /^400 manifest does not match/);
  assert.match(judge({ "dist-tags": {} }), /^400 .*names a dist-tag/);
  assert.match(judge({ "dist-tags": { v1: "1.0.0" } }), /^400 Tag name must not be a valid SemVer range: v1/);
  assert.match(judge({ "dist-tags": { next: "2.0.0" } }), /^400 dist-tags lead to/);
  assert.match(judge({}, { tarball: { tooLarge: true } }), /^413 /);
  assert.match(judge({}, { tarball: { sizeBytes: 0 } }), /^400 .*_attachments/);
  assert.match(judge({}, { tarball: { integrity: "sha512-y" } }), /^400 dist\.integrity does not match/);
  assert.match(judge({}, { tarball: { shasum: "c" } }), /^400 dist\.shasum does not match/);
});

test("a tag is a range where a client would read it as one", () => {
  for (const tag of ["1", "v1.2", "1.x", ">=2", "^1.0.0", "*", "1.0.0-rc.1", ""]) assert.equal(isRange(tag), true, tag);
  for (const tag of ["latest", "next", "rc", "beta-1", "release-1.x", "v"]) assert.equal(isRange(tag), false, tag);
});

test("a number is used once, even if what had it is gone", () => {
  const found = { name: "p", revision: 1, createdMs: 0, modifiedMs: 0, tags: {}, versions: {}, burned: { "1.0.0": 5 } };

  assert.equal(checkAgainst(undefined, "1.0.0"), undefined);
  assert.equal(checkAgainst(found, "1.0.1"), undefined);
  assert.match(checkAgainst(found, "1.0.0")?.message ?? "", /was unpublished/);
});

test("only a token is let in", () => {
  assert.deepEqual(
    [carriesToken("Bearer x"), carriesToken("Basic eDp5"), carriesToken("Bearer "), carriesToken(undefined)],
    [true, false, false, false],
  );
});
