// A zip writer in which every field of every header can be set to a lie. It exists for the hostile corpus of the
// archive reader (reference/protocols §1.4); for honest zips and common tricks there is `zip.ts`.
import { crc32, deflateRawSync } from "node:zlib";

/** Fields that local header and central entry have in common. */
export interface RawFields {
  readonly name?: string | Uint8Array;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly packed?: number;
  readonly size?: number;
  readonly extra?: Uint8Array;
  /** Tenths: 20 is version 2.0 of the format. */
  readonly versionNeeded?: number;
}

export interface RawMember {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  readonly deflate?: boolean;
  /** Packed bytes to write in place of the true ones. */
  readonly packedBytes?: Uint8Array;
  readonly local?: RawFields;
  readonly central?: RawFields & { readonly comment?: string; readonly mode?: number; readonly offset?: number; readonly disk?: number };
  /** Bytes between the member before and this one's local header. */
  readonly gap?: Uint8Array;
  /** Bytes behind the data, for example a data descriptor. */
  readonly behind?: Uint8Array;
  readonly leaveOut?: "local" | "central";
}

export interface RawEnd {
  readonly prefix?: Uint8Array;
  /** Offsets count the prefix, as self-extracting archives do. */
  readonly prefixCounted?: boolean;
  readonly beforeDirectory?: Uint8Array;
  readonly afterDirectory?: Uint8Array;
  readonly after?: Uint8Array;
  readonly comment?: string | Uint8Array;
  readonly commentLength?: number;
  readonly entries?: number;
  readonly entriesHere?: number;
  readonly disk?: number;
  readonly directoryBytes?: number;
  readonly directoryAt?: number;
  /** Writes ZIP64 end record and locator; `extensible` adds extensible data. */
  readonly zip64?: { readonly extensible?: Uint8Array; readonly entries?: number; readonly locatorAt?: number; readonly disks?: number };
}

export function rawZip(members: readonly RawMember[], end: RawEnd = {}): Buffer {
  const prefix = Buffer.from(end.prefix ?? []);
  const parts: Buffer[] = [prefix];
  const directory: Buffer[] = [];
  let at = end.prefixCounted === true ? prefix.length : 0;
  for (const member of members) {
    const gap = Buffer.from(member.gap ?? []);
    const { local, central } = writeMember(member, at + gap.length);
    if (member.leaveOut !== "local") {
      parts.push(gap, local);
      at += gap.length + local.length;
    }
    if (member.leaveOut !== "central") directory.push(central);
  }
  const before = Buffer.from(end.beforeDirectory ?? []);
  parts.push(before, ...directory);
  const stated = { entries: directory.length, bytes: Buffer.concat(directory).length, at: at + before.length };
  return Buffer.concat([...parts, Buffer.from(end.afterDirectory ?? []), ...endRecords(stated, end), Buffer.from(end.after ?? [])]);
}

/** One extra field. */
export function extraField(id: number, data: Uint8Array): Buffer {
  return Buffer.concat([u16(id), u16(data.length), data]);
}

/** 64-bit numbers, little end first, as a ZIP64 extra field holds them. */
export function u64s(...values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => out.writeBigUInt64LE(BigInt(value), index * 8));
  return out;
}

export function u32s(...values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => out.writeUInt32LE(value >>> 0, index * 4));
  return out;
}

function u16(value: number): Buffer {
  const out = Buffer.alloc(2);
  out.writeUInt16LE(value);
  return out;
}

function writeMember(member: RawMember, offset: number): { readonly local: Buffer; readonly central: Buffer } {
  const content = Buffer.from(member.content ?? "");
  const packed = Buffer.from(member.packedBytes ?? (member.deflate === true ? deflateRawSync(content) : content));
  const truth = {
    name: Buffer.from(member.name),
    flags: 0x0800,
    method: member.deflate === true ? 8 : 0,
    crc: crc32(content),
    packed: packed.length,
    size: content.length,
    extra: Buffer.alloc(0),
    versionNeeded: 20,
  };
  const local = merged(truth, member.local);
  const central = merged(truth, member.central);
  const comment = Buffer.from(member.central?.comment ?? "");
  return {
    local: Buffer.concat([
      u32s(0x04034b50),
      common(local),
      u16(local.name.length),
      u16(local.extra.length),
      local.name,
      local.extra,
      packed,
      Buffer.from(member.behind ?? []),
    ]),
    central: Buffer.concat([
      u32s(0x02014b50),
      Buffer.from([20, 3]),
      common(central),
      u16(central.name.length),
      u16(central.extra.length),
      u16(comment.length),
      u16(member.central?.disk ?? 0),
      u16(0),
      u32s(((member.central?.mode ?? 0o100644) << 16) >>> 0, member.central?.offset ?? offset),
      central.name,
      central.extra,
      comment,
    ]),
  };
}

type Whole = { readonly [key in keyof Required<RawFields>]: key extends "name" | "extra" ? Buffer : number };

function merged(truth: Whole, lies: RawFields = {}): Whole {
  return {
    name: lies.name === undefined ? truth.name : Buffer.from(lies.name),
    flags: lies.flags ?? truth.flags,
    method: lies.method ?? truth.method,
    crc: lies.crc ?? truth.crc,
    packed: lies.packed ?? truth.packed,
    size: lies.size ?? truth.size,
    extra: Buffer.from(lies.extra ?? truth.extra),
    versionNeeded: lies.versionNeeded ?? truth.versionNeeded,
  };
}

/** Version needed up to the sizes: 2 + 2 + 2 + 2 + 2 + 4 + 4 + 4 bytes. */
function common(fields: Whole): Buffer {
  return Buffer.concat([
    u16(fields.versionNeeded),
    u16(fields.flags),
    u16(fields.method),
    u16(0),
    u16(0x5021),
    u32s(fields.crc, fields.packed, fields.size),
  ]);
}

function endRecords(stated: { readonly entries: number; readonly bytes: number; readonly at: number }, end: RawEnd): readonly Buffer[] {
  const comment = Buffer.from(end.comment ?? "");
  const plain = Buffer.concat([
    u32s(0x06054b50),
    u16(end.disk ?? 0),
    u16(0),
    u16(end.entriesHere ?? end.entries ?? stated.entries),
    u16(end.entries ?? stated.entries),
    u32s(end.directoryBytes ?? stated.bytes, end.directoryAt ?? stated.at),
    u16(end.commentLength ?? comment.length),
    comment,
  ]);
  if (end.zip64 === undefined) return [plain];
  const extensible = Buffer.from(end.zip64.extensible ?? []);
  const entries = end.zip64.entries ?? stated.entries;
  const record = Buffer.concat([
    u32s(0x06064b50),
    u64s(44 + extensible.length),
    u16(45),
    u16(45),
    u32s(0, 0),
    u64s(entries, entries, stated.bytes, stated.at),
    extensible,
  ]);
  const locator = Buffer.concat([u32s(0x07064b50, 0), u64s(end.zip64.locatorAt ?? stated.at + stated.bytes), u32s(end.zip64.disks ?? 1)]);
  return [record, locator, plain];
}
