import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readImageDigest, repositoryFault, tagFault, tagOfVersion, versionOfTag } from "./names.ts";

describe("names of images", () => {
  test("repositories are lower-case parts with single separators", () => {
    for (const good of ["a", "owner/proxy", "o.w-n_er/pro__xy/a---b", "0/1"]) assert.equal(repositoryFault(good), undefined, good);
    for (const bad of ["", "/a", "a/", "a//b", "a..b", "a___b", "-a", "a b", "a:b", "é", "a/../b"])
      assert.match(repositoryFault(bad) ?? "", /should be lower-case/, bad);
    assert.match(repositoryFault("a".repeat(201)) ?? "", /more than 200/);
  });

  test("capital letters are named together with what to write", () => {
    assert.match(repositoryFault("Owner/Proxy") ?? "", /write "owner\/proxy"/);
  });

  test("a hostile name of many separators is judged at once", () => {
    const started = process.hrtime.bigint();
    repositoryFault(`${"a-".repeat(99)}!`);
    assert.ok(process.hrtime.bigint() - started < 100_000_000n);
  });

  test("tags have no plus sign, and no dot or dash at their start", () => {
    for (const good of ["1.0.0", "latest", "_x", "A", "1.0.0_b.1", "a".repeat(128)]) assert.equal(tagFault(good), undefined, good);
    for (const bad of ["", "1.0+b", ".a", "-a", "a/b", "a:b", "é"]) assert.match(tagFault(bad) ?? "", /should be letters/, bad);
    assert.match(tagFault("a".repeat(129)) ?? "", /more than 128/);
  });

  test("build metadata of a version goes into the tag with an underscore and comes back from it", () => {
    assert.equal(tagOfVersion("1.0.0-rc.1+linux.5"), "1.0.0-rc.1_linux.5");
    assert.equal(versionOfTag("1.0.0-rc.1_linux.5"), "1.0.0-rc.1+linux.5");
    for (const other of ["latest", "1.2", "v1.2.3", "1", "sha256-abc", "1.2.3_a_b"]) assert.equal(versionOfTag(other), undefined, other);
  });

  test("a digest is sha256 with 64 lower-case digits", () => {
    const hex = "0123456789abcdef".repeat(4);
    assert.equal(readImageDigest(`sha256:${hex}`), `sha256:${hex}`);
    for (const bad of [hex, `sha512:${hex}${hex}`, `sha256:${hex.toUpperCase()}`, `sha256:${hex.slice(1)}`, ` sha256:${hex}`])
      assert.equal(readImageDigest(bad), undefined, bad);
  });
});
