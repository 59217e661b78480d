// Writes archives for people who download by hand: the same files give the same bytes. Members are sorted by code unit,
// belong to nobody (0/0), have one time and one of two modes; the gzip header says neither time nor system (RFC 1952 §2.3),
// so that a Mac and a Linux machine agree. What may still differ is the deflate of another Node.
import { open, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { crc32, deflateRaw } from "node:zlib";
import { SlipwayError } from "../../domain/error.ts";
import type { ArchiveWriting } from "../ports.ts";
import { readError, stored } from "../storage-error.ts";
import { packTar } from "./write-tar.ts";
import { packZip } from "./write-zip.ts";

/** All members together: they are held in memory. */
const membersBytesMax = 1024 * 1024 * 1024;
const membersMax = 1_000;

export interface PackedMember {
  readonly path: string;
  readonly bytes: Buffer;
  readonly executable: boolean;
}

/** @throws SlipwayError ARTIFACT_INVALID, FILE_UNREADABLE, STORAGE_FAILED */
export async function writeArchive(writing: ArchiveWriting): Promise<void> {
  const { to, format, epochSeconds } = writing;
  const members = await readMembers(writing);
  const bytes = format === "zip" ? await packZip(members, epochSeconds) : await gzip(packTar(members, epochSeconds));
  await stored(`write "${to}"`, to, async () => {
    const handle = await open(to, "wx");
    try {
      for (const part of bytes) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

async function readMembers({ members }: ArchiveWriting): Promise<readonly PackedMember[]> {
  const sorted = members.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const twice = sorted.find((one, index) => sorted[index + 1]?.path === one.path);
  if (twice !== undefined) throw cannotPack(`"${twice.path}" stands twice among its members`);
  if (sorted.length > membersMax) throw cannotPack(`it would have ${sorted.length} members, and ${membersMax} is the most`);
  let sizeBytes = 0;
  const read: PackedMember[] = [];
  for (const { path, file, executable } of sorted) {
    if (!isPlain(path)) throw cannotPack(`"${path}" is no plain path of ASCII characters`);
    const bytes = await readFile(file).catch((error: unknown) => {
      throw readError(file, error);
    });
    sizeBytes += bytes.byteLength;
    if (sizeBytes > membersBytesMax) throw cannotPack(`its members have more than ${membersBytesMax} bytes`);
    read.push({ path, bytes, executable });
  }
  return read;
}

/** What every reader unpacks alike, and what fits into the oldest form of a tar header. */
function isPlain(path: string): boolean {
  return /^[\w.+@-][\w.+@ /-]{0,98}$/.test(path) && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

function cannotPack(why: string): SlipwayError {
  return new SlipwayError("ARTIFACT_INVALID", `Cannot pack the archive: ${why}`);
}

/** RFC 1952: no name, no time, best compression, system unknown. */
async function gzip(tar: Buffer): Promise<readonly Buffer[]> {
  const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(tar), 0);
  tail.writeUInt32LE(tar.byteLength % 2 ** 32, 4);
  return [head, await promisify(deflateRaw)(tar, { level: 9 }), tail];
}
