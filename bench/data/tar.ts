// The least of a writer of `.tar.gz`: files with short names, the same bytes every time (POSIX ustar).
import { gzipSync } from "node:zlib";

const blockBytes = 512;

export function tarGz(members: readonly (readonly [path: string, content: Buffer])[]): Buffer {
  const parts = members.flatMap(([path, content]) => [
    header(path, content.length),
    content,
    Buffer.alloc(-content.length & (blockBytes - 1)),
  ]);
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]));
}

/** Offsets of the fields: name 0, mode 100, owners 108, size 124, time 136, checksum 148, type 156, magic 257. */
function header(path: string, sizeBytes: number): Buffer {
  if (path.length > 100) throw new Error(`Cannot pack "${path}": its name is too long`);
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  block.write(path, 0, "latin1");
  block.write(`${octal(0o644, 7)}${octal(0, 7)}${octal(0, 7)}${octal(sizeBytes, 11)}${octal(499_162_500, 11)}        0`, 100, "latin1");
  block.write("ustar\u000000", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
