import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { publicCratesIdentity } from "../../../domain/known-services.ts";
import { sha256 } from "../../../domain/digest.ts";
import { findingsOfLines } from "./findings.ts";
import { indexFile, lineOf } from "./lines.ts";
import { emptyState, type CrateVersion } from "./state.ts";

const digest = sha256("a".repeat(64));
const atMs = Date.parse("2026-11-21T08:00:00.123Z");
const base = { name: "demo", vers: "1.0.0", links: null, rust_version: null };
const dep = { name: "real", version_req: "^1", features: ["x"], optional: true, default_features: false, target: null, kind: "build" };

describe("lines of the index", () => {
  test("a dependency is told by the name that the manifest gives it, and the default registry by none", () => {
    const line = lineOf(
      { ...base, deps: [{ ...dep, explicit_name_in_toml: "alias", registry: publicCratesIdentity }, dep], features: {} },
      digest,
      atMs,
    );

    const common = { req: "^1", features: ["x"], optional: true, default_features: false, target: null, kind: "build", registry: null };
    assert.deepEqual(line.deps, [{ ...common, name: "alias", package: "real" }, { ...common, name: "real", package: null }]); // prettier-ignore
    assert.equal(line.pubtime, "2026-11-21T08:00:00Z");
    assert.equal(line.v, undefined);
  });

  test("features of the newer syntax stand apart, with all that need one of them", () => {
    const features = { plain: [], syntax: ["dep:real"], weak: ["real?/x"], needs: ["syntax"], default: ["needs", "plain"] };

    const line = lineOf({ ...base, deps: [], features }, digest, atMs);

    assert.deepEqual(Object.keys(line.features), ["plain"]);
    assert.deepEqual(Object.keys(line.features2 ?? {}), ["syntax", "weak", "needs", "default"]);
    assert.equal(line.v, 2);
  });

  test("the index shows a version from its time on, yanked or not", () => {
    const version: CrateVersion = {
      line: lineOf({ ...base, deps: [], features: {} }, digest, atMs),
      yanked: true,
      sizeBytes: 1,
      kept: digest,
      uploadedAtMs: atMs,
      visibleFromMs: atMs + 1000,
      description: null,
      license: null,
    };
    const crate = { name: "demo", owners: [], versions: [version] };

    assert.equal(indexFile(crate, atMs), undefined);
    assert.equal((JSON.parse(indexFile(crate, atMs + 1000) ?? "") as { readonly yanked: boolean }).yanked, true);
  });
});

describe("findings about the registry behind", () => {
  const line = lineOf({ ...base, deps: [], features: {} }, digest, atMs);
  const received = { name: "demo-1.0.0+b.crate", package: "demo", version: "1.0.0+b", sizeBytes: 1, stored: 1, repeated: 0, refused: 0 };

  test("another file as the same version would be refused there", () => {
    const state = { ...emptyState, received: { one: { ...received, sha256: "b".repeat(64) } } };

    const found = findingsOfLines(state, "demo", [line]);

    assert.deepEqual(found.map(({ id, level }) => [id, level]), [["REHEARSAL-HIDDEN", "fine"], ["REHEARSAL-TAKEN", "blocks"]]); // prettier-ignore
  });

  test("the same file there is no finding but that it is hidden", () => {
    const state = { ...emptyState, received: { one: { ...received, sha256: digest } } };

    assert.deepEqual(
      findingsOfLines(state, "demo", [line]).map(({ id }) => id),
      ["REHEARSAL-HIDDEN"],
    );
    assert.deepEqual(findingsOfLines(state, "demo", []), []);
  });
});
