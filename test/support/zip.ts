// A tiny zip writer for fixtures: stored or deflated members, no data descriptors, fixed times, so that the same members
// give the same bytes. It can also write the structures that PyPI refuses (protocols §1.4), one named trick at a time.
import { crc32, deflateRawSync } from "node:zlib";

export interface ZipMember {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Default false: stored. */
  readonly deflate?: boolean;
  /** Unix mode bits of the central entry, for example `0o120777` for a link. Default a regular file, `0o100644`. */
  readonly mode?: number;
  /** What this one member does wrong. */
  readonly trick?: MemberTrick;
}

/** Ways in which one member is read differently by different readers. */
export type MemberTrick =
  | { readonly kind: "data-descriptor" }
  | { readonly kind: "local-name"; readonly name: string }
  | { readonly kind: "local-size"; readonly sizeBytes: number }
  | { readonly kind: "wrong-crc" }
  | { readonly kind: "entry-comment"; readonly comment: string }
  /** In the data, not in the central directory. */
  | { readonly kind: "local-only" }
  /** Name bytes as given (latin-1), UTF-8 flag off. */
  | { readonly kind: "raw-name"; readonly bytes: Uint8Array }
  /** Size claimed in both headers. */
  | { readonly kind: "claimed-size"; readonly sizeBytes: number }
  /** Compression method number claimed in both headers, data stored. */
  | { readonly kind: "method"; readonly method: number }
  | { readonly kind: "extra"; readonly bytes: Uint8Array };

/** Ways in which the whole file is wrong. */
export interface ZipTricks {
  readonly prefix?: Uint8Array;
  readonly trailing?: Uint8Array;
  readonly comment?: string;
  /** Writes a second end record after the first. */
  readonly secondEnd?: boolean;
  /** Drops this many bytes at the end. */
  readonly cut?: number;
}

const utf8Flag = 0x0800;
const dosDate = ((2020 - 1980) << 9) | (1 << 5) | 1;

/** Writes a zip. The same members and tricks give the same bytes. */
export function zip(members: readonly ZipMember[], tricks: ZipTricks = {}): Buffer {
  const prefix = Buffer.from(tricks.prefix ?? []);
  const parts: Buffer[] = [prefix];
  const central: Buffer[] = [];
  let offset = prefix.length;
  for (const member of members) {
    const written = writeMember(member, offset);
    parts.push(written.local);
    offset += written.local.length;
    if (member.trick?.kind !== "local-only") central.push(written.central);
  }
  const directory = Buffer.concat(central);
  const end = endRecord(central.length, directory.length, offset, Buffer.from(tricks.comment ?? ""));
  const whole = Buffer.concat([...parts, directory, end, ...(tricks.secondEnd ? [end] : []), Buffer.from(tricks.trailing ?? [])]);
  return whole.subarray(0, whole.length - (tricks.cut ?? 0));
}

/** Bytes of a member's content; text is UTF-8. */
export function bytesOf(content: string | Uint8Array): Buffer {
  return typeof content === "string" ? Buffer.from(content) : Buffer.from(content);
}

function writeMember(member: ZipMember, offset: number): { readonly local: Buffer; readonly central: Buffer } {
  const { trick } = member;
  const content = bytesOf(member.content);
  const data = member.deflate === true ? deflateRawSync(content) : content;
  const name = trick?.kind === "raw-name" ? Buffer.from(trick.bytes) : Buffer.from(member.path);
  const localName = trick?.kind === "local-name" ? Buffer.from(trick.name) : name;
  const described = trick?.kind === "data-descriptor";
  const fields = {
    flags: (trick?.kind === "raw-name" ? 0 : utf8Flag) | (described ? 0x0008 : 0),
    method: trick?.kind === "method" ? trick.method : member.deflate === true ? 8 : 0,
    crc: trick?.kind === "wrong-crc" ? crc32(content) ^ 1 : crc32(content),
    packed: data.length,
    size: trick?.kind === "claimed-size" ? trick.sizeBytes : content.length,
  };
  const extra = trick?.kind === "extra" ? Buffer.from(trick.bytes) : Buffer.alloc(0);
  const localSize = trick?.kind === "local-size" ? trick.sizeBytes : fields.size;
  const localFields = described ? { ...fields, crc: 0, packed: 0, size: 0 } : { ...fields, size: localSize };
  const descriptor = described ? words([0x08074b50, fields.crc, fields.packed, fields.size]) : Buffer.alloc(0);
  return {
    local: Buffer.concat([localHeader(localFields, localName, extra), localName, extra, data, descriptor]),
    central: centralEntry(fields, {
      name,
      extra,
      offset,
      mode: member.mode ?? 0o100644,
      comment: trick?.kind === "entry-comment" ? trick.comment : "",
    }),
  };
}

interface Fields {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
}

/** The part that local header and central entry have in common: version needed up to the sizes. */
function commonFields(fields: Fields): Buffer {
  const out = Buffer.alloc(22);
  out.writeUInt16LE(20, 0);
  out.writeUInt16LE(fields.flags, 2);
  out.writeUInt16LE(fields.method, 4);
  out.writeUInt16LE(0, 6);
  out.writeUInt16LE(dosDate, 8);
  out.writeUInt32LE(fields.crc >>> 0, 10);
  out.writeUInt32LE(fields.packed, 14);
  out.writeUInt32LE(fields.size, 18);
  return out;
}

function localHeader(fields: Fields, name: Buffer, extra: Buffer): Buffer {
  const lengths = Buffer.alloc(4);
  lengths.writeUInt16LE(name.length, 0);
  lengths.writeUInt16LE(extra.length, 2);
  return Buffer.concat([words([0x04034b50]), commonFields(fields), lengths]);
}

interface CentralRest {
  readonly name: Buffer;
  readonly extra: Buffer;
  readonly offset: number;
  readonly mode: number;
  readonly comment: string;
}

function centralEntry(fields: Fields, rest: CentralRest): Buffer {
  const comment = Buffer.from(rest.comment);
  const madeBy = Buffer.from([20, 3]);
  const tail = Buffer.alloc(18);
  tail.writeUInt16LE(rest.name.length, 0);
  tail.writeUInt16LE(rest.extra.length, 2);
  tail.writeUInt16LE(comment.length, 4);
  tail.writeUInt32LE((rest.mode << 16) >>> 0, 10);
  tail.writeUInt32LE(rest.offset, 14);
  return Buffer.concat([words([0x02014b50]), madeBy, commonFields(fields), tail, rest.name, rest.extra, comment]);
}

function endRecord(count: number, directoryBytes: number, directoryAt: number, comment: Buffer): Buffer {
  const out = Buffer.alloc(22);
  out.writeUInt32LE(0x06054b50, 0);
  out.writeUInt16LE(count, 8);
  out.writeUInt16LE(count, 10);
  out.writeUInt32LE(directoryBytes, 12);
  out.writeUInt32LE(directoryAt, 16);
  out.writeUInt16LE(comment.length, 20);
  return Buffer.concat([out, comment]);
}

function words(values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => out.writeUInt32LE(value >>> 0, at * 4));
  return out;
}
