// A tar file of regular files alone (POSIX.1-1988 "ustar"): short names, sizes below 8 GiB, nothing that needs an extension.
import type { PackedMember } from "./write-archive.ts";

const blockBytes = 512;
/** Where each field of a header begins (POSIX.1, pax, "ustar Interchange Format"). */
const at = { name: 0, mode: 100, uid: 108, gid: 116, size: 124, time: 136, sum: 148, type: 156, magic: 257 } as const;

/** @param members sorted, with paths of at most 99 ASCII characters */
export function packTar(members: readonly PackedMember[], epochSeconds: number): Buffer {
  const parts = members.flatMap((member) => {
    const padding = (blockBytes - (member.bytes.byteLength % blockBytes)) % blockBytes;
    return [headerOf(member, epochSeconds), member.bytes, Buffer.alloc(padding)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]);
}

function headerOf({ path, bytes, executable }: PackedMember, epochSeconds: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.write(path, at.name, "ascii");
  header.write(octal(executable ? 0o755 : 0o644, 7), at.mode, "ascii");
  header.write(octal(0, 7), at.uid, "ascii");
  header.write(octal(0, 7), at.gid, "ascii");
  header.write(octal(bytes.byteLength, 11), at.size, "ascii");
  header.write(octal(epochSeconds, 11), at.time, "ascii");
  header.write("0", at.type, "ascii");
  header.write("ustar\u000000", at.magic, "ascii");
  // The sum is taken with blanks in its own place.
  header.write(" ".repeat(8), at.sum, "ascii");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, at.sum, "ascii");
  return header;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}
