// Unpacks many small deflated members with one call. It exists because setting up zlib takes longer than unpacking the
// modules of a usual wheel: the members are joined into one gzip stream of several members, with the sizes and CRCs of the
// central directory as its trailers, so that zlib checks all of them (RFC 1952 §2.2).
//
// A member whose data hold a gzip header of their own could end early and begin anew in the middle. The joined bytes are
// therefore used only when gzip's first three bytes stand nowhere but where this module wrote them; then each stream
// begins after a header and ends right before the next one, or the whole is refused and read member by member.
import { gunzipSync } from "node:zlib";
import type { ByteSource } from "./byte-source.ts";
import { atOnceBytesMax } from "./limits.ts";
import { methods, type ZipEntry } from "./zip-directory.ts";

const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
const magic = header.subarray(0, 3);
const trailerBytes = 8;

/** Divides members into groups that are unpacked together; large and stored ones stand alone. */
export function batches(entries: readonly ZipEntry[]): readonly (readonly ZipEntry[])[] {
  const groups: ZipEntry[][] = [];
  let open: ZipEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = entry.sizeBytes + entry.packedBytes;
    if (entry.method !== methods.deflated || entry.dataAt === undefined || size > atOnceBytesMax) {
      groups.push([entry]);
      continue;
    }
    if (open.length > 0 && bytes + size > atOnceBytesMax) {
      groups.push(open);
      open = [];
      bytes = 0;
    }
    open.push(entry);
    bytes += size;
  }
  return open.length > 0 ? [...groups, open] : groups;
}

/** The bytes of each member of a group, or undefined when they have to be read one by one to know what is wrong. */
export async function unpackBatch(source: ByteSource, entries: readonly ZipEntry[]): Promise<readonly Buffer[] | undefined> {
  const parts: Buffer[] = [];
  const starts: number[] = [];
  let length = 0;
  for (const entry of entries) {
    const at = entry.dataAt ?? 0;
    const packed = source.held(at, entry.packedBytes) ?? (await source.read(at, entry.packedBytes));
    if (packed === undefined) return undefined;
    parts.push(header, packed, trailerOf(entry));
    starts.push(length);
    length += header.length + packed.length + trailerBytes;
  }
  const joined = Buffer.concat(parts, length);
  if (!beginsOnlyAt(joined, starts)) return undefined;
  const total = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  const unpacked = gunzipOrNothing(joined, total);
  return unpacked?.length === total ? cut(unpacked, entries) : undefined;
}

function trailerOf(entry: ZipEntry): Buffer {
  const trailer = Buffer.allocUnsafe(trailerBytes);
  trailer.writeUInt32LE(entry.crc, 0);
  trailer.writeUInt32LE(entry.sizeBytes, 4);
  return trailer;
}

function beginsOnlyAt(joined: Buffer, starts: readonly number[]): boolean {
  let at = -1;
  for (const start of starts) {
    at = joined.indexOf(magic, at + 1);
    if (at !== start) return false;
  }
  return joined.indexOf(magic, at + 1) === -1;
}

function gunzipOrNothing(joined: Buffer, total: number): Buffer | undefined {
  try {
    // One byte more than there should be: Node takes a full buffer to mean that more may come, and makes a second one.
    return gunzipSync(joined, { maxOutputLength: Math.max(1, total), chunkSize: Math.max(64, total + 1) });
  } catch {
    return undefined;
  }
}

function cut(unpacked: Buffer, entries: readonly ZipEntry[]): readonly Buffer[] {
  let at = 0;
  return entries.map((entry) => {
    at += entry.sizeBytes;
    return unpacked.subarray(at - entry.sizeBytes, at);
  });
}
