// Small files read at once, against the file system.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createFiles } from "../../../src/platform/files.ts";
import { readBlocks } from "../../../src/platform/read-blocks.ts";
import { readSmallFile } from "../../../src/platform/small-file.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("readSmallFile() reads a file whole, and leaves alone what is larger or no file", (t) => {
  const folder = temporaryFolder(t);
  const [file, empty, pipe] = [join(folder, "file"), join(folder, "empty"), join(folder, "pipe")];
  writeFileSync(file, "content");
  writeFileSync(empty, "");
  execFileSync("mkfifo", [pipe]);

  assert.equal(readSmallFile(file, 7)?.toString(), "content");
  assert.equal(readSmallFile(file, 6), undefined);
  assert.equal(readSmallFile(empty, 7)?.length, 0);
  assert.equal(readSmallFile(pipe, 7), undefined);
  assert.throws(() => readSmallFile(join(folder, "missing"), 7), { code: "ENOENT" });
});

test("a file is digested and read in blocks to its end, whatever size it was said to have", async (t) => {
  const files = createFiles();
  for (const sizeBytes of [0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 700_000]) {
    const file = join(temporaryFolder(t), "file");
    const bytes = Buffer.alloc(sizeBytes, "0123456789");
    writeFileSync(file, bytes);

    assert.equal(await files.digestWith(file, "sha512"), createHash("sha512").update(bytes).digest("hex"));
    assert.equal((await files.digest(file)).sizeBytes, sizeBytes);
    for (const said of [Math.ceil(sizeBytes / 2), sizeBytes, sizeBytes + 10]) {
      const pieces: Buffer[] = [];
      for await (const block of readBlocks(file, said)) pieces.push(Buffer.from(block));
      assert.ok(Buffer.concat(pieces).equals(bytes), `${sizeBytes} bytes, said to be ${said}`);
    }
  }
});
