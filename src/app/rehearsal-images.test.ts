import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeRegistry } from "../../test/support/ports.ts";
import type { ImageSource, ManifestHeld } from "../registries/registry.ts";
import { readingThrough } from "./rehearsal-images.ts";

const signal = new AbortController().signal;
const held = (text: string): ManifestHeld => ({ kind: "held", text, mediaType: "m", registryDigest: "d", sizeBytes: 1, parts: [] });

function source(manifest: ManifestHeld, blob: "fetched" | "absent", asked: string[] = []): ImageSource {
  return {
    origin: "http://127.0.0.1:1",
    manifest: async ({ registryDigest }) => (asked.push(registryDigest), manifest),
    blob: async ({ digest }) => (asked.push(digest), { kind: blob }),
  };
}

const of = { package: "p", registryDigest: "d" };
const blob = { package: "p", digest: "b", sizeBytes: 1 };

test("what the rehearsal's own registry holds is read there, and the real one is not asked", async () => {
  const asked: string[] = [];
  const own = fakeRegistry("images", { images: source(held("own"), "fetched") });

  const { images } = readingThrough(own, () => ({ images: source(held("real"), "fetched", asked) }));

  assert.deepEqual(await images?.manifest(of, signal), held("own"));
  assert.deepEqual(await images?.blob(blob, "/f", signal), { kind: "fetched" });
  assert.deepEqual(asked, []);
});

test("what it does not hold is read at the real registry, and nowhere is nowhere", async () => {
  const own = fakeRegistry("images", { images: source({ kind: "absent" }, "absent") });
  const through = readingThrough(own, () => ({ images: source(held("real"), "fetched") })).images;
  const nowhere = readingThrough(own, () => ({})).images;

  assert.deepEqual(await through?.manifest(of, signal), held("real"));
  assert.deepEqual(await through?.blob(blob, "/f", signal), { kind: "fetched" });
  assert.deepEqual(await nowhere?.manifest(of, signal), { kind: "absent" });
  assert.deepEqual(await nowhere?.blob(blob, "/f", signal), { kind: "absent" });
});

test("a registry without images stays what it is", () => {
  const own = fakeRegistry("pypi");

  assert.equal(
    readingThrough(own, () => ({})),
    own,
  );
});
