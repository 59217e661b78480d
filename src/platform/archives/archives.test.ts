import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { archiveFiles, goodTar, goodZip, noise } from "../../../test/support/archive-files.ts";
import { pax, rawTar } from "../../../test/support/raw-tar.ts";
import { rawZip } from "../../../test/support/raw-zip.ts";

const { archives, written } = archiveFiles();

describe("any bytes", () => {
  const zipBytes = rawZip([...goodZip, { name: "demo/z", content: noise(300), deflate: true }], { zip64: {} });
  const tarBytes = rawTar([...goodTar, pax({ path: "demo-1.0/long" }), { path: "l", content: noise(700) }]);
  const mutation = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 4,
  });
  const cut = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 4 });

  function mutated(bytes: Buffer, changes: readonly (readonly [number, number])[], cutAt: number | null): Buffer {
    const copy = Buffer.from(bytes);
    for (const [where, value] of changes) copy[Math.min(copy.length - 1, Math.floor(where * copy.length))] = value;
    return cutAt === null ? copy : copy.subarray(0, Math.floor(cutAt * copy.length));
  }

  /** Everything an archive can be asked, none of which may throw or hang. */
  async function readAll(file: string, kind: "zip" | "tar"): Promise<void> {
    const result = kind === "zip" ? await archives.openZip(file) : await archives.openTarGz(file);
    if (result.kind === "unreadable") return;
    const digests = await result.archive.digests();
    for (const member of result.archive.members.slice(0, 20)) {
      const text = await result.archive.readText(member.path, 1000);
      if (text.kind === "text" && result.archive.faults.length === 0)
        assert.equal(digests.get(member.path)?.sizeBytes, Buffer.byteLength(text.text));
    }
  }

  it("lead to a list or a reason, never to a crash (zip)", async () => {
    await fc.assert(
      fc.asyncProperty(mutation, cut, (changes, cutAt) => readAll(written(mutated(zipBytes, changes, cutAt)), "zip")),
      { numRuns: 100 },
    );
  });

  it("lead to a list or a reason, never to a crash (tar)", async () => {
    await fc.assert(
      fc.asyncProperty(mutation, cut, (changes, cutAt) => readAll(written(gzipSync(mutated(tarBytes, changes, cutAt))), "tar")),
      { numRuns: 80 },
    );
  });

  it("lead to a list or a reason, never to a crash (gzip)", async () => {
    const packed = gzipSync(tarBytes);
    await fc.assert(
      fc.asyncProperty(mutation, cut, (changes, cutAt) => readAll(written(mutated(packed, changes, cutAt)), "tar")),
      { numRuns: 100 },
    );
  });
});
