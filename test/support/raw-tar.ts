// A tar.gz writer in which every header field can be set to a lie. It exists for the hostile corpus of the archive
// reader (reference/protocols §1.4 and §9.1); for honest source distributions there is `sdist.ts`.
import { gzipSync } from "node:zlib";

export interface RawTarMember {
  readonly path: string | Uint8Array;
  readonly content?: string | Uint8Array;
  /** Type flag. Default `0`. */
  readonly type?: string;
  readonly linkTo?: string | Uint8Array;
  /** Size in the header in place of the true one. */
  readonly size?: number;
  readonly prefix?: string;
  /** Magic and version, 8 bytes. Default `ustar\0` and `00`. */
  readonly magic?: string;
  /** Bytes to write over the finished header, by offset; the checksum is computed afterwards. */
  readonly patch?: Readonly<Record<number, string | Uint8Array>>;
  /** Leaves the checksum as it is given here. */
  readonly checksum?: string;
}

export interface RawTarEnd {
  /** Blocks of zeros at the end. Default 2. */
  readonly zeroBlocks?: number;
  readonly after?: Uint8Array;
}

export function rawTar(members: readonly RawTarMember[], end: RawTarEnd = {}): Buffer {
  const parts = members.flatMap((member) => {
    const content = Buffer.from(member.content ?? "");
    return [header(member, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(512 * (end.zeroBlocks ?? 2)), Buffer.from(end.after ?? [])]);
}

export function rawTarGz(members: readonly RawTarMember[], end: RawTarEnd = {}): Buffer {
  return gzipSync(rawTar(members, end));
}

/** A pax extended header (`x`) or a global one (`g`). */
export function pax(records: Readonly<Record<string, string>>, type: "x" | "g" = "x"): RawTarMember {
  const content = Object.entries(records).map(([keyword, value]) => paxRecord(keyword, value));
  return { path: "PaxHeaders/0", type, content: Buffer.concat(content) };
}

function paxRecord(keyword: string, value: string): Buffer {
  const rest = ` ${keyword}=${value}\n`;
  const restBytes = Buffer.byteLength(rest);
  let length = restBytes;
  while (length !== restBytes + String(length).length) length = restBytes + String(length).length;
  return Buffer.from(`${length}${rest}`);
}

function header(member: RawTarMember, contentBytes: number): Buffer {
  const out = Buffer.alloc(512);
  Buffer.from(member.path).copy(out, 0, 0, 100);
  out.write("0000644\0", 100);
  out.write("0000000\0", 108);
  out.write("0000000\0", 116);
  out.write(`${(member.size ?? contentBytes).toString(8).padStart(11, "0")}\0`, 124);
  out.write("00000000000\0", 136);
  out.write("        ", 148);
  out.write(member.type ?? "0", 156, "latin1");
  Buffer.from(member.linkTo ?? "").copy(out, 157, 0, 100);
  out.write(member.magic ?? "ustar\x0000", 257, "latin1");
  out.write(member.prefix ?? "", 345, 155);
  for (const [at, bytes] of Object.entries(member.patch ?? {})) Buffer.from(bytes).copy(out, Number(at));
  const sum = out.reduce((total, byte) => total + byte, 0);
  out.write(member.checksum ?? `${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return out;
}
