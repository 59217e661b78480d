// A zip file of regular files alone (APPNOTE 6.3.10): sizes stand before the bytes, no data descriptors, no extra fields,
// no ZIP64. Times are those of MS-DOS, in UTC: that format has no zone, and begins in 1980.
import { promisify } from "node:util";
import { crc32, deflateRaw } from "node:zlib";
import type { PackedMember } from "./write-archive.ts";

const deflated = 8;
/** 2.0: what deflate needs. */
const versionNeeded = 20;
/** Made on Unix, so that modes are read. */
const versionMade = (3 << 8) | versionNeeded;
const regularFile = 0o100000;

interface Packed {
  readonly common: Buffer;
  readonly path: Buffer;
  readonly data: Buffer;
  readonly mode: number;
}

/** @param members sorted, with paths of ASCII characters; together at most 1 GiB */
export async function packZip(members: readonly PackedMember[], epochSeconds: number): Promise<readonly Buffer[]> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const packed = await packOne(member, epochSeconds);
    const local = Buffer.concat([signature(0x04034b50), packed.common, packed.path]);
    directory.push(directoryEntry(packed, offset));
    parts.push(local, packed.data);
    offset += local.byteLength + packed.data.byteLength;
  }
  const entries = Buffer.concat(directory);
  return [...parts, entries, endOf(members.length, entries.byteLength, offset)];
}

async function packOne({ path, bytes, executable }: PackedMember, epochSeconds: number): Promise<Packed> {
  const data = await promisify(deflateRaw)(bytes, { level: 9 });
  const name = Buffer.from(path, "ascii");
  const { date, time } = dosTime(epochSeconds);
  // What a local header and an entry of the directory have in common, in the order of both.
  const common = Buffer.alloc(26);
  common.writeUInt16LE(versionNeeded, 0);
  common.writeUInt16LE(deflated, 4);
  common.writeUInt16LE(time, 6);
  common.writeUInt16LE(date, 8);
  common.writeUInt32LE(crc32(bytes), 10);
  common.writeUInt32LE(data.byteLength, 14);
  common.writeUInt32LE(bytes.byteLength, 18);
  common.writeUInt16LE(name.byteLength, 22);
  return { common, path: name, data, mode: regularFile | (executable ? 0o755 : 0o644) };
}

function directoryEntry({ common, path, mode }: Packed, offset: number): Buffer {
  const made = Buffer.alloc(2);
  made.writeUInt16LE(versionMade, 0);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(mode * 2 ** 16, 6);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([signature(0x02014b50), made, common, rest, path]);
}

function endOf(count: number, sizeBytes: number, offset: number): Buffer {
  const end = Buffer.alloc(18);
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(sizeBytes, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([signature(0x06054b50), end]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
}

function dosTime(epochSeconds: number): { readonly date: number; readonly time: number } {
  const earliest = Date.UTC(1980, 0, 1);
  const when = new Date(Math.max(earliest, epochSeconds * 1000));
  const date = ((when.getUTCFullYear() - 1980) << 9) | ((when.getUTCMonth() + 1) << 5) | when.getUTCDate();
  const time = (when.getUTCHours() << 11) | (when.getUTCMinutes() << 5) | (when.getUTCSeconds() >> 1);
  return { date, time };
}
