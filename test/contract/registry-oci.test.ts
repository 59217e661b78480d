// The contract of image registries against the rehearsal one, which needs nothing but this repository.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import { openHttp } from "../../src/platform/http.ts";
import type { Http } from "../../src/platform/http-port.ts";
import { rehearsalOciCredential } from "../../src/registries/oci/credentials.ts";
import { imageUpload, ociClientOf, startOci } from "../support/oci.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { imageRegistryContract, type ImageSubject } from "./image-registry-suite.ts";

imageRegistryContract("rehearsal image registry", { deletesTags: true, sparse: "unknown", lists: "registry" }, (t) => open(t, true));

imageRegistryContract("rehearsal image registry without lists", { deletesTags: true, sparse: "unknown", lists: "clients" }, (t) =>
  open(t, false),
);

async function open(t: TestContext, listsReferrers: boolean): Promise<ImageSubject> {
  const server = await startOci(t, { ours: ["slip/demo", "slip/base"], listsReferrers });
  return {
    registry: ociClientOf(server),
    credential: rehearsalOciCredential(),
    wrongCredential: createCredential("somebody", "a-password-of-somebody"),
    stop: () => server.close(),
  };
}

test("blobs of another repository of the same registry are mounted, without their bytes", async (t) => {
  const server = await startOci(t, { ours: ["slip/demo", "slip/base"] });
  const sent: string[] = [];
  const http = openHttp({ userAgent: "slipway/0.0.0-test", env: {} });
  const counted: Http = {
    ...http,
    send: (request) => (sent.push(`${request.method} ${request.url.slice(server.url.length)}`), http.send(request)),
  };
  const registry = ociClientOf(server, { http: counted, readAs: () => Promise.resolve(rehearsalOciCredential()) });
  const image = imageUpload(temporaryFolder(t), { package: "slip/base", version: "1.0.0", layers: ["one", "two"] });
  await registry.publish(image, rehearsalOciCredential(), never);
  assert.ok(registry.images !== undefined);
  sent.length = 0;

  const moved = { ...image, package: "slip/demo", from: { source: registry.images, package: "slip/base" } };
  const copied = await registry.copy?.(moved, rehearsalOciCredential(), never);

  assert.deepEqual(copied, { kind: "sent", warnings: [] });
  const puts = sent.filter((one) => one.startsWith("PUT"));
  assert.deepEqual(puts, [`PUT /v2/slip/demo/manifests/${image.registryDigest}`]);
  assert.equal(sent.filter((one) => one.startsWith("POST") && one.includes("from=slip%2Fbase")).length, 3);
});
