// Writes a zip member by member, so that wheels of any size are made in little memory. Fixed times: the same members
// give the same bytes.
import { closeSync, openSync, writeSync } from "node:fs";
import { crc32, deflateRawSync } from "node:zlib";

export interface ZipWriter {
  add(path: string, content: Buffer): void;
  close(): void;
}

/** 1 January 2020, in the form of MS-DOS. */
const dosDate = ((2020 - 1980) << 9) | (1 << 5) | 1;
const utf8Flag = 0x0800;
const deflated = 8;

export function writeZip(file: string): ZipWriter {
  const descriptor = openSync(file, "w");
  const central: Buffer[] = [];
  let offset = 0;
  const write = (bytes: Buffer): void => {
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
    offset += bytes.length;
  };
  return {
    add(path, content) {
      const data = deflateRawSync(content);
      const name = Buffer.from(path);
      const common = commonFields({ crc: crc32(content), packed: data.length, size: content.length });
      central.push(centralEntry(common, name, offset));
      write(Buffer.concat([words(0x04034b50), common, shorts(name.length, 0), name]));
      write(data);
    },
    close() {
      const directoryAt = offset;
      const directory = Buffer.concat(central);
      write(directory);
      write(
        Buffer.concat([words(0x06054b50), shorts(0, 0, central.length, central.length), words(directory.length, directoryAt), shorts(0)]),
      );
      closeSync(descriptor);
    },
  };
}

/** What local header and central entry have in common: version needed up to the sizes. */
function commonFields(of: { readonly crc: number; readonly packed: number; readonly size: number }): Buffer {
  return Buffer.concat([shorts(20, utf8Flag, deflated, 0, dosDate), words(of.crc, of.packed, of.size)]);
}

function centralEntry(common: Buffer, name: Buffer, offset: number): Buffer {
  const mode = (0o100644 << 16) >>> 0;
  return Buffer.concat([words(0x02014b50), shorts(0x0314), common, shorts(name.length, 0, 0, 0, 0), words(mode, offset), name]);
}

function words(...values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => out.writeUInt32LE(value, at * 4));
  return out;
}

function shorts(...values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 2);
  values.forEach((value, at) => out.writeUInt16LE(value, at * 2));
  return out;
}
