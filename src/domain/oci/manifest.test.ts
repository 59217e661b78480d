import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { manifestBytesMax, partsOf, readManifest } from "./manifest.ts";
import { mediaTypes } from "./media-types.ts";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const descriptor = (letter: string, more: object = {}): object => ({
  mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
  digest: digest(letter),
  size: 3,
  ...more,
});
const image = (more: object = {}): object => ({
  schemaVersion: 2,
  mediaType: mediaTypes.manifest,
  config: descriptor("c"),
  layers: [descriptor("a"), descriptor("b")],
  ...more,
});
const index = (more: object = {}): object => ({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [descriptor("d")], ...more });
const read = (value: unknown, told?: string) => readManifest(JSON.stringify(value), told);

describe("readManifest", () => {
  test("reads an image with its config, layers and annotations", () => {
    const found = read(image({ annotations: { a: "1", n: 2 } }));

    assert.equal(found.kind, "image");
    if (found.kind !== "image") return;
    assert.deepEqual(
      partsOf(found).map((part) => part.digest),
      [digest("c"), digest("a"), digest("b")],
    );
    assert.deepEqual(found.annotations, { a: "1" });
  });

  test("reads an index with its platforms", () => {
    const platform = { os: "linux", architecture: "arm64", variant: "v8", "os.version": "1" };
    const found = read(index({ manifests: [descriptor("d", { platform }), descriptor("e", { artifactType: "x/y" })] }));

    assert.equal(found.kind, "index");
    if (found.kind !== "index") return;
    assert.deepEqual(
      found.manifests.map((one) => one.platform),
      [{ os: "linux", architecture: "arm64", variant: "v8", osVersion: "1" }, undefined],
    );
    assert.equal(found.manifests[1]?.artifactType, "x/y");
  });

  test("a type that is not written is told by whoever handed it over, or by the members", () => {
    const { mediaType: _left, ...bare } = image() as { mediaType: string };
    assert.equal(read(bare).kind, "image");
    const docker = read(bare, mediaTypes.dockerManifest);
    assert.equal(docker.kind === "image" && docker.mediaType, mediaTypes.dockerManifest);
    assert.equal(read({ schemaVersion: 2, manifests: [] }).kind, "index");
    assert.equal(read(bare, "application/json").kind, "image");
    assert.equal(read({ schemaVersion: 2, manifests: [], config: descriptor("c"), layers: [] }).kind, "invalid");
  });

  test("a blob that occurs twice is one part, and layers that lie elsewhere are none", () => {
    const foreign = { mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" };
    const found = read(image({ layers: [descriptor("a"), descriptor("a"), descriptor("f", foreign)] }));

    assert.deepEqual(found.kind === "image" && partsOf(found).map((part) => part.digest), [digest("c"), digest("a")]);
  });

  const bad: readonly (readonly [what: string, value: unknown, why: RegExp, told?: string])[] = [
    ["no JSON object", [], /is no JSON object/],
    ["schema version 1", { ...image(), schemaVersion: 1 }, /schema version 2/],
    ["a type that is none of an image", image({ mediaType: "text/plain" }), /"text\/plain", which is none of an image/],
    ["a type other than told", image(), /was handed over as/, mediaTypes.index],
    ["image and index at once", image({ manifests: [] }), /an image and an index at once/],
    ["index and image at once", index({ layers: [] }), /an image and an index at once/],
    ["a config that is none", image({ config: 1 }), /config that is no descriptor/],
    ["layers that are no list", image({ layers: {} }), /there is no list/],
    ["a digest of another kind", image({ layers: [descriptor("a", { digest: "md5:aa" })] }), /number 1 has no sha256 digest/],
    ["a path as digest", image({ layers: [descriptor("a", { digest: "sha256:../../../etc/passwd" })] }), /no sha256 digest/],
    ["a negative size", image({ layers: [descriptor("a"), descriptor("b", { size: -1 })] }), /number 2 has no size/],
    ["a size that is a text", image({ config: descriptor("c", { size: "3" }) }), /has no size/],
    ["no media type", image({ config: descriptor("c", { mediaType: "x" }) }), /has no media type/],
    ["too many layers", image({ layers: Array.from({ length: 1_001 }, () => descriptor("a")) }), /more than 1000/],
  ];
  for (const [what, value, why, told] of bad)
    test(`refuses ${what}`, () => {
      const found = read(value, told);
      assert.match(found.kind === "invalid" ? found.why : found.kind, why);
    });

  test("refuses what is no JSON, or longer than a registry takes", () => {
    assert.equal(readManifest("{").kind, "invalid");
    assert.match(JSON.stringify(readManifest(" ".repeat(manifestBytesMax + 1))), /longer than/);
  });
});
