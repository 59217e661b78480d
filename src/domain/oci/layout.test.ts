import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readImageConfig, toldVersion } from "./config.ts";
import { isLayout, isNestedIndex, soleImage } from "./layout.ts";
import { mediaTypes } from "./media-types.ts";

const one = (letter: string, more: object = {}): object => ({
  mediaType: mediaTypes.manifest,
  digest: `sha256:${letter.repeat(64)}`,
  size: 3,
  ...more,
});
const led = (...manifests: readonly object[]) => soleImage(JSON.stringify({ schemaVersion: 2, manifests }), "index.json");

describe("soleImage", () => {
  test("finds the one image, also named twice, beside attestations", () => {
    const attestation = one("f", { annotations: { "vnd.docker.reference.type": "attestation-manifest" } });
    const unknown = one("e", { platform: { os: "unknown", architecture: "unknown" } });
    const found = led(one("a"), attestation, unknown, one("a", { annotations: { "org.opencontainers.image.ref.name": "x" } }));
    assert.equal(found.kind === "descriptor" && found.descriptor.digest, `sha256:${"a".repeat(64)}`);
  });

  test("tells an index inside the index", () => {
    const found = led(one("a", { mediaType: mediaTypes.index }));
    assert.ok(found.kind === "descriptor" && isNestedIndex(found.descriptor));
  });

  test("refuses none, several, and what is no index", () => {
    assert.match(JSON.stringify(led()), /leads to no image/);
    assert.match(JSON.stringify(led(one("a"), one("b"))), /leads to 2 images/);
    assert.match(JSON.stringify(soleImage("[]", "index.json")), /is no JSON object/);
    const image = JSON.stringify({ schemaVersion: 2, config: one("c"), layers: [] });
    assert.match(JSON.stringify(soleImage(image, "index.json")), /is an image, not an index/);
  });

  test("knows the layout's own version", () => {
    assert.ok(isLayout('{"imageLayoutVersion":"1.0.0"}'));
    assert.ok(!isLayout('{"imageLayoutVersion":"2.0.0"}'));
    assert.ok(!isLayout("1.0.0"));
  });
});

describe("readImageConfig", () => {
  test("reads platform and labels", () => {
    const text = JSON.stringify({
      os: "linux",
      architecture: "amd64",
      config: { Labels: { "org.opencontainers.image.version": " 1.0 ", n: 1 } },
    });
    const config = readImageConfig(text);
    assert.deepEqual(config?.platform, { os: "linux", architecture: "amd64" });
    assert.equal(toldVersion(config?.labels ?? {}), "1.0");
  });

  test("an artifact's config names no platform, and no JSON is none", () => {
    assert.deepEqual(readImageConfig("{}"), { labels: {} });
    assert.equal(readImageConfig("null"), undefined);
    assert.equal(toldVersion({ "org.opencontainers.image.version": " " }), undefined);
  });
});
