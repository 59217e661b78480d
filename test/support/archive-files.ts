// Archives written to disk and opened, for tests of the archive reader.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { createArchives } from "../../src/platform/archives/archives.ts";
import type { Archive, Archives } from "../../src/platform/ports.ts";
import type { RawTarMember } from "./raw-tar.ts";
import type { RawMember } from "./raw-zip.ts";

export interface ArchiveFiles {
  readonly archives: Archives;
  /** Writes bytes to a new file. @returns its absolute path */
  written(bytes: Uint8Array): string;
  /** Writes bytes and opens them; fails the test when they are unreadable. */
  opened(bytes: Uint8Array, kind: "zip" | "tar"): Promise<Archive>;
}

/** A folder for the archives of one test file, gone when its tests are over. */
export function archiveFiles(): ArchiveFiles {
  const folder = mkdtempSync(join(tmpdir(), "slipway-archives-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const archives = createArchives();
  let files = 0;
  const written = (bytes: Uint8Array): string => {
    files += 1;
    const file = join(folder, String(files));
    writeFileSync(file, bytes);
    return file;
  };
  const opened = async (bytes: Uint8Array, kind: "zip" | "tar"): Promise<Archive> => {
    const result = kind === "zip" ? await archives.openZip(written(bytes)) : await archives.openTarGz(written(bytes));
    assert.equal(result.kind, "opened", result.kind === "unreadable" ? result.why : "");
    if (result.kind !== "opened") throw new Error("not reached");
    return result.archive;
  };
  return { archives, written, opened };
}

/** Deterministic bytes that do not compress. */
export function noise(sizeBytes: number): Buffer {
  const blocks: Buffer[] = [];
  for (let index = 0; index * 32 < sizeBytes; index += 1) blocks.push(createHash("sha256").update(String(index)).digest());
  return Buffer.concat(blocks).subarray(0, sizeBytes);
}

/** A well-formed zip. */
export const goodZip: readonly RawMember[] = [
  { name: "demo/__init__.py", content: "x = 1\n", deflate: true },
  { name: "demo/empty.py" },
  { name: "demo-1.0.dist-info/METADATA", content: "Name: demo\n" },
];

/** A well-formed source distribution. */
export const goodTar: readonly RawTarMember[] = [
  { path: "demo-1.0/", type: "5" },
  { path: "demo-1.0/PKG-INFO", content: "Name: demo\n" },
  { path: "demo-1.0/src/a.py", content: "x = 1\n" },
];
