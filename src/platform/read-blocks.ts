// Reads a file in blocks into two buffers that are used in turn, so that an upload of any size costs the same memory: with
// a new buffer for each block the peak grows with the file, because freed ones wait for the collector (performance row 8).
import { open, type FileHandle } from "node:fs/promises";
import { readSmallFile } from "./small-file.ts";

/**
 * Larger than any socket's high-water mark (64 KiB): writing a whole block always asks the writer to wait until it is
 * flushed, and only then is the next one asked for. That is what makes it safe to fill the buffer again.
 */
const blockBytes = 256 * 1024;

/**
 * Yields the file's bytes in order. A block is valid until the next one is asked for; the next is read meanwhile.
 * Every block but the last is full.
 * @param sizeBytes size that the file should have: a small one gets small buffers, because a release has many of them.
 *   A file that is larger is read to its end all the same.
 */
export async function* readBlocks(path: string, sizeBytes: number): AsyncGenerator<Buffer> {
  const small = sizeBytes < blockBytes ? readSmallFile(path, blockBytes - 1) : undefined;
  if (small !== undefined) {
    if (small.length > 0) yield small;
    return;
  }
  const file = await open(path, "r");
  const size = Math.min(blockBytes, sizeBytes + 1);
  const first = Buffer.allocUnsafeSlow(size);
  let next = fill(file, first);
  let second: Buffer | undefined;
  try {
    for (let turn = 1; ; turn += 1) {
      const block = await next;
      const last = block.length < size;
      if (!last) next = fill(file, turn % 2 === 0 ? first : (second ??= Buffer.allocUnsafeSlow(size)));
      if (block.length > 0) yield block;
      if (last) return;
    }
  } finally {
    await next.catch(() => undefined);
    await file.close();
  }
}

/**
 * Yields the bytes of a part of a file in the same manner; it ends where the file does, if that is earlier.
 * @param range in bytes from the start of the file
 */
export async function* readRange(path: string, range: { readonly at: number; readonly sizeBytes: number }): AsyncGenerator<Buffer> {
  const file = await open(path, "r");
  const size = Math.min(blockBytes, range.sizeBytes);
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(range.sizeBytes > size ? size : 0)] as const;
  const load = (from: number, turn: 0 | 1) =>
    fill(file, buffers[turn].subarray(0, Math.max(0, Math.min(size, range.sizeBytes - from))), range.at + from);
  let next = load(0, 0);
  try {
    for (let from = 0, turn: 0 | 1 = 0; from < range.sizeBytes; from += size) {
      const block = await next;
      turn = turn === 0 ? 1 : 0;
      next = load(from + size, turn);
      if (block.length === 0) return;
      yield block;
    }
  } finally {
    await next.catch(() => undefined);
    await file.close();
  }
}

/** Reads until the buffer is full or the file ends; a single read may give less. @param at where in the file; absent: where the last read ended */
async function fill(file: FileHandle, buffer: Buffer, at?: number): Promise<Buffer> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, at === undefined ? null : at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
