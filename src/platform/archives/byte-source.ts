// Random access to a file through windows, so that no archive is ever in memory as a whole. Archives have no `close`:
// the file is opened for one piece of work and closed after it, and must not have changed size in between.
import { open, type FileHandle } from "node:fs/promises";
import { SlipwayError } from "../../domain/error.ts";
import { chunkBytes, keptBytesMax } from "./limits.ts";

export interface ByteSource {
  readonly sizeBytes: number;
  /**
   * The bytes `[offset, offset + length)`, or undefined where the file has fewer.
   * @param length at most 64 MiB
   */
  read(offset: number, length: number): Promise<Buffer | undefined>;
  /** The bytes of a range in chunks; stops where the file ends. */
  chunks(offset: number, length: number): AsyncGenerator<Buffer, void, undefined>;
}

/** A file that was looked at once: its bytes when it is small, its size otherwise. */
export type KnownFile =
  | { readonly kind: "kept"; readonly file: string; readonly bytes: Buffer }
  | { readonly kind: "on-disk"; readonly file: string; readonly sizeBytes: number };

/** Looks at a file for the first time. @throws the file system's error when it cannot be read */
export async function knowFile(file: string): Promise<KnownFile> {
  const handle = await open(file, "r");
  try {
    const sizeBytes = (await handle.stat()).size;
    if (sizeBytes > keptBytesMax) return { kind: "on-disk", file, sizeBytes };
    const bytes = await readExactly(handle, 0, sizeBytes);
    return { kind: "kept", file, bytes: bytes ?? Buffer.alloc(0) };
  } finally {
    await handle.close();
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
    async *chunks(offset, length) {
      if (offset < sizeBytes && length > 0) yield bytes.subarray(offset, offset + length);
    },
  };
}

function handleSource(handle: FileHandle, sizeBytes: number): ByteSource {
  let windowAt = 0;
  let window: Buffer = Buffer.alloc(0);
  return {
    sizeBytes,
    async read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > sizeBytes) return undefined;
      if (offset < windowAt || offset + length > windowAt + window.length) {
        const wanted = Math.min(sizeBytes - offset, Math.max(length, keptBytesMax));
        const loaded = await readExactly(handle, offset, wanted);
        if (loaded === undefined) return undefined;
        window = loaded;
        windowAt = offset;
      }
      return window.subarray(offset - windowAt, offset - windowAt + length);
    },
    async *chunks(offset, length) {
      const end = Math.min(sizeBytes, offset + length);
      for (let at = offset; at < end; at += chunkBytes) {
        const chunk = await readExactly(handle, at, Math.min(chunkBytes, end - at));
        if (chunk === undefined) return;
        yield chunk;
      }
    },
  };
}

/** Reads on until the bytes are complete: one read may return fewer. */
async function readExactly(handle: FileHandle, offset: number, length: number): Promise<Buffer | undefined> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) return undefined;
    filled += bytesRead;
  }
  return bytes;
}
