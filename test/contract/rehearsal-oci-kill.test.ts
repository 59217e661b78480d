// The rehearsal image registry is killed while it takes images, and opened again: what it answered for is there, whole; what it
// did not answer for is there whole or not at all; nothing is counted twice.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { rehearsalOciCredential } from "../../src/registries/oci/credentials.ts";
import { channelTo, imageUpload, ociClientOf, startOci } from "../support/oci.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const rounds = 3;
const program = join(import.meta.dirname, "..", "support", "rehearsal-oci-process.ts");

test("after a kill -9 in the middle of pushes the same folder opens with every image whole, once", async (t) => {
  const folder = temporaryFolder(t);
  const storeFolder = join(folder, "registry");
  const uploads = Array.from({ length: 12 }, (_unused, number) =>
    imageUpload(folder, { version: `1.${number}.0`, layers: ["shared", randomBytes(200_000)] }),
  );
  const sent = new Set<string>();

  for (let round = 0; round < rounds; round += 1) {
    const child = spawn(process.execPath, [program, storeFolder, "slip/demo"], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const registry = ociClientOf({ url: line.toString("utf8").trim() });
    // By answers, not by time: others are on their way at that moment, however slow the machine is.
    const killAfter = randomInt(1, 5);
    t.diagnostic(`round ${round}: killed after ${killAfter} answers`);
    let answers = 0;
    const ended = once(child, "close");
    await Promise.all(
      uploads.map(async (upload) => {
        const pushed = await registry.publish(upload, rehearsalOciCredential(), never);
        const performed =
          pushed.kind === "sent"
            ? await registry.channels?.move(channelTo(upload, upload.version), rehearsalOciCredential(), never)
            : pushed;
        assert.ok(performed?.kind === "sent" || performed?.kind === "unknown", JSON.stringify(performed));
        if (performed.kind !== "sent") return;
        sent.add(upload.version);
        answers += 1;
        if (answers === killAfter) child.kill("SIGKILL");
      }),
    );
    child.kill("SIGKILL");
    await ended;
  }

  const server = await startOci(t, { ours: ["slip/demo"], storeFolder });
  const registry = ociClientOf(server);
  for (const upload of uploads) {
    const seen = await registry.observe(upload, never);
    assert.ok(seen.kind === "present" || (seen.kind === "absent" && !sent.has(upload.version)), `${upload.version}: ${seen.kind}`);
    const led = await registry.channels?.observe(channelTo(upload, upload.version), never);
    if (sent.has(upload.version)) assert.equal(led?.kind, "present");
    if (seen.kind !== "present") continue;
    // Every blob is handed out with its own bytes: a client that checks digests would notice.
    const bytes = await fetchedDigests(server.url, upload.registryDigest ?? "");
    for (const [told, found] of bytes) assert.equal(found, told);
  }
  assert.ok(sent.size > 0);
  assert.deepEqual(
    [
      ...new Set(
        server
          .received()
          .filter((thing) => thing.kind !== "blob")
          .map((thing) => thing.stored),
      ),
    ],
    [1],
  );
});

/** The digest of every blob of an image, told and found. */
async function fetchedDigests(url: string, digest: string): Promise<readonly (readonly [told: string, found: string])[]> {
  const { token } = (await (await fetch(`${url}/token`)).json()) as { readonly token: string };
  const get = async (path: string): Promise<Buffer> => {
    const reply = await fetch(`${url}/v2/slip/demo/${path}`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(reply.status, 200, path);
    return Buffer.from(await reply.arrayBuffer());
  };
  const manifest = JSON.parse((await get(`manifests/${digest}`)).toString("utf8")) as {
    readonly config: { readonly digest: string };
    readonly layers: readonly { readonly digest: string }[];
  };
  const told = [manifest.config, ...manifest.layers].map((one) => one.digest);
  return await Promise.all(
    told.map(
      async (one) =>
        [
          one,
          `sha256:${createHash("sha256")
            .update(await get(`blobs/${one}`))
            .digest("hex")}`,
        ] as const,
    ),
  );
}
