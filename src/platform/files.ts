// Files by absolute path, with what `node:fs` leaves to its callers: whole-or-nothing writes that are on disk when they
// return (ALICE, OSDI 2014: write, fsync, rename, fsync of the folder), bounded reads, and errors that name the file.
import { createHash, hash } from "node:crypto";
import {
  type Dirent,
  closeSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readFile,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { chmod, constants, copyFile, lstat, open, readdir, realpath, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { assert, SlipwayError } from "../domain/error.ts";
import { makeFolders, writeAtomically } from "./atomic-file.ts";
import type { FileInfo, Files } from "./ports.ts";
import { readSmallFile } from "./small-file.ts";
import { errnoOf, isMissing, readError, stored } from "./storage-error.ts";

/** Largest file that is read as one text. */
const textBytesMax = 64 * 1024 * 1024;
const chunkBytes = 1024 * 1024;
/** Largest range that is read at once. */
const rangeBytesMax = 16 * 1024 * 1024;

export function createFiles(): Files {
  return {
    readTextIfThere,
    readBytes,
    info,
    realPath,
    list,
    remove,
    digest: async (file) => {
      const { hex, sizeBytes } = await hashFile(file, "sha256");
      return { sha256: hex, sizeBytes };
    },
    digestWith: async (file, algorithm) => (await hashFile(file, algorithm)).hex,
    freeBytes,
    async readText(file) {
      const text = await readTextIfThere(file);
      if (text === undefined) throw new SlipwayError("FILE_UNREADABLE", `Cannot read "${file}": it is not there`);
      return text;
    },
    overwrite: (file, text) => stored(`write "${file}"`, file, async () => writeInPlace(file, text)),
    writeText: (file, text) => stored(`write "${file}"`, file, () => writeAtomically(file, text)),
    async makeFolder(folder) {
      await stored(`make the folder "${folder}"`, folder, () => makeFolders(folder));
    },
    async copy(from, to) {
      if ((await info(from)) === undefined) throw new SlipwayError("FILE_UNREADABLE", `Cannot copy "${from}": it is not there`);
      await stored(`copy "${from}" to "${to}"`, to, async () => {
        await makeFolders(dirname(to));
        // A copy on write where the file system can do it.
        await copyFile(from, to, constants.COPYFILE_FICLONE);
      });
    },
  };
}

/** Texts of which a few milliseconds read many. To hand one to another thread costs three times as much as to read it. */
const atOnceBytesMax = 256 * 1024;

const readAll = promisify<number, Buffer>(readFile);

async function readTextIfThere(file: string): Promise<string | undefined> {
  try {
    // A pipe that nobody writes to would hold up whoever opens it, for ever and whatever is asked of them meanwhile.
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = fstatSync(descriptor);
      const { size } = found;
      if (found.isFIFO()) throw new SlipwayError("FILE_UNREADABLE", `Cannot read "${file}": it is a pipe and should be a file`);
      if (size > textBytesMax)
        throw new SlipwayError("FILE_UNREADABLE", `Cannot read "${file}": it has ${size} bytes and may have ${textBytesMax}`);
      return decode(file, size <= atOnceBytesMax ? readFileSync(descriptor) : await readAll(descriptor));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw readError(file, error);
  }
}

async function readBytes(
  file: string,
  { offset, sizeBytes }: { readonly offset: number; readonly sizeBytes: number },
): Promise<Uint8Array> {
  assert(sizeBytes <= rangeBytesMax, `a range of at most ${rangeBytesMax} bytes is read at once`);
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(sizeBytes), 0, sizeBytes, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw readError(file, error);
  }
}

/** What is left of a longer text is cut off last: a file that is emptied first costs four times as much to write. */
function writeInPlace(file: string, text: string): void {
  const descriptor = openSync(file, constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at, bytes.length - at, at);
    if (fstatSync(descriptor).size > bytes.length) ftruncateSync(descriptor, bytes.length);
  } finally {
    closeSync(descriptor);
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(file: string, bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new SlipwayError("FILE_UNREADABLE", `Cannot read "${file}" as text: it should be UTF-8 and is not`, { cause });
  }
}

async function info(path: string): Promise<FileInfo | undefined> {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    const kind = found.isFile() ? "file" : found.isDirectory() ? "folder" : found.isSymbolicLink() ? "link" : "other";
    return { kind, sizeBytes: found.size, modifiedMs: found.mtimeMs };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw readError(path, error);
  }
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw readError(path, error);
  }
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return readdirSync(folder).toSorted(byCodeUnit);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw readError(folder, error);
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function remove(path: string): Promise<void> {
  await stored(`remove "${path}"`, path, async () => {
    try {
      await removeTree(path);
    } catch (error) {
      if (errnoOf(error) !== "EACCES" && errnoOf(error) !== "EPERM") throw error;
      // Module caches make their folders read-only; nothing can be removed from them then.
      await makeWritable(path, 0);
      await removeTree(path);
    }
  });
}

/** Entries of a tree that are removed without letting go of the thread: less than ten milliseconds' work. */
const atOnceMax = 200;

/** Handing each entry to another thread costs three times as much as removing it, and a step leaves a few dozen. */
async function removeTree(path: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 3, retryDelay: 20 } as const;
  if (hasFew(path)) rmSync(path, options);
  else await rm(path, options);
}

/** What is missing, no folder, or cannot be read has few. */
function hasFew(path: string): boolean {
  const waiting = [path];
  let entries = 0;
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of entriesOf(folder)) {
      entries += 1;
      if (entries > atOnceMax) return false;
      if (entry.isDirectory()) waiting.push(join(folder, entry.name));
    }
  }
  return true;
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Deeper than any path can be: a name has one byte at least and a path 4,096 at most. */
const depthMax = 2_048;

async function makeWritable(path: string, depth: number): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || !found.isDirectory() || depth > depthMax) return;
  await chmod(path, 0o700);
  for (const name of await readdir(path)) await makeWritable(join(path, name), depth + 1);
}

/** A small file at once, a large one with one buffer that is used again: memory does not grow with the file. */
async function hashFile(file: string, algorithm: string): Promise<{ readonly hex: string; readonly sizeBytes: number }> {
  try {
    const small = readSmallFile(file, atOnceBytesMax);
    if (small !== undefined) return { hex: hash(algorithm, small, "hex"), sizeBytes: small.length };
    const handle = await open(file, "r");
    try {
      const hashing = createHash(algorithm);
      const buffer = Buffer.allocUnsafe(chunkBytes);
      let sizeBytes = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, chunkBytes, null);
        if (bytesRead === 0) return { hex: hashing.digest("hex"), sizeBytes };
        hashing.update(buffer.subarray(0, bytesRead));
        sizeBytes += bytesRead;
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw readError(file, error);
  }
}

async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (isMissing(error) && dirname(folder) !== folder) return freeBytes(dirname(folder));
    throw readError(folder, error);
  }
}
