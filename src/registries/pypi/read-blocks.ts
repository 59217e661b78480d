// Reads a file in blocks into two buffers that are used in turn, so that an upload of any size costs the same memory: with
// a new buffer for each block the peak grows with the file, because freed ones wait for the collector (performance row 8).
import { open, type FileHandle } from "node:fs/promises";

/**
 * Larger than any socket's high-water mark (64 KiB): writing a whole block always asks the writer to wait until it is
 * flushed, and only then is the next one asked for. That is what makes it safe to fill the buffer again.
 */
const blockBytes = 256 * 1024;

/**
 * Yields the file's bytes in order. A block is valid until the next one is asked for; the next is read meanwhile.
 * Every block but the last is full.
 */
export async function* readBlocks(path: string): AsyncGenerator<Buffer> {
  const file = await open(path, "r");
  const buffers = [Buffer.allocUnsafeSlow(blockBytes), Buffer.allocUnsafeSlow(blockBytes)] as const;
  let next = fill(file, buffers[0]);
  try {
    for (let turn = 1; ; turn += 1) {
      const block = await next;
      const last = block.length < blockBytes;
      next = last ? Promise.resolve(block.subarray(0, 0)) : fill(file, turn % 2 === 0 ? buffers[0] : buffers[1]);
      if (block.length > 0) yield block;
      if (last) return;
    }
  } finally {
    await next.catch(() => undefined);
    await file.close();
  }
}

/** Reads until the buffer is full or the file ends; a single read may give less. */
async function fill(file: FileHandle, buffer: Buffer): Promise<Buffer> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
