import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sha256 } from "../../domain/digest.ts";
import { publishJson } from "../../domain/crates/publish-json.ts";
import type { Upload } from "../registry.ts";
import { cratesRefusals } from "./refusals.ts";

const limitBytes = 10 * 1024 * 1024;

function upload(more: Partial<Upload> = {}, manifest = 'description = "d"\nlicense = "MIT"\n'): Upload {
  const { package: name = "demo", version = "1.0.0" } = more;
  const json = publishJson({
    manifest: `[package]\nname = "${name}"\nversion = "${version}"\n${manifest}`,
    readme: undefined,
    registry: "default",
  });
  return {
    package: name,
    version,
    name: `${name}-${version}.crate`,
    sha256: sha256("a".repeat(64)),
    sizeBytes: 100,
    file: "/nowhere",
    metadata: json,
    ...more,
  };
}

describe("refusals of crates", () => {
  test("a crate that the registry takes has none", () => assert.deepEqual(cratesRefusals(upload(), limitBytes), []));

  test("names, versions, file names and sizes are held against the registry's rules", () => {
    const told = [
      ...cratesRefusals(upload({ package: "1demo" }), limitBytes),
      ...cratesRefusals(upload({ name: "other.crate" }), limitBytes),
      ...cratesRefusals(upload({ sizeBytes: limitBytes + 1 }), limitBytes),
      ...cratesRefusals(upload({ version: "1.0" }), limitBytes),
    ];

    assert.deepEqual(told, [
      'The name "1demo" does not begin with a letter a-z',
      '"other.crate" should be called "demo-1.0.0.crate"',
      '"demo-1.0.0.crate" has 10485761 bytes and the limit of a crate is 10485760',
      'The version "1.0" is not Semantic Versioning',
    ]);
  });

  test("what is in the manifest is held against them too, all at once", () => {
    const features = Array.from({ length: 301 }, (_unused, at) => `f${at} = []\n`).join("");
    const manifest = `keywords = ["a b", "${"k".repeat(21)}", "c", "d", "e", "f"]\ncategories = ["a", "b", "c", "d", "e", "f"]\n[dependencies]\nany = "*"\n[dependencies.far]\nversion = "1"\nregistry-index = "sparse+https://internal.example/"\n[features]\n${features}`;

    const told = cratesRefusals(upload({}, manifest), limitBytes);

    assert.deepEqual(
      told.map((one) => one.slice(0, 46)),
      [
        'The manifest of "demo" has no description and ',
        '"demo" has 301 features and the limit is 300',
        '"demo" has 6 keywords and the limit is 5',
        '"demo" has 6 categories and the limit is 5',
        'The keyword "a b" is not allowed: at most 20 l',
        'The keyword "kkkkkkkkkkkkkkkkkkkkk" is not all',
        'The dependency "any" may be any version ("*"),',
        'The dependency "far" is of another registry, w',
      ],
    );
  });

  test("a manifest of another package is named", () => {
    const told = cratesRefusals({ ...upload(), metadata: upload({ package: "other" }).metadata }, limitBytes);

    assert.deepEqual(told, ['The manifest in "demo-1.0.0.crate" is of other 1.0.0, not of demo 1.0.0']);
  });
});
