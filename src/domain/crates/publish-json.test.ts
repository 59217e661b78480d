import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { publicCratesIdentity } from "../known-services.ts";
import { publishJson, readmeOf } from "./publish-json.ts";

const head = '[package]\nname = "demo"\nversion = "1.0.0"\n';
const make = (more: string, registry: Parameters<typeof publishJson>[0]["registry"] = "default") =>
  publishJson({ manifest: `${head}${more}`, readme: undefined, registry });
const dependencies = (more: string, registry?: Parameters<typeof publishJson>[0]["registry"]) => make(more, registry)["deps"];

describe("the JSON of a publish request", () => {
  test("a manifest that says nothing more gives every field", () => {
    assert.deepEqual(make(""), {
      name: "demo",
      vers: "1.0.0",
      deps: [],
      features: {},
      authors: [],
      description: null,
      documentation: null,
      homepage: null,
      readme: null,
      readme_file: null,
      keywords: [],
      categories: [],
      license: null,
      license_file: null,
      repository: null,
      badges: {},
      links: null,
      rust_version: null,
    });
  });

  test("the README's text goes with it, and the manifest says which file that is", () => {
    const manifest = `${head}readme = "docs/READ.md"\n`;

    assert.equal(readmeOf(manifest), "docs/READ.md");
    assert.equal(readmeOf(`${head}readme = false\n`), undefined);
    assert.equal(publishJson({ manifest, readme: "# Demo\n", registry: "default" })["readme"], "# Demo\n");
  });

  test("a renamed dependency is told by its real name, with the other one beside it", () => {
    assert.deepEqual(dependencies('[dependencies.alias]\nversion = "1"\npackage = "real"\noptional = true\ndefault-features = false\n'), [
      { name: "real", version_req: "^1", features: [], optional: true, default_features: false, target: null, kind: "normal", explicit_name_in_toml: "alias" },
    ]); // prettier-ignore
  });

  test("a dependency names its registry only where that is not the one that is published to", () => {
    const own =
      '[dependencies.a]\nversion = "1"\nregistry-index = "sparse+https://internal.example/index/"\n[dependencies.b]\nversion = "1"\n';
    const registries = (to: Parameters<typeof publishJson>[0]["registry"]) =>
      (dependencies(own, to) as readonly { readonly registry?: string }[]).map((one) => one.registry);

    assert.deepEqual(registries("default"), ["sparse+https://internal.example/index/", undefined]);
    assert.deepEqual(registries({ index: "sparse+https://internal.example/index/" }), [undefined, publicCratesIdentity]);
  });

  test("what is no manifest of a package is refused with its fault", () => {
    for (const manifest of ["[package", "", '[package]\nname = "demo"\n'])
      assert.throws(() => publishJson({ manifest, readme: undefined, registry: "default" }), { code: "ARTIFACT_INVALID" });
    assert.throws(() => make('[dependencies.tool]\nversion = "1"\nartifact = "bin"\n'), /stable cargo does not have/);
  });
});
