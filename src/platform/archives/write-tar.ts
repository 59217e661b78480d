// Headers of a tar file (POSIX.1-1988 "ustar") for members that belong to nobody, and a whole tar of small files. A path that
// does not fit into the header's two fields gets the extended header of POSIX.1-2001 ("pax"), and nothing else does.
import type { PackedMember } from "./write-archive.ts";

const blockBytes = 512;
/** Where each field of a header begins (POSIX.1, pax, "ustar Interchange Format"). */
const at = { name: 0, mode: 100, uid: 108, gid: 116, size: 124, time: 136, sum: 148, type: 156, magic: 257, prefix: 345 } as const;
const nameBytesMax = 99;
const prefixBytesMax = 154;

/** What the eleven octal digits of the size field can say. */
export const memberBytesMax = 8 ** 11 - 1;

export interface TarEntry {
  /** With `/`; that of a folder ends with one. */
  readonly path: string;
  readonly kind: "file" | "folder";
  readonly sizeBytes: number;
  readonly executable: boolean;
}

/** @param members sorted, with paths of at most 99 ASCII characters */
export function packTar(members: readonly PackedMember[], epochSeconds: number): Buffer {
  const parts = members.flatMap(({ path, bytes, executable }) => [
    tarHeader({ path, kind: "file", sizeBytes: bytes.byteLength, executable }, epochSeconds),
    bytes,
    tarPadding(bytes.byteLength),
  ]);
  return Buffer.concat([...parts, tarEnd()]);
}

/** What stands before a member's bytes: one block, or three where the path needs them. */
export function tarHeader(entry: TarEntry, epochSeconds: number): Buffer {
  const split = splitPath(entry.path);
  if (split !== undefined) return headerOf({ ...entry, ...split, type: entry.kind === "folder" ? "5" : "0" }, epochSeconds);
  const records = paxRecord("path", entry.path);
  const extended = { name: "pax", prefix: "", sizeBytes: records.byteLength, executable: false, type: "x" };
  const rest = { ...entry, name: "long", prefix: "", type: entry.kind === "folder" ? "5" : "0" };
  return Buffer.concat([headerOf(extended, epochSeconds), records, tarPadding(records.byteLength), headerOf(rest, epochSeconds)]);
}

/** Zeros up to the next whole block. */
export function tarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((blockBytes - (sizeBytes % blockBytes)) % blockBytes);
}

export function tarEnd(): Buffer {
  return Buffer.alloc(2 * blockBytes);
}

/** Name and prefix of the old form; undefined where the path needs an extended header. */
function splitPath(path: string): { readonly name: string; readonly prefix: string } | undefined {
  if (!/^[\u0020-\u007e]+$/.test(path)) return undefined;
  if (path.length <= nameBytesMax) return { name: path, prefix: "" };
  const slash = path.indexOf("/", path.length - 1 - nameBytesMax);
  const isFolderEnd = slash === path.length - 1;
  if (slash <= 0 || slash > prefixBytesMax || isFolderEnd) return undefined;
  return { name: path.slice(slash + 1), prefix: path.slice(0, slash) };
}

interface Fields extends Pick<TarEntry, "sizeBytes" | "executable"> {
  readonly name: string;
  readonly prefix: string;
  readonly type: string;
}

function headerOf({ name, prefix, sizeBytes, executable, type }: Fields, epochSeconds: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.write(name, at.name, "ascii");
  header.write(octal(executable || type === "5" ? 0o755 : 0o644, 7), at.mode, "ascii");
  header.write(octal(0, 7), at.uid, "ascii");
  header.write(octal(0, 7), at.gid, "ascii");
  header.write(octal(sizeBytes, 11), at.size, "ascii");
  header.write(octal(epochSeconds, 11), at.time, "ascii");
  header.write(type, at.type, "ascii");
  header.write("ustar\u000000", at.magic, "ascii");
  header.write(prefix, at.prefix, "ascii");
  // The sum is taken with blanks in its own place.
  header.write(" ".repeat(8), at.sum, "ascii");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, at.sum, "ascii");
  return header;
}

/** `length keyword=value\n`, where the length counts its own digits. */
function paxRecord(keyword: string, value: string): Buffer {
  const rest = ` ${keyword}=${value}\n`;
  const restBytes = Buffer.byteLength(rest);
  const withOneMore = restBytes + String(restBytes).length;
  return Buffer.from(`${restBytes + String(withOneMore).length}${rest}`);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}
