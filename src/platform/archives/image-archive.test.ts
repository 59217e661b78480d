import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFileSync, writeFileSync } from "node:fs";
import { describe, test, type TestContext } from "node:test";
import { join } from "node:path";
import { digestOf, layoutTar, makeImage, type ImageOf } from "../../../test/support/oci.ts";
import { pax, rawTar } from "../../../test/support/raw-tar.ts";
import { temporaryFolder } from "../../../test/support/temporary-folder.ts";
import { createImageArchives } from "./image-archive.ts";

const of: ImageOf = { version: "1.0.0", layers: ["first", "", "x".repeat(700_001)], labels: { a: "b" } };
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";

async function open(t: TestContext, bytes: Uint8Array) {
  const file = join(temporaryFolder(t), "image.tar");
  writeFileSync(file, bytes);
  return { file, opened: await createImageArchives().openImage(file) };
}

async function whyNot(t: TestContext, bytes: Uint8Array): Promise<string> {
  const { opened } = await open(t, bytes);
  return opened.kind === "unreadable" ? opened.why : "opened";
}

function descriptor(bytes: Uint8Array, mediaType = manifestType): object {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

describe("openImage", () => {
  test("reads manifest, platform, labels and the bytes of every blob where they stand", async (t) => {
    const made = makeImage(of);
    const { opened } = await open(t, made.tar);

    assert.equal(opened.kind, "opened", JSON.stringify(opened));
    if (opened.kind !== "opened") return;
    const { image } = opened;
    assert.equal(image.sizeBytes, made.tar.length);
    assert.equal(image.manifest.digest, made.digest);
    assert.equal(image.manifest.text, made.manifest.toString());
    assert.deepEqual([image.platform, image.labels], [{ os: "linux", architecture: "amd64" }, { a: "b" }]);
    assert.deepEqual(new Set(image.blobs.map((blob) => blob.digest)), new Set([...made.blobs.keys()].slice(1)));
    for (const blob of image.blobs) {
      const hash = createHash("sha256");
      let sizeBytes = 0;
      for await (const piece of image.bytesOf(blob)) {
        hash.update(piece);
        sizeBytes += piece.length;
      }
      assert.deepEqual([`sha256:${hash.digest("hex")}`, sizeBytes], [blob.digest, blob.sizeBytes]);
    }
  });

  test("follows an index inside the index, as builders with attestations write it", async (t) => {
    const made = makeImage(of);
    const inner = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [descriptor(made.manifest)] }));
    const blobs = new Map([...made.blobs, [digestOf(inner), inner]]);
    const { opened } = await open(t, layoutTar({ schemaVersion: 2, manifests: [descriptor(inner, indexType)] }, blobs));

    assert.equal(opened.kind === "opened" && opened.image.manifest.digest, made.digest);
  });

  test("reads names and sizes from pax headers", async (t) => {
    const made = makeImage(of);
    const members = [...made.blobs].flatMap(([digest, content]) => [
      pax({ path: `blobs/sha256/${digest.slice(7)}` }),
      { path: "cut", content },
    ]);
    const index = JSON.stringify({ schemaVersion: 2, manifests: [descriptor(made.manifest)] });
    const tar = rawTar([
      { path: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' },
      { path: "index.json", content: index },
      ...members,
    ]);
    const { opened } = await open(t, tar);

    assert.equal(opened.kind === "opened" && opened.image.manifest.digest, made.digest);
  });

  test("a range behind the end of a file that shrank gives fewer bytes, and never others", async (t) => {
    const made = makeImage(of);
    const { file, opened } = await open(t, made.tar);
    assert.ok(opened.kind === "opened");
    writeFileSync(file, made.tar.subarray(0, 4_096));
    let sizeBytes = 0;
    for (const blob of opened.image.blobs) for await (const piece of opened.image.bytesOf(blob)) sizeBytes += piece.length;
    assert.ok(sizeBytes < made.tar.length - 4_096);
  });

  test("every blob is held against its name", async (t) => {
    const made = makeImage(of);
    const blobs = new Map([...made.blobs].map(([digest, bytes]) => [digest, bytes.toString() === "first" ? Buffer.from("other") : bytes]));
    const tar = layoutTar({ schemaVersion: 2, manifests: [descriptor(made.manifest)] }, blobs);

    assert.match(await whyNot(t, tar), /whose bytes have sha256 [0-9a-f]{64}/);
    assert.match(
      await whyNot(t, layoutTar({ schemaVersion: 2, manifests: [] }, new Map([["sha256:short", Buffer.from("")]]))),
      /whose bytes have sha256/,
    );
  });

  test("an image that lacks a blob, or has one of another size, is not whole", async (t) => {
    const made = makeImage(of);
    const index = { schemaVersion: 2, manifests: [descriptor(made.manifest)] };
    const without = new Map([...made.blobs].filter(([, bytes]) => bytes.toString() !== "first"));
    assert.match(await whyNot(t, layoutTar(index, without)), /Is not whole: "sha256:[0-9a-f]{64}" is not there/);
    const lying = { schemaVersion: 2, manifests: [{ ...descriptor(made.manifest), size: 3 }] };
    assert.match(await whyNot(t, layoutTar(lying, made.blobs)), /but its descriptor says 3/);
  });

  test("what is no layout, holds several images or none, is told apart", async (t) => {
    const [made, other] = [makeImage(of), makeImage({ ...of, architecture: "arm64" })];
    assert.match(await whyNot(t, Buffer.from("hello")), /no tar file|cut short/);
    assert.match(await whyNot(t, rawTar([{ path: "a", content: "b" }])), /has no "oci-layout"/);
    assert.match(await whyNot(t, rawTar([{ path: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' }])), /has no "index.json"/);
    const both = { schemaVersion: 2, manifests: [descriptor(made.manifest), descriptor(other.manifest)] };
    assert.match(await whyNot(t, layoutTar(both, new Map([...made.blobs, ...other.blobs]))), /leads to 2 images/);
    assert.match(await whyNot(t, layoutTar({ schemaVersion: 2, manifests: [] }, new Map())), /leads to no image/);
    const config = Buffer.from("{}");
    const artifact = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        config: descriptor(config, "application/vnd.oci.empty.v1+json"),
        layers: [],
      }),
    );
    const blobs = new Map([config, artifact].map((bytes) => [digestOf(bytes), bytes]));
    assert.match(await whyNot(t, layoutTar({ schemaVersion: 2, manifests: [descriptor(artifact)] }, blobs)), /names no platform/);
  });

  test("links, names twice, paths upwards and bytes behind the end are refused", async (t) => {
    const layout = { path: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' };
    assert.match(await whyNot(t, rawTar([layout, { path: "index.json", type: "2", linkTo: "/etc/passwd" }])), /no plain file/);
    assert.match(await whyNot(t, rawTar([layout, layout])), /occurs twice/);
    assert.match(await whyNot(t, rawTar([{ path: "../oci-layout", content: "x" }])), /leads upwards/);
    assert.match(await whyNot(t, rawTar([layout], { after: Buffer.alloc(600, "x") })), /bytes after its end mark/);
    const { file } = await open(t, makeImage(of).tar);
    appendFileSync(file, "x".repeat(512));
    assert.equal((await createImageArchives().openImage(file)).kind, "unreadable");
  });
});
