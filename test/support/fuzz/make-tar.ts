// Tars and tar.gz files for the fuzzer: well-formed ones with lies in headers, extended headers, end mark and gzip frame,
// and some of them broken byte by byte, before they are packed or after.
import { deflateRawSync, crc32 } from "node:zlib";
import { pax, rawTar, type RawTarEnd, type RawTarMember } from "../raw-tar.ts";
import { badNames } from "./bad-names.ts";
import { broken } from "./break-bytes.ts";
import type { Chance } from "./chance.ts";

const paths = [
  "demo-1.0/a",
  "demo-1.0/b",
  "demo-1.0/PKG-INFO",
  "demo-1.0/é",
  "demo-1.0/sub/x",
  "package/package.json",
  "demo-1.0/Cargo.toml",
  "demo-1.0/e\u0301",
];
const contents = ["", "1", "Name: demo\n", "x".repeat(511), "y".repeat(512), "slipway ".repeat(200)];
const types = ["0", "0", "0", "\0", "7", "1", "2", "3", "5", "6", "S", "g", "x", "L", "K", "V", "M", "Q"];

export function fuzzedTarGz(chance: Chance): Buffer {
  const packed = gzipped(fuzzedTar(chance), chance);
  return chance.once(5) ? broken(packed, chance) : packed;
}

export function fuzzedTar(chance: Chance): Buffer {
  const made = rawTar(members(chance), chance.once(4) ? end(chance) : {});
  return chance.once(3) ? broken(made, chance) : made;
}

function members(chance: Chance): readonly RawTarMember[] {
  return Array.from({ length: chance.below(6) }, () => member(chance)).flat();
}

function member(chance: Chance): readonly RawTarMember[] {
  const path = chance.once(12) ? chance.pick(badNames).name : chance.pick(paths);
  const content = chance.pick(contents);
  switch (chance.below(9)) {
    case 0:
      return [pax(records(path, chance), chance.once(6) ? "g" : "x"), { path: chance.pick(paths), content }];
    case 1:
      return [gnuLong(path, chance), { path: "cut", content, magic: "ustar  \0" }];
    case 2:
      return [{ path: `${path}/`, type: "5" }];
    case 3:
      return [link(path, chance)];
    case 4:
      return [{ path, content, ...lie(chance) }];
    case 5:
      return [{ path, content, type: chance.pick(types) }];
    default:
      return [{ path, content }];
  }
}

function records(path: string, chance: Chance): Readonly<Record<string, string>> {
  const size = chance.pick(["0", "1", "-1", "99", "1e3", "99999999999999999999"]);
  return chance.pick<Readonly<Record<string, string>>>([
    { path },
    { path, linkpath: "a" },
    { size },
    { "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": path },
    { "GNU.sparse.map": "0,1", "GNU.sparse.size": "9" },
    { hdrcharset: "BINARY", path },
    { mtime: "1.5", comment: "c", uid: "0" },
    { mtime: "x" },
    { uid: "-1" },
  ]);
}

function gnuLong(path: string, chance: Chance): RawTarMember {
  const content = chance.once(4) ? path : `${path}\0`;
  return { path: "././@LongLink", type: chance.once(6) ? "K" : "L", content, magic: "ustar  \0" };
}

function link(path: string, chance: Chance): RawTarMember {
  const to = chance.pick(["a", "demo-1.0/a", "../b", "../../x", "/etc/passwd", "", "sub/../../x", "C:\\x", "demo-1.0/PKG-INFO", path]);
  return { path, type: chance.pick(["1", "2"]), linkTo: to };
}

function lie(chance: Chance): Partial<RawTarMember> {
  switch (chance.below(10)) {
    case 0:
      return { size: chance.pick([0, 1, 512, 513, 0o7777777777]) };
    case 1:
      return { checksum: chance.pick(["000000\0 ", "       ", "0x1234\0 "]) };
    case 2:
      return { magic: chance.pick(["ustar  \0", "\0\0\0\0\0\0\0\0", "ustar\u000000", "USTAR\u000000", "ustar\u000099"]) };
    case 3:
      return { prefix: chance.pick(["demo-1.0", "..", "/", "demo-1.0/sub"]) };
    case 4:
      return { patch: { 124: chance.pick(["-0000000001\0", "           1", "1 2        \0", "0000000001 8", "\u0000".repeat(12)]) } };
    case 5:
      return { patch: { 124: Buffer.from([chance.pick([0x80, 0xff, 0x81]), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, chance.below(4)]) } };
    case 6:
      return { patch: { [chance.pick([100, 108, 116])]: chance.pick(["zzzzzzz\0", "        ", "-000001\0", "99999999"]) } };
    case 7:
      return { patch: { 136: chance.pick(["77777777777\0", "-1         \0", "abc        \0"]) } };
    case 8:
      return { patch: { [chance.pick([329, 337])]: chance.pick(["0000001\0", "x\0"]) } };
    default:
      return { patch: { 156: Buffer.from([chance.below(256)]) } };
  }
}

function end(chance: Chance): RawTarEnd {
  return chance.pick<RawTarEnd>([
    { zeroBlocks: 0 },
    { zeroBlocks: 1 },
    { zeroBlocks: 20 },
    { after: Buffer.alloc(100) },
    { after: rawTar([{ path: "demo-1.0/hidden", content: "1" }]) },
    { zeroBlocks: 1, after: rawTar([{ path: "demo-1.0/hidden", content: "1" }]) },
    { after: Buffer.from("behind") },
  ]);
}

/** A gzip frame with the fields that nobody writes, or a second member, or something behind it. */
function gzipped(tar: Buffer, chance: Chance): Buffer {
  const plain = frame(tar, chance.once(12) ? chance : undefined);
  if (!chance.once(8)) return plain;
  const half = Math.floor(tar.length / 2);
  return chance.pick([
    () => Buffer.concat([plain, frame(Buffer.from("more"))]),
    () => Buffer.concat([frame(tar.subarray(0, half)), frame(tar.subarray(half))]),
    () => Buffer.concat([frame(Buffer.alloc(0)), plain]),
    () => Buffer.concat([plain, Buffer.alloc(512)]),
    () => Buffer.concat([plain, Buffer.from("behind")]),
    () => plain.subarray(0, -1 - chance.below(12)),
  ])();
}

function frame(bytes: Buffer, chance?: Chance): Buffer {
  const flag = chance === undefined ? 0 : chance.pick([1, 2, 4, 8, 16, 12, 0x20, 0xff]);
  const parts: Buffer[] = [Buffer.from([0x1f, 0x8b, 8, flag, 0, 0, 0, 0, 0, 255])];
  if ((flag & 4) !== 0) parts.push(Buffer.from([3, 0, 1, 2, 3]));
  if ((flag & 8) !== 0) parts.push(Buffer.from("name\0"));
  if ((flag & 16) !== 0) parts.push(Buffer.from("comment\0"));
  if ((flag & 2) !== 0) parts.push(headerSum(Buffer.concat(parts), chance));
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(bytes), 0);
  trailer.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([...parts, deflateRawSync(bytes, { level: 1 }), trailer]);
}

function headerSum(header: Buffer, chance?: Chance): Buffer {
  const sum = Buffer.alloc(2);
  sum.writeUInt16LE(chance?.once(2) === true ? 7 : crc32(header) & 0xffff);
  return sum;
}

/** The first block of a tar, for files that are two things at once. */
export function maybeTarBytes(chance: Chance): Buffer {
  return rawTar([{ path: chance.pick(paths), content: "" }], { zeroBlocks: 0 });
}
