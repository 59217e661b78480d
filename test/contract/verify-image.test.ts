// An image is verified to its last byte: a manifest or a layer that was changed behind the registry's back is found, though the
// registry goes on answering that it has it, with the size that it should have.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { verifyImageBytes, type ImageLook } from "../../src/app/verify-image.ts";
import { rehearsalOciCredential } from "../../src/registries/oci/credentials.ts";
import { channelTo, imageUpload, makeImage, ociClientOf, startOci } from "../support/oci.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const of = { package: "slip/demo", version: "1.0.0", layers: ["the first layer", "the second layer"] };

interface Place {
  look(): Promise<ImageLook>;
  /** Path of the stored bytes. */
  stored(bytes: Buffer): string;
}

async function open(t: TestContext): Promise<Place> {
  const folder = temporaryFolder(t);
  const server = await startOci(t, { ours: ["slip/demo"], storeFolder: path.join(folder, "store") });
  const registry = ociClientOf(server);
  const upload = imageUpload(path.join(folder, "images"), of);
  const credential = rehearsalOciCredential();
  assert.equal((await registry.publish(upload, credential, never)).kind, "sent");
  assert.equal((await registry.channels?.move(channelTo(upload, "1.0.0"), credential, never))?.kind, "sent");
  return {
    look: () => verifyImageBytes(registry, { package: "slip/demo", registryDigest: makeImage(of).digest }, { signal: never }),
    stored: (bytes) => {
      const files = readdirSync(path.join(folder, "store"), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name));
      return files.find((file) => readFileSync(file).equals(bytes)) ?? assert.fail("nothing stored holds these bytes");
    },
  };
}

function blobs(): { readonly manifest: Buffer; readonly layer: Buffer } {
  const { manifest } = makeImage(of);
  return { manifest, layer: Buffer.from("the second layer") };
}

test("an image whose bytes are all there is identical", async (t) => {
  const place = await open(t);

  assert.deepEqual(await place.look(), { verdict: "identical", how: "manifest and all layers downloaded and digested" });
});

test("a byte of a layer that changed at the registry is found, and so is one of the manifest", async (t) => {
  for (const part of ["layer", "manifest"] as const) {
    const place = await open(t);
    const bytes = blobs()[part];
    const changed = Buffer.from(bytes);
    changed[changed.length - 2] = (changed[changed.length - 2] ?? 0) ^ 1;
    writeFileSync(place.stored(bytes), changed);

    const found = await place.look();

    assert.equal(found.verdict, "different", `${part}: ${found.how}`);
    assert.match(found.how, /hands out sha256:[0-9a-f]{64} for /);
  }
});

test("a layer that is gone is found", async (t) => {
  const place = await open(t);
  rmSync(place.stored(blobs().layer));

  const found = await place.look();

  assert.notEqual(found.verdict, "identical", found.how);
});
