// A prerelease of many ecosystems, by the real program: `v0.2.0-rc1` of the example rust-workspace and `v1.1.0-rc.1` of
// npm-workspace are public under their own versions, and nobody who asks for the latest gets them. What is built stands in the
// repository (test/support/grid-rust.ts, grid-npm.ts).
import assert from "node:assert/strict";
import { test } from "node:test";
import { readReport, told } from "../support/bed.ts";
import { npmTokens, openNpm } from "../support/grid-npm.ts";
import { openRust, rustCrates, rustTokens } from "../support/grid-rust.ts";

test("v0.2.0-rc1 of a Rust workspace is a prerelease everywhere: crates, wheel, image and page", async (context) => {
  const version = "0.2.0-rc.1";
  const place = await openRust({ tag: "v0.2.0-rc1", version });
  context.after(() => place.close());

  const ended = await place.bed.slipway(["run", "--pipeline", "release", "--json"], rustTokens);
  assert.equal(ended.code, 0, told(ended));

  const held = await place.held();
  const crates = rustCrates.map((name) => `crates/${name}-${version}.crate ×1`);
  assert.deepEqual(
    crates.filter((one) => !held.includes(one)),
    [],
  );
  assert.deepEqual(
    held.filter((one) => one.startsWith("pypi/")),
    ["pypi/slipway_example_kelp_python-0.2.0rc1-cp39-abi3-manylinux_2_17_x86_64.whl ×1"],
  );
  // Neither `0.2` nor `latest` leads to it.
  assert.deepEqual(
    held.filter((one) => one.includes("/tag ")),
    [`ghcr/tag example/kelp:${version} ×1`],
  );
  assert.deepEqual(
    held.filter((one) => one.startsWith("page ")),
    ["page v0.2.0-rc1 (prerelease)"],
  );
});

test("v1.1.0-rc.1 of npm packages leaves `latest` where it is", async (context) => {
  const place = await openNpm();
  context.after(() => place.close());
  const final = await place.bed.slipway(["run", "--json"], npmTokens);
  assert.equal(final.code, 0, told(final));

  place.next("1.1.0-rc.1");
  const ended = await place.bed.slipway(["run", "--json"], npmTokens);

  assert.equal(ended.code, 0, told(ended));
  assert.equal(readReport(ended).standing, "complete");
  for (const name of place.names) assert.deepEqual(await place.distTags(name), { latest: "1.0.0", rc: "1.1.0-rc.1" });
  const held = await place.held();
  assert.ok(held.includes("page v1.1.0-rc.1 (prerelease)"), held.join("\n"));
});
