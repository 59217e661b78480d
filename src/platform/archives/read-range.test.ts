// A range of a member, for what lies at a place that its beginning names: small and large members, in a zip and in a tar.
import assert from "node:assert/strict";
import { test } from "node:test";
import { archiveFiles, goodTar, goodZip } from "../../../test/support/archive-files.ts";
import { rawTarGz } from "../../../test/support/raw-tar.ts";
import { rawZip } from "../../../test/support/raw-zip.ts";

const { opened } = archiveFiles();
const large = "0123456789".repeat(200_000);

for (const [kind, bytes] of [
  ["tar", rawTarGz([...goodTar, { path: "demo-1.0/large", content: large }])],
  ["zip", rawZip([...goodZip, { name: "large", content: large, deflate: true }])],
] as const) {
  test(`a range of a member of a ${kind} is what stands there, shorter at its end, and nothing where there is no file`, async () => {
    const archive = await opened(bytes, kind);
    const path = kind === "tar" ? "demo-1.0/large" : "large";
    const read = async (offset: number, sizeBytes: number) => Buffer.from((await archive.readRange(path, { offset, sizeBytes })) ?? "gone");

    assert.equal((await read(0, 12)).toString(), "012345678901");
    assert.equal((await read(1_500_003, 4)).toString(), "3456");
    assert.equal((await read(large.length - 3, 100)).toString(), "789");
    assert.equal((await read(0, 1e12)).toString(), large);
    assert.equal((await read(large.length + 5, 1)).length, 0);
    assert.equal(await archive.readRange("nowhere", { offset: 0, sizeBytes: 1 }), undefined);
    assert.equal(await archive.readRange("demo-1.0", { offset: 0, sizeBytes: 1 }), undefined);
  });
}
