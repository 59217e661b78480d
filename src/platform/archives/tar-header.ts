// One header block of a tar archive: ustar, pax or GNU (POSIX.1-2024 pax, "ustar Interchange Format"). It exists apart
// from the walk because every field has a strict form here: what one reader calls zero another calls an error.
import { nameBytesMax } from "./limits.ts";

export const blockBytes = 512;

export interface TarHeader {
  /** Path with its ustar prefix, as it stands (a folder may end with `/`). */
  readonly path: string;
  readonly linkTo: string;
  /** One character; `0` for the old empty flag. */
  readonly type: string;
  /** The flag was NUL, as in old archives: a name ending with `/` is a folder then. */
  readonly oldType: boolean;
  readonly sizeBytes: number;
  /** Permission bits, and the time in seconds since 1970. */
  readonly mode: number;
  readonly epochSeconds: number;
  /** What is wrong with the name; no matter where an extended header gives another. */
  readonly nameFault?: string;
  readonly linkFault?: string;
}

export type HeaderRead =
  | { readonly kind: "header"; readonly header: TarHeader }
  /** A block of zeros: the first half of the end mark. */
  | { readonly kind: "zeros" }
  | { readonly kind: "invalid"; readonly why: string };

const zeros = Buffer.alloc(blockBytes);
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether a block has a tar header's checksum, which is how readers recognise an archive. */
export function isTarHeader(block: Buffer): boolean {
  return !block.equals(zeros) && checksumFits(block);
}

export function readTarHeader(block: Buffer): HeaderRead {
  if (block.equals(zeros)) return { kind: "zeros" };
  if (!checksumFits(block)) return { kind: "invalid", why: "a header with a wrong checksum" };
  for (const [what, at, length] of otherNumbers) {
    if (readNumber(block, at, length) === undefined) return { kind: "invalid", why: `a header with a ${what} that is no number` };
  }
  const sizeBytes = readNumber(block, 124, 12);
  if (sizeBytes === undefined) return { kind: "invalid", why: "a header with a size that is no number" };
  const type = block[156] === 0 ? "0" : String.fromCharCode(block[156] ?? 0);
  const name = readName(block, type);
  const linkTo = readField(block, 157, 100);
  return {
    kind: "header",
    header: {
      path: name.text,
      linkTo: linkTo.text,
      type,
      oldType: block[156] === 0,
      sizeBytes,
      mode: (readNumber(block, 100, 8) ?? 0) & 0o7777,
      epochSeconds: readNumber(block, 136, 12) ?? 0,
      ...(name.fault === undefined ? {} : { nameFault: name.fault }),
      ...(linkTo.fault === undefined ? {} : { linkFault: linkTo.fault }),
    },
  };
}

const otherNumbers: readonly (readonly [what: string, at: number, length: number])[] = [
  ["mode", 100, 8],
  ["user", 108, 8],
  ["group", 116, 8],
  ["time", 136, 12],
  ["device number", 329, 8],
  ["device number", 337, 8],
];

/** Readers sum the bytes with or without sign; only headers where both come to the same are read alike. */
function checksumFits(block: Buffer): boolean {
  const stated = readNumber(block, 148, 8);
  if (stated === undefined) return false;
  let sum = 8 * 0x20;
  for (let at = 0; at < blockBytes; at += 1) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  return sum === stated;
}

/** Octal digits ended by NUL or space, or base 256 where the first bit is set; undefined for anything else. */
function readNumber(block: Buffer, at: number, length: number): number | undefined {
  const field = block.subarray(at, at + length);
  const first = field[0] ?? 0;
  if (first >= 0x80) return readBase256(field, first);
  const end = field.indexOf(0);
  const text = field.toString("latin1", 0, end === -1 ? length : end).trim();
  if (text === "") return 0;
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

function readBase256(field: Buffer, first: number): number | undefined {
  if (first !== 0x80) return undefined;
  let value = 0;
  for (const byte of field.subarray(1)) value = value * 256 + byte;
  return Number.isSafeInteger(value) ? value : undefined;
}

export interface TarText {
  readonly text: string;
  readonly fault?: string;
}

function readName(block: Buffer, type: string): TarText {
  const name = readField(block, 0, 100);
  const isGnuSpecial = type === "L" || type === "K" || type === "S";
  const prefix = isGnuSpecial ? { text: "" } : readField(block, 345, 155);
  if (prefix.text === "") return name;
  const text = `${prefix.text}/${name.text}`;
  if (block.toString("latin1", 257, 263) !== "ustar\0") {
    return { text, fault: "has a name prefix without the ustar mark: some readers use it, some do not" };
  }
  const fault = name.fault ?? prefix.fault;
  return fault === undefined ? { text } : { text, fault };
}

function readField(block: Buffer, at: number, length: number): TarText {
  return decodeTarText(block.subarray(at, at + length));
}

/** A name up to its first NUL, in UTF-8; other bytes are a fault and shown as Latin-1. */
export function decodeTarText(bytes: Buffer): TarText {
  const end = bytes.indexOf(0);
  const name = end === -1 ? bytes : bytes.subarray(0, end);
  if (name.length > nameBytesMax) {
    return { text: name.toString("latin1", 0, nameBytesMax), fault: `has a name of ${name.length} bytes, more than ${nameBytesMax}` };
  }
  try {
    return { text: utf8.decode(name) };
  } catch {
    return { text: name.toString("latin1"), fault: "has a name that is not UTF-8" };
  }
}
