import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { imageIndexText, type IndexPart } from "./image-index.ts";
import { readManifest } from "./manifest.ts";
import { mediaTypes } from "./media-types.ts";
import { readImageDigest } from "./names.ts";
import { comparePlatforms, fitsLeg, platformText, type ImagePlatform } from "./platform.ts";

function part(letter: string, platform: ImagePlatform): IndexPart {
  const digest = readImageDigest(`sha256:${letter.repeat(64)}`);
  assert.ok(digest !== undefined);
  return { mediaType: mediaTypes.manifest, digest, sizeBytes: 500, platform };
}

const amd64 = part("a", { os: "linux", architecture: "amd64" });
const arm64 = part("b", { os: "linux", architecture: "arm64", variant: "v8" });
const armv7 = part("c", { os: "linux", architecture: "arm", variant: "v7" });
const windows = part("d", { os: "windows", architecture: "amd64", osVersion: "10.0" });

describe("imageIndexText", () => {
  test("gives one text whatever the order of parts and annotations", () => {
    const one = imageIndexText([windows, arm64, amd64, armv7], { "org.opencontainers.image.version": "1.0.0", a: "b" });
    const other = imageIndexText([armv7, amd64, windows, arm64], { a: "b", "org.opencontainers.image.version": "1.0.0" });

    assert.equal(one, other);
    assert.equal(
      one.replaceAll(/sha256:(.)\1+/g, "$1"),
      '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[' +
        '{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"a","size":500,"platform":{"architecture":"amd64","os":"linux"}},' +
        '{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"c","size":500,"platform":{"architecture":"arm","os":"linux","variant":"v7"}},' +
        '{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"b","size":500,"platform":{"architecture":"arm64","os":"linux","variant":"v8"}},' +
        '{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"d","size":500,"platform":{"architecture":"amd64","os":"windows","os.version":"10.0"}}' +
        '],"annotations":{"a":"b","org.opencontainers.image.version":"1.0.0"}}',
    );
  });

  test("is read back with the same parts", () => {
    const found = readManifest(imageIndexText([arm64, amd64], {}));

    assert.deepEqual(found.kind === "index" && found.manifests.map((one) => [one.digest, one.platform]), [
      [amd64.digest, amd64.platform],
      [arm64.digest, arm64.platform],
    ]);
  });

  test("refuses none, and two for one platform", () => {
    assert.throws(() => imageIndexText([], {}), { code: "ARTIFACT_INVALID", message: /there are none/ });
    assert.throws(() => imageIndexText([amd64, part("f", amd64.platform)], {}), { message: /are both for "linux\/amd64"/ });
  });
});

describe("platforms of images", () => {
  test("order by system, processor, variant and version", () => {
    const sorted = [windows, arm64, armv7, amd64].map((one) => one.platform).toSorted(comparePlatforms);
    assert.deepEqual(sorted.map(platformText), ["linux/amd64", "linux/arm/v7", "linux/arm64/v8", "windows/amd64"]);
  });

  test("fit the leg that was to make them, and no other", () => {
    assert.ok(fitsLeg(amd64.platform, "linux-x86_64"));
    assert.ok(fitsLeg(amd64.platform, "linux-amd64-static"));
    assert.ok(fitsLeg(arm64.platform, "linux-aarch64"));
    assert.ok(!fitsLeg(arm64.platform, "linux-x86_64"));
    assert.ok(!fitsLeg(windows.platform, "linux-x86_64"));
    assert.ok(!fitsLeg(amd64.platform, "sparc"));
    assert.ok(!fitsLeg({ os: "undefined", architecture: "undefined" }, "sparc"));
  });
});
