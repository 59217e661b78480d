// The first bytes of executables, as compilers write them: just enough that a header can be read.

export interface ElfParts {
  /** 62: x86_64, 183: aarch64. */
  readonly machine?: number;
  /** Names of the program headers. */
  readonly headers?: readonly ("interpreter" | "dynamic" | "load")[];
  /** Tags of the dynamic section: 1 is a needed library, 0 the end. */
  readonly tags?: readonly number[];
  /** 2: a program, 3: one that may lie anywhere, 1: an object. */
  readonly type?: number;
  readonly abi?: number;
}

const headerTypes = { load: 1, dynamic: 2, interpreter: 3 } as const;

export function elf(parts: ElfParts = {}): Buffer {
  const { machine = 62, headers = ["load"], tags = [], type = 2, abi = 0 } = parts;
  const dynamicAt = 64 + headers.length * 56;
  const bytes = Buffer.alloc(dynamicAt + tags.length * 16);
  bytes.write("\u007fELF", 0, "latin1");
  bytes.set([2, 1, 1, abi], 4);
  bytes.writeUInt16LE(type, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(headers.length, 56);
  for (const [index, name] of headers.entries()) {
    const at = 64 + index * 56;
    bytes.writeUInt32LE(headerTypes[name], at);
    bytes.writeBigUInt64LE(BigInt(dynamicAt), at + 8);
    bytes.writeBigUInt64LE(BigInt(tags.length * 16), at + 32);
  }
  for (const [index, tag] of tags.entries()) bytes.writeBigUInt64LE(BigInt(tag), dynamicAt + index * 16);
  return bytes;
}

export function machO(cpu: "x86_64" | "arm64", fileType = 2): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32BE(0xcffaedfe, 0);
  bytes.writeUInt32LE(cpu === "x86_64" ? 0x01000007 : 0x0100000c, 4);
  bytes.writeUInt32LE(fileType, 12);
  return bytes;
}

export function universalMachO(): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32BE(0xcafebabe, 0);
  bytes.writeUInt32BE(2, 4);
  bytes.writeUInt32BE(0x01000007, 8);
  bytes.writeUInt32BE(0x0100000c, 28);
  return bytes;
}

export function pe(machine = 0x8664, characteristics = 0x22): Buffer {
  const bytes = Buffer.alloc(160);
  bytes.write("MZ", 0, "latin1");
  bytes.writeUInt32LE(128, 0x3c);
  bytes.write("PE\0\0", 128, "latin1");
  bytes.writeUInt16LE(machine, 132);
  bytes.writeUInt16LE(characteristics, 150);
  return bytes;
}
