// Unpacks the data of zip members: small ones at once, large ones as a stream, never more than the directory claims.
// It exists so that a bomb, a wrong CRC and bytes behind the compressed stream are found by the same code.
import { createHash, hash } from "node:crypto";
import { crc32, createInflateRaw, inflateRawSync } from "node:zlib";
import { assert } from "../../domain/error.ts";
import type { ByteSource } from "./byte-source.ts";
import { atOnceBytesMax, chunkBytes } from "./limits.ts";
import { methods, type ZipEntry } from "./zip-directory.ts";

/** Called with each piece of unpacked data; the piece may be overwritten afterwards. */
export type Consume = (bytes: Buffer) => void;

/** Unpacks one member and hands out its bytes. @returns what is wrong with the data, or undefined */
export async function unpack(source: ByteSource, entry: ZipEntry, consume: Consume): Promise<string | undefined> {
  if (entry.dataAt === undefined) return "has no data that can be found";
  if (entry.method !== methods.stored && entry.method !== methods.deflated) return "is compressed with a method that is not read";
  if (entry.sizeBytes <= atOnceBytesMax && entry.packedBytes <= atOnceBytesMax) return unpackAtOnce(source, entry, consume);
  return unpackStream(source, entry, consume);
}

/** sha256 of one member in base64url without padding, or what is wrong with its data. */
export async function digestMember(source: ByteSource, entry: ZipEntry): Promise<{ readonly sha256: string } | { readonly fault: string }> {
  if (entry.sizeBytes <= atOnceBytesMax) {
    const pieces: Buffer[] = [];
    const fault = await unpack(source, entry, (bytes) => pieces.push(bytes));
    if (fault !== undefined) return { fault };
    return { sha256: hash("sha256", pieces.length === 1 ? (pieces[0] ?? "") : Buffer.concat(pieces), "base64url") };
  }
  const digest = createHash("sha256");
  const fault = await unpack(source, entry, (bytes) => digest.update(bytes));
  return fault === undefined ? { sha256: digest.digest("base64url") } : { fault };
}

async function unpackAtOnce(source: ByteSource, entry: ZipEntry, consume: Consume): Promise<string | undefined> {
  const packed = await source.read(entry.dataAt ?? 0, entry.packedBytes);
  if (packed === undefined) return "is cut short";
  const data = entry.method === methods.stored ? packed : inflateAtOnce(packed, entry.sizeBytes);
  if (typeof data === "string") return data;
  if (data.length !== entry.sizeBytes) return `unpacks to ${data.length} bytes instead of ${entry.sizeBytes}`;
  if (crc32(data) !== entry.crc) return "has another CRC-32 than its header says";
  consume(data);
  return undefined;
}

/** The unpacked bytes, or what is wrong with the packed ones. */
function inflateAtOnce(packed: Buffer, sizeBytes: number): Buffer | string {
  const most = Math.max(1, sizeBytes);
  try {
    const inflated: unknown = inflateRawSync(packed, { info: true, maxOutputLength: most, chunkSize: Math.max(64, most) });
    assert(isInflated(inflated), "inflateRawSync gives buffer and engine when asked for info");
    const { buffer, engine } = inflated;
    return engine.bytesWritten === packed.length ? buffer : `has ${packed.length - engine.bytesWritten} bytes behind its compressed data`;
  } catch (error) {
    if (error instanceof RangeError) return `unpacks to more than the ${sizeBytes} bytes it claims`;
    return `cannot be decompressed (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** What Node gives for `info: true`; its types do not say so. */
function isInflated(value: unknown): value is { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } } {
  return typeof value === "object" && value !== null && "buffer" in value && Buffer.isBuffer(value.buffer) && "engine" in value;
}

async function unpackStream(source: ByteSource, entry: ZipEntry, consume: Consume): Promise<string | undefined> {
  const counted = countedConsumer(entry.sizeBytes, consume);
  const chunks = source.chunks(entry.dataAt ?? 0, entry.packedBytes);
  if (entry.method === methods.stored) for await (const chunk of chunks) counted.take(chunk);
  else {
    const fault = await inflateStream(chunks, { packedBytes: entry.packedBytes, take: (bytes) => counted.take(bytes) });
    if (fault !== undefined) return counted.tooMany() ? `unpacks to more than the ${entry.sizeBytes} bytes it claims` : fault;
  }
  if (counted.sizeBytes() !== entry.sizeBytes) return `unpacks to ${counted.sizeBytes()} bytes instead of ${entry.sizeBytes}`;
  return counted.crc() === entry.crc ? undefined : "has another CRC-32 than its header says";
}

function countedConsumer(sizeBytes: number, consume: Consume) {
  let taken = 0;
  let sum = 0;
  return {
    /** @returns whether more may come */
    take(bytes: Buffer): boolean {
      taken += bytes.length;
      if (taken > sizeBytes) return false;
      sum = crc32(bytes, sum);
      consume(bytes);
      return true;
    },
    tooMany: () => taken > sizeBytes,
    sizeBytes: () => taken,
    crc: () => sum,
  };
}

/**
 * Inflates a raw deflate stream piece by piece.
 * @param to `take` gets each piece and says whether more may come; `packedBytes` is what the stream must use up
 * @returns what is wrong, or undefined
 */
export async function inflateStream(
  chunks: AsyncIterable<Buffer>,
  to: { readonly packedBytes: number; take(bytes: Buffer): boolean },
): Promise<string | undefined> {
  const inflated = await inflateRaw(chunks, to.take);
  if (inflated.kind === "stopped") return "was not read to its end";
  if (inflated.kind === "broken") return inflated.why;
  return inflated.usedBytes === to.packedBytes ? undefined : `has ${to.packedBytes - inflated.usedBytes} bytes behind its compressed data`;
}

export type Inflated =
  /** `usedBytes` of what was given belong to the stream. */
  { readonly kind: "ended"; readonly usedBytes: number } | { readonly kind: "stopped" } | { readonly kind: "broken"; readonly why: string };

/** Inflates until the stream ends, `take` says stop, or the data turn out to be broken. */
export async function inflateRaw(chunks: AsyncIterable<Buffer>, take: (bytes: Buffer) => boolean): Promise<Inflated> {
  const inflate = createInflateRaw({ chunkSize: chunkBytes });
  let stopped = false;
  let ended = false;
  const over = new Promise<Error | undefined>((resolve) => {
    inflate.on("error", resolve);
    inflate.on("end", () => {
      ended = true;
      resolve(undefined);
    });
    inflate.on("close", () => resolve(undefined));
  });
  inflate.on("data", (bytes: Buffer) => {
    if (!stopped && !take(bytes)) {
      stopped = true;
      inflate.destroy();
    }
  });
  for await (const chunk of chunks) {
    const written = new Promise<void>((resolve) => inflate.write(chunk, () => resolve()));
    await Promise.race([written, over]);
    if (stopped || ended || inflate.destroyed) break;
  }
  if (!inflate.destroyed && !ended) inflate.end();
  const error = await over;
  const usedBytes = inflate.bytesWritten;
  inflate.destroy();
  if (stopped) return { kind: "stopped" };
  if (error !== undefined || !ended) return { kind: "broken", why: `cannot be decompressed (${error?.message ?? "unexpected end"})` };
  return { kind: "ended", usedBytes };
}
