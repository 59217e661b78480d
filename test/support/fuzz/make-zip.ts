// Zips for the fuzzer: well-formed ones with none, one or a few lies in the fields where readers part ways, and some of them
// broken byte by byte.
import { deflateRawSync } from "node:zlib";
import { extraField, rawZip, u32s, u64s, type RawEnd, type RawFields, type RawMember } from "../raw-zip.ts";
import { badNames } from "./bad-names.ts";
import { broken } from "./break-bytes.ts";
import type { Chance } from "./chance.ts";
import { maybeTarBytes } from "./make-tar.ts";

const names = [
  "a",
  "b",
  "demo/__init__.py",
  "demo/é.txt",
  "demo/sub/",
  "demo/sub/x",
  "demo-1.0.dist-info/METADATA",
  "demo-1.0.dist-info/RECORD",
  "e\u0301",
  "\u00e9",
  "A",
  "a:b",
  "con.txt",
];
const contents = [
  "",
  "x",
  "x = 1\n",
  "Name: demo\n",
  "slipway ".repeat(300),
  "PK\u0003\u0004PK\u0001\u0002PK\u0005\u0006",
  "\u001f\u008b\u0008\u0000",
];

export function fuzzedZip(chance: Chance): Buffer {
  const made = rawZip(members(chance), chance.once(3) ? end(chance) : {});
  return chance.once(2) ? broken(made, chance) : made;
}

function members(chance: Chance): readonly RawMember[] {
  return Array.from({ length: chance.below(6) }, () => member(chance));
}

function member(chance: Chance): RawMember {
  const name = chance.once(12) ? chance.pick(badNames).name : chance.pick(names);
  const content = Buffer.from(chance.pick(contents), "latin1");
  const honest: RawMember = { name, content, deflate: chance.once(2) };
  if (!chance.once(3)) return honest;
  const lie = fields(chance, content.length);
  const where = chance.below(4);
  return {
    ...honest,
    ...(where !== 1 ? { local: lie } : {}),
    ...(where !== 2 ? { central: { ...(where === 3 ? fields(chance, content.length) : lie), ...attributes(chance) } } : {}),
    ...(chance.once(8) ? { gap: Buffer.from("gap") } : {}),
    ...(chance.once(8) ? { behind: u32s(0x08074b50, chance.below(9), content.length, content.length) } : {}),
    ...(chance.once(10) ? { leaveOut: chance.pick(["local", "central"] as const) } : {}),
    ...(chance.once(6) ? { deflate: true, packedBytes: Buffer.concat([deflateRawSync(content), Buffer.alloc(chance.below(3))]) } : {}),
  };
}

function fields(chance: Chance, size: number): RawFields {
  switch (chance.below(10)) {
    case 0:
      return { name: chance.pick(names) };
    case 1:
      return { flags: chance.pick([0, 1, 8, 0x20, 0x40, 0x800, 0x808, 0x2000, 0xffff]) };
    case 2:
      return { method: chance.pick([0, 1, 8, 9, 12, 14, 93, 99, 0xffff]) };
    case 3:
      return { crc: chance.below(0x7fffffff) };
    case 4:
      return { size: chance.pick([0, 1, size + 1, Math.max(0, size - 1), 0xffffffff, 0x7fffffff]) };
    case 5:
      return { packed: chance.pick([0, 1, size + 1, 0xffffffff, 0xfffffffe]) };
    case 6:
      return { packed: 0xffffffff, size: 0xffffffff, extra: extraField(1, u64s(chance.pick([size, 0, 9]), chance.pick([size, 1]))) };
    case 7:
      return { extra: extraField(0x7075, Buffer.concat([Buffer.from([1]), u32s(chance.below(3)), Buffer.from(chance.pick(names))])) };
    case 8:
      return {
        extra: chance.pick([extraField(1, u64s(size)), extraField(0x5455, Buffer.alloc(5)), Buffer.from([9, 9, 99, 0]), Buffer.alloc(3)]),
      };
    default:
      return { versionNeeded: chance.pick([10, 45, 63, 64, 255]) };
  }
}

function attributes(chance: Chance): NonNullable<RawMember["central"]> {
  if (!chance.once(4)) return {};
  return chance.pick([
    { mode: 0o120777 },
    { mode: 0o040755 },
    { mode: 0o010644 },
    { mode: 0 },
    { comment: "c" },
    { offset: chance.below(200) },
    { disk: 1 },
    { offset: 0xffffffff, extra: extraField(1, u64s(0)) },
  ]);
}

function end(chance: Chance): RawEnd {
  switch (chance.below(12)) {
    case 0:
      return { prefix: chance.once(2) ? Buffer.from("#!/bin/sh\n") : maybeTarBytes(chance), prefixCounted: chance.once(2) };
    case 1:
      return { after: chance.once(2) ? Buffer.from("behind") : rawZip([{ name: "other", content: "1" }]) };
    case 2:
      return { comment: chance.once(2) ? "comment" : rawZip([]) };
    case 3:
      return { commentLength: chance.below(40) };
    case 4:
      return { entries: chance.below(5) };
    case 5:
      return { entriesHere: chance.below(5) };
    case 6:
      return { beforeDirectory: Buffer.from("between") };
    case 7:
      return { afterDirectory: chance.once(2) ? Buffer.from("between") : rawZip([]) };
    case 8:
      return { directoryBytes: chance.pick([0, 1, 46, 0xffffffff, 0x7fffffff]) };
    case 9:
      return { directoryAt: chance.pick([0, 1, 30, 0xffffffff, 0x7fffffff]) };
    case 10:
      return { disk: 1 };
    default:
      return { zip64: chance.pick([{}, { entries: 3 }, { locatorAt: 1 }, { disks: 2 }, { extensible: Buffer.from("more") }]) };
  }
}
