// Finds the end of a zip: the end record, the ZIP64 records before it and with them the central directory. It exists
// apart because this is where readers part ways: some search backwards, some read on from the start
// (APPNOTE §4.3.14 to §4.3.16; reference/protocols §1.4).
import type { ByteSource } from "./byte-source.ts";
import type { Faults } from "./faults.ts";

export const signatures = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;

const endBytes = 22;
const locatorBytes = 20;
const end64Bytes = 56;
const commentBytesMax = 0xffff;

export type ZipEnd =
  | {
      readonly kind: "found";
      /** Where the central directory stands in this file. */
      readonly directoryAt: number;
      readonly directoryBytes: number;
      readonly entries: number;
      /** Bytes before the archive: offsets in the file are this much higher than the archive says. */
      readonly prefixBytes: number;
    }
  | { readonly kind: "unreadable"; readonly why: string };

interface Stated {
  readonly entries: number;
  readonly directoryBytes: number;
  readonly directoryAt: number;
  /** Where the records behind the directory begin. */
  readonly recordsAt: number;
}

/** Reads the end of a zip as Python's zipfile does, and tells where another reader would read something else. */
export async function readZipEnd(source: ByteSource, faults: Faults): Promise<ZipEnd> {
  const endAt = await findEnd(source, faults);
  const end = endAt === undefined ? undefined : await source.read(endAt, endBytes);
  if (endAt === undefined || end === undefined) return { kind: "unreadable", why: "has no end record: no zip file, or cut short" };
  const plain = statedIn(end, endAt);
  if (end.readUInt16LE(4) !== 0 || end.readUInt16LE(6) !== 0) faults.add("Says that it is one of several disks");
  if (end.readUInt16LE(8) !== end.readUInt16LE(10)) faults.add("Says that its members stand on several disks");
  const stated = await statedIn64(source, plain, faults);
  const directoryAt = stated.recordsAt - stated.directoryBytes;
  const prefixBytes = directoryAt - stated.directoryAt;
  if (directoryAt < 0 || prefixBytes < 0) {
    return {
      kind: "unreadable",
      why: `has no central directory where its end record says (${stated.directoryBytes} bytes at ${stated.directoryAt})`,
    };
  }
  if (prefixBytes > 0) faults.add(`Has ${prefixBytes} bytes before it, or between its directory and its end record`);
  return { kind: "found", directoryAt, directoryBytes: stated.directoryBytes, entries: stated.entries, prefixBytes };
}

async function findEnd(source: ByteSource, faults: Faults): Promise<number | undefined> {
  const tailBytes = Math.min(source.sizeBytes, endBytes + commentBytesMax);
  const tailAt = source.sizeBytes - tailBytes;
  const tail = await source.read(tailAt, tailBytes);
  if (tail === undefined || tailBytes < endBytes) return undefined;
  const last = tailBytes - endBytes;
  if (tail.readUInt32LE(last) === signatures.end && tail.readUInt16LE(last + 20) === 0) return tailAt + last;
  const found = tail.lastIndexOf("PK\u0005\u0006", last, "latin1");
  if (found === -1) return undefined;
  const comment = tail.readUInt16LE(found + 20);
  const behind = tailBytes - found - endBytes;
  if (comment > 0) faults.add(`Has a comment of ${comment} bytes on the archive`);
  if (behind !== comment) faults.add(`Has ${behind} bytes after its end record, ${comment} of them a comment by its word`);
  return tailAt + found;
}

function statedIn(end: Buffer, endAt: number): Stated {
  return {
    entries: end.readUInt16LE(10),
    directoryBytes: end.readUInt32LE(12),
    directoryAt: end.readUInt32LE(16),
    recordsAt: endAt,
  };
}

/** What the ZIP64 records say, where there are any; they count more than the end record. */
async function statedIn64(source: ByteSource, plain: Stated, faults: Faults): Promise<Stated> {
  const locatorAt = plain.recordsAt - locatorBytes;
  const locator = await source.read(locatorAt, locatorBytes);
  if (locator?.readUInt32LE(0) !== signatures.locator64) return plain;
  const recordAt = locatorAt - end64Bytes;
  const record = await source.read(recordAt, end64Bytes);
  if (record?.readUInt32LE(0) !== signatures.end64) {
    faults.add("Has a ZIP64 locator without a ZIP64 end record before it (or with extensible data in between)");
    return plain;
  }
  addFaultsOf64(record, locator, faults);
  const stated: Stated = {
    entries: Number(record.readBigUInt64LE(32)),
    directoryBytes: Number(record.readBigUInt64LE(40)),
    directoryAt: Number(record.readBigUInt64LE(48)),
    recordsAt: recordAt,
  };
  if (Number(locator.readBigUInt64LE(8)) !== stated.directoryAt + stated.directoryBytes) {
    faults.add("Has a ZIP64 locator that points elsewhere than behind the central directory");
  }
  addDisagreement("number of members", { small: plain.entries, mark: 0xffff, large: stated.entries }, faults);
  addDisagreement("size of the directory", { small: plain.directoryBytes, mark: 0xffffffff, large: stated.directoryBytes }, faults);
  addDisagreement("place of the directory", { small: plain.directoryAt, mark: 0xffffffff, large: stated.directoryAt }, faults);
  return stated;
}

function addFaultsOf64(record: Buffer, locator: Buffer, faults: Faults): void {
  if (Number(record.readBigUInt64LE(4)) !== end64Bytes - 12) faults.add("Has ZIP64 extensible data");
  if (record.readUInt32LE(16) !== 0 || record.readUInt32LE(20) !== 0 || locator.readUInt32LE(4) !== 0 || locator.readUInt32LE(16) > 1) {
    faults.add("Says in its ZIP64 records that it is one of several disks");
  }
  if (record.readBigUInt64LE(24) !== record.readBigUInt64LE(32))
    faults.add("Says in its ZIP64 records that its members stand on several disks");
}

function addDisagreement(
  what: string,
  of: { readonly small: number; readonly mark: number; readonly large: number },
  faults: Faults,
): void {
  if (of.small !== of.mark && of.small !== of.large) {
    faults.add(`Says two things about the ${what}: ${of.small} in the end record, ${of.large} in the ZIP64 one`);
  }
}
