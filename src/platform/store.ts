// The content-addressed store of frozen artifacts (DESIGN.md §1.4): bytes are copied in once, named by their sha256,
// on disk before anybody is told, and never written again. `sha256/ab/cdef…`, as git does, keeps folders small.
import { createHash, randomBytes } from "node:crypto";
import { constants, type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Sha256, sha256 } from "../domain/digest.ts";
import { SlipwayError } from "../domain/error.ts";
import { makeFolderDurably, syncFolder } from "./atomic-file.ts";
import { createFiles } from "./files.ts";
import type { ArtifactStore, StoredState } from "./ports.ts";
import { errnoOf, isMissing, readError, stored } from "./storage-error.ts";

interface Frozen {
  readonly digest: Sha256;
  readonly sizeBytes: number;
}

const chunkBytes = 1024 * 1024;
/** A temporary file that old was left by a process that died. */
const leftoverAgeMs = 24 * 60 * 60 * 1000;

/** @param folder absolute path; made when the first artifact is put */
export function createArtifactStore(folder: string): ArtifactStore {
  const temporaryFolder = join(folder, "tmp");
  const fileOf = (digest: Sha256): string => join(folder, "sha256", digest.slice(0, 2), digest.slice(2));
  let swept: Promise<void> | undefined;
  return {
    file: fileOf,
    has: async (digest) => (await sizeOf(fileOf(digest))) !== undefined,
    verify: (digest) => verify(fileOf(digest), digest),
    async put(file) {
      const source = await openSource(file);
      try {
        return await stored(`freeze "${file}"`, join(folder, "sha256"), async () => {
          await makeFolderDurably(temporaryFolder);
          await (swept ??= sweep(temporaryFolder));
          return await freeze(source, temporaryFolder, fileOf);
        });
      } finally {
        await source.close();
      }
    },
  };
}

/** A link is refused: what it leads to may be anything, also a file that the step was never to see. */
async function openSource(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    if (errnoOf(error) !== "ELOOP") throw readError(file, error);
  }
  throw new SlipwayError("ARTIFACT_INVALID", `Cannot freeze "${file}": it should be a regular file and is a link, a folder or a device`);
}

async function freeze(source: FileHandle, temporaryFolder: string, fileOf: (digest: Sha256) => string): Promise<Frozen> {
  const temporary = join(temporaryFolder, randomBytes(12).toString("hex"));
  try {
    const frozen = await copyAndDigest(source, temporary);
    const target = fileOf(frozen.digest);
    // One of the same size was complete when it got its name; another size means the disk lost bytes: ours are put there.
    if ((await sizeOf(target)) !== frozen.sizeBytes) {
      await makeFolderDurably(dirname(target));
      await rename(temporary, target);
      await syncFolder(dirname(target));
    }
    return frozen;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The digest is of the bytes that were written, not of those that a second reading might find. */
async function copyAndDigest(source: FileHandle, to: string): Promise<Frozen> {
  const target = await open(to, "wx", 0o600);
  try {
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(chunkBytes);
    let sizeBytes = 0;
    for (;;) {
      const { bytesRead } = await source.read(buffer, 0, chunkBytes, sizeBytes);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      await writeAll(target, buffer, bytesRead);
      sizeBytes += bytesRead;
    }
    await target.chmod(0o444);
    await target.sync();
    return { digest: sha256(hash.digest("hex")), sizeBytes };
  } finally {
    await target.close();
  }
}

async function writeAll(target: FileHandle, buffer: Buffer, bytes: number): Promise<void> {
  for (let written = 0; written < bytes;) {
    written += (await target.write(buffer, written, bytes - written)).bytesWritten;
  }
}

async function verify(file: string, digest: Sha256): Promise<StoredState> {
  if ((await sizeOf(file)) === undefined) return { kind: "absent" };
  const found = await createFiles().digest(file);
  if (found.sha256 === digest) return { kind: "intact", sizeBytes: found.sizeBytes };
  return { kind: "damaged", found: sha256(found.sha256), sizeBytes: found.sizeBytes };
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw readError(file, error);
  }
}

/** Removes what processes that died left half-copied. */
async function sweep(temporaryFolder: string): Promise<void> {
  for (const name of await readdir(temporaryFolder)) {
    const file = join(temporaryFolder, name);
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > leftoverAgeMs) await rm(file, { force: true });
  }
}
