// Random access to a file through windows, so that no archive is ever in memory as a whole. Archives have no `close`:
// the file is opened for one piece of work and closed after it, and must not have changed size in between.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { SlipwayError } from "../../domain/error.ts";
import { chunkBytes, keptBytesMax } from "./limits.ts";

export interface ByteSource {
  readonly sizeBytes: number;
  /**
   * The bytes `[offset, offset + length)`, or undefined where the file has fewer. They stay valid after later reads.
   * @param length at most 64 MiB
   */
  read(offset: number, length: number): Promise<Buffer | undefined>;
  /** What `read` would give, if it is in memory already; `undefined` says nothing. For loops over many small headers. */
  held(offset: number, length: number): Buffer | undefined;
  /** The bytes of a range in chunks; stops where the file ends. A chunk is overwritten once the next was asked for. */
  chunks(offset: number, length: number): AsyncGenerator<Buffer, void, undefined>;
}

/** A file that was looked at once: its bytes when it is small, its size otherwise. */
export type KnownFile =
  | { readonly kind: "kept"; readonly file: string; readonly bytes: Buffer }
  | { readonly kind: "on-disk"; readonly file: string; readonly sizeBytes: number };

/**
 * Looks at a file for the first time. Small files are read at once and without threads, because a release has many of
 * them and four turns of the thread pool take ten times as long as the reading itself.
 * @throws the file system's error when it cannot be read
 */
export function knowFile(file: string): KnownFile {
  const descriptor = openSync(file, "r");
  try {
    const sizeBytes = fstatSync(descriptor).size;
    if (sizeBytes > keptBytesMax) return { kind: "on-disk", file, sizeBytes };
    const bytes = Buffer.allocUnsafeSlow(sizeBytes);
    const read = readSync(descriptor, bytes, 0, sizeBytes, 0);
    return { kind: "kept", file, bytes: bytes.subarray(0, read) };
  } finally {
    closeSync(descriptor);
  }
}

/** Opens a known file for one piece of work. @throws SlipwayError ARTIFACT_INVALID when it is not the file it was */
export async function withBytes<T>(known: KnownFile, work: (source: ByteSource) => Promise<T>): Promise<T> {
  if (known.kind === "kept") return work(keptSource(known.bytes));
  const handle = await open(known.file, "r");
  try {
    const sizeBytes = (await handle.stat()).size;
    if (sizeBytes !== known.sizeBytes) {
      throw new SlipwayError(
        "ARTIFACT_INVALID",
        `Cannot go on reading "${known.file}": it has ${sizeBytes} bytes, but had ${known.sizeBytes} when it was opened`,
      );
    }
    return await work(handleSource(handle, sizeBytes));
  } finally {
    await handle.close();
  }
}

function keptSource(bytes: Buffer): ByteSource {
  const sizeBytes = bytes.length;
  const within = (offset: number, length: number) => offset >= 0 && length >= 0 && offset + length <= sizeBytes;
  return {
    sizeBytes,
    read: (offset, length) => Promise.resolve(within(offset, length) ? bytes.subarray(offset, offset + length) : undefined),
    held: (offset, length) => (within(offset, length) ? bytes.subarray(offset, offset + length) : undefined),
    async *chunks(offset, length) {
      if (offset < sizeBytes && length > 0) yield bytes.subarray(offset, offset + length);
    },
  };
}

function handleSource(handle: FileHandle, sizeBytes: number): ByteSource {
  let windowAt = 0;
  let window: Buffer = Buffer.alloc(0);
  const held = (offset: number, length: number): Buffer | undefined => {
    if (length < 0 || offset < windowAt || offset + length > windowAt + window.length) return undefined;
    return window.subarray(offset - windowAt, offset - windowAt + length);
  };
  return {
    sizeBytes,
    held,
    async read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > sizeBytes) return undefined;
      const found = held(offset, length);
      if (found !== undefined) return found;
      const loaded = await readExactly(handle, offset, Math.min(sizeBytes - offset, Math.max(length, keptBytesMax)));
      if (loaded === undefined) return undefined;
      window = loaded;
      windowAt = offset;
      return window.subarray(0, length);
    },
    chunks: (offset, length) => readAhead(handle, offset, Math.min(sizeBytes, offset + length)),
  };
}

/** Reads the next chunk while the last one is worked on, in two buffers that are used over and over. */
async function* readAhead(handle: FileHandle, from: number, end: number): AsyncGenerator<Buffer, void, undefined> {
  const buffers: readonly [Buffer, Buffer] = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)];
  const load = (at: number, turn: 0 | 1) => fill(handle, at, buffers[turn].subarray(0, Math.max(0, Math.min(chunkBytes, end - at))));
  let turn: 0 | 1 = 0;
  let next = load(from, turn);
  for (let at = from; at < end; at += chunkBytes) {
    const chunk = await next;
    if (chunk === undefined) return;
    turn = turn === 0 ? 1 : 0;
    next = load(at + chunkBytes, turn);
    next.catch(() => undefined); // Awaited in the next round; a consumer that stops early must not leave it unhandled.
    yield chunk;
  }
}

async function readExactly(handle: FileHandle, offset: number, length: number): Promise<Buffer | undefined> {
  return fill(handle, offset, Buffer.allocUnsafeSlow(length));
}

/** Reads until the buffer is full, since one read may return fewer bytes; undefined where the file ends before. */
async function fill(handle: FileHandle, offset: number, bytes: Buffer): Promise<Buffer | undefined> {
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled);
    if (bytesRead === 0) return undefined;
    filled += bytesRead;
  }
  return bytes;
}
