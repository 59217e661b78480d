// One layer of an image: files in a tar, packed by gzip, written as a stream and digested on the way. Sorted, owned by nobody,
// of one time, and with a gzip header that says neither time nor system, so that two builds give the same bytes; what may
// differ is the deflate of another Node. Sources: OCI image-spec v1.1 `layer.md`; protocols §6.5.
import { createHash } from "node:crypto";
import { constants, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { crc32, createDeflateRaw } from "node:zlib";
import { sha256 } from "../../domain/digest.ts";
import { SlipwayError } from "../../domain/error.ts";
import { imageDigest, type ImageDigest } from "../../domain/oci/names.ts";
import type { ImageFile } from "../ports.ts";
import { errnoOf, readError, stored } from "../storage-error.ts";
import { memberBytesMax, tarEnd, tarHeader, tarPadding, type TarEntry } from "./write-tar.ts";

const filesMax = 100_000;
const chunkBytes = 1024 * 1024;

export interface PackedLayer {
  /** Digest of the tar before it was packed. */
  readonly diffId: ImageDigest;
  readonly digest: ImageDigest;
  readonly sizeBytes: number;
}

export interface LayerWriting {
  readonly files: readonly ImageFile[];
  readonly epochSeconds: number;
  /**
   * Whether the folders above the files are members too. Upon another image they are not: one that is a link there would be
   * replaced by a folder.
   */
  readonly folders: boolean;
  /** Absolute path; must not be there. */
  readonly to: string;
}

/** @throws SlipwayError ARTIFACT_INVALID, FILE_UNREADABLE, STORAGE_FAILED */
export async function writeLayer(writing: LayerWriting): Promise<PackedLayer> {
  const members = membersOf(writing);
  const [whole, packed] = [createHash("sha256"), createHash("sha256")];
  let [checksum, tarBytes, sizeBytes] = [0, 0, 0];
  async function* tar(): AsyncGenerator<Buffer> {
    for await (const bytes of tarOf(members, writing.epochSeconds)) {
      whole.update(bytes);
      checksum = crc32(bytes, checksum);
      tarBytes += bytes.byteLength;
      yield bytes;
    }
  }
  async function* gzip(deflated: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const bytes of framed(deflated, () => [checksum, tarBytes])) {
      packed.update(bytes);
      sizeBytes += bytes.byteLength;
      yield bytes;
    }
  }
  await stored(`write "${writing.to}"`, writing.to, () =>
    pipeline(tar, createDeflateRaw({ level: 9 }), gzip, createWriteStream(writing.to, { flags: "wx" })),
  );
  const digestOf = (hash: typeof whole): ImageDigest => imageDigest(sha256(hash.digest("hex")));
  return { diffId: digestOf(whole), digest: digestOf(packed), sizeBytes };
}

/** RFC 1952: no name, no time, best compression, system unknown; at the end the checksum and size of what was packed. */
async function* framed(deflated: AsyncIterable<Buffer>, ending: () => readonly [number, number]): AsyncGenerator<Buffer> {
  yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  yield* deflated;
  const [checksum, tarBytes] = ending();
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(checksum, 0);
  tail.writeUInt32LE(tarBytes % 2 ** 32, 4);
  yield tail;
}

type Member = { readonly kind: "folder"; readonly path: string } | ({ readonly kind: "file" } & ImageFile);

function membersOf({ files, folders }: LayerWriting): readonly Member[] {
  if (files.length > filesMax) throw cannotPack(`it would have ${files.length} files, and ${filesMax} is the most`);
  const byPath = new Map<string, Member>();
  for (const file of files) {
    if (!isPlain(file.path)) throw cannotPack(`"${file.path}" is no plain path inside of an image`);
    if (byPath.has(file.path)) throw cannotPack(`"${file.path}" stands twice among its files`);
    byPath.set(file.path, { kind: "file", ...file });
  }
  const above = new Set(files.flatMap(({ path }) => foldersOf(path)));
  const both = [...above].find((path) => byPath.has(path));
  if (both !== undefined) throw cannotPack(`"${both}" would be a file and a folder`);
  if (folders) for (const path of above) byPath.set(path, { kind: "folder", path: `${path}/` });
  return [...byPath].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, member]) => member);
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}

/** Names that begin with `.wh.` remove files of the layers below (`layer.md`, "Whiteouts"). */
function isPlain(path: string): boolean {
  if (path.length > 4096 || path.includes("\0") || path.includes("\\")) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !part.startsWith(".wh."));
}

async function* tarOf(members: readonly Member[], epochSeconds: number): AsyncGenerator<Buffer> {
  for (const member of members) {
    if (member.kind === "folder") {
      yield tarHeader({ path: member.path, kind: "folder", sizeBytes: 0, executable: true }, epochSeconds);
    } else yield* fileOf(member, epochSeconds);
  }
  yield tarEnd();
}

async function* fileOf({ path, file, executable }: ImageFile, epochSeconds: number): AsyncGenerator<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error: unknown) => {
    throw errnoOf(error) === "ELOOP" ? cannotPack(`"${file}" is a link`) : readError(file, error);
  });
  try {
    const { size: sizeBytes, mode } = await handle.stat();
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw cannotPack(`"${file}" is no regular file`);
    if (sizeBytes > memberBytesMax) throw cannotPack(`"${file}" has ${sizeBytes} bytes, and ${memberBytesMax} is the most`);
    const entry: TarEntry = { path, kind: "file", sizeBytes, executable: executable ?? (mode & 0o100) !== 0 };
    yield tarHeader(entry, epochSeconds);
    let left = sizeBytes;
    while (left > 0) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(Math.min(chunkBytes, left)), 0, Math.min(chunkBytes, left));
      if (bytesRead === 0) throw cannotPack(`"${file}" became shorter while it was read`);
      left -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    yield tarPadding(sizeBytes);
  } finally {
    await handle.close();
  }
}

function cannotPack(why: string): SlipwayError {
  return new SlipwayError("ARTIFACT_INVALID", `Cannot make the layer of the image: ${why}`);
}
