// Unpacks a gzip file of exactly one member (RFC 1952) as a stream, and says what else stands in the file. Node's own
// gunzip reads on over a second member and past trailing bytes without a word; other readers stop there, so that two
// readers would see two archives.
import { crc32 } from "node:zlib";
import type { ByteSource } from "./byte-source.ts";
import type { Faults } from "./faults.ts";
import { bombBytesMin, bombRatioMax, gzipHeaderBytesMax, totalBytesMax } from "./limits.ts";
import { inflateRaw } from "./member-data.ts";

const headerBytes = 10;
const trailerBytes = 8;
const flags = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/** Unpacks, handing out pieces until `take` says stop. @returns false when the file is no gzip file at all */
export async function gunzip(source: ByteSource, take: (bytes: Buffer) => boolean, faults: Faults): Promise<boolean> {
  const dataAt = await readHeader(source);
  if (dataAt === undefined) return false;
  const counted = countedTaker(source.sizeBytes, take, faults);
  const inflated = await inflateRaw(source.chunks(dataAt, source.sizeBytes - dataAt), (bytes) => counted.take(bytes));
  if (inflated.kind === "broken") faults.add(`Is broken or cut short: its gzip data ${inflated.why}`);
  if (inflated.kind === "ended") await addTrailerFaults(source, { at: dataAt + inflated.usedBytes, ...counted.sums() }, faults);
  return true;
}

/** Where the compressed data begin, or undefined when there is no gzip header. */
async function readHeader(source: ByteSource): Promise<number | undefined> {
  const head = await source.read(0, Math.min(source.sizeBytes, gzipHeaderBytesMax));
  if (head === undefined || head.length < headerBytes + trailerBytes) return undefined;
  const flag = head[3] ?? 0;
  if (head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8 || (flag & flags.reserved) !== 0) return undefined;
  let at = headerBytes;
  if ((flag & flags.extra) !== 0) at += 2 + head.readUInt16LE(at);
  for (const bit of [flags.name, flags.comment]) {
    if ((flag & bit) === 0) continue;
    const end = head.indexOf(0, at);
    if (end === -1) return undefined;
    at = end + 1;
  }
  if ((flag & flags.headerCrc) !== 0) at += 2;
  return at <= head.length ? at : undefined;
}

function countedTaker(packedBytes: number, take: (bytes: Buffer) => boolean, faults: Faults) {
  let sizeBytes = 0;
  let sum = 0;
  return {
    take(bytes: Buffer): boolean {
      sizeBytes += bytes.length;
      if (sizeBytes > bombBytesMin && sizeBytes > bombRatioMax * packedBytes) {
        faults.add(`Unpacks to more than ${bombRatioMax} times its ${packedBytes} bytes: a decompression bomb`);
        return false;
      }
      if (sizeBytes > totalBytesMax) {
        faults.add(`Unpacks to more than ${totalBytesMax} bytes`);
        return false;
      }
      sum = crc32(bytes, sum);
      return take(bytes);
    },
    sums: () => ({ sizeBytes, crc: sum }),
  };
}

async function addTrailerFaults(
  source: ByteSource,
  end: { readonly at: number; readonly sizeBytes: number; readonly crc: number },
  faults: Faults,
): Promise<void> {
  const trailer = await source.read(end.at, trailerBytes);
  if (trailer === undefined) {
    faults.add("Is cut short: its gzip trailer is missing");
    return;
  }
  if (trailer.readUInt32LE(0) !== end.crc) faults.add("Has another CRC-32 than its gzip trailer says");
  if (trailer.readUInt32LE(4) !== end.sizeBytes % 2 ** 32) faults.add("Has another size than its gzip trailer says");
  const behindAt = end.at + trailerBytes;
  const behind = source.sizeBytes - behindAt;
  if (behind === 0) return;
  const next = await source.read(behindAt, Math.min(2, behind));
  const isMember = next?.[0] === 0x1f && next[1] === 0x8b;
  faults.add(isMember ? `Has a second gzip member of ${behind} bytes` : `Has ${behind} bytes after its gzip data`);
}
