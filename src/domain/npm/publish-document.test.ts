import assert from "node:assert/strict";
import { test } from "node:test";
import { publishDocument } from "./publish-document.ts";

test("a document has one version under one tag, its digests, and an address without TLS", () => {
  const document = publishDocument({
    name: "@slip/demo",
    version: "1.0.0",
    manifest: { name: "@slip/demo", version: "1.0.0", description: "A demo" },
    registryUrl: "https://registry.example/",
    tag: "next",
    access: null,
    integrity: "sha512-x",
    shasum: "abc",
  });

  assert.deepEqual(document, {
    _id: "@slip/demo",
    name: "@slip/demo",
    description: "A demo",
    "dist-tags": { next: "1.0.0" },
    versions: {
      "1.0.0": {
        name: "@slip/demo",
        version: "1.0.0",
        description: "A demo",
        _id: "@slip/demo@1.0.0",
        dist: { integrity: "sha512-x", shasum: "abc", tarball: "http://registry.example/@slip/demo/-/@slip/demo-1.0.0.tgz" },
      },
    },
    access: null,
  });
});
