// Walks a zip from its first byte to its central directory, as a streaming reader would, and holds every local header
// against the directory. What stands in one and not in the other, or differs, or belongs to nothing, is a fault
// (reference/protocols §1.4). The walk goes by offsets: only headers are read, no data.
import type { ByteSource } from "./byte-source.ts";
import { shown, type Faults } from "./faults.ts";
import { dataDescriptorFlag, type ZipEntry } from "./zip-directory.ts";
import { signatures } from "./zip-end.ts";
import { noExtras, readExtras, resolveSizes } from "./zip-extras.ts";

const localBytes = 30;
/** A data descriptor has 12 to 24 bytes; it is a fault by itself, and not a second one for the bytes it takes. */
const descriptorBytesMax = 24;

/** Holds every local header against its entry, and says in the entry where its data begin. */
export async function placeEntries(
  source: ByteSource,
  directory: { readonly entries: readonly ZipEntry[]; readonly at: number },
  faults: Faults,
): Promise<void> {
  const byOffset = directory.entries.toSorted((a, b) => a.localAt - b.localAt);
  let expectedAt = 0;
  let slack = 0;
  for (const entry of byOffset) {
    if (entry.localAt !== expectedAt) await addGapFault(source, { from: expectedAt, to: entry.localAt, slack }, faults);
    const header = source.held(entry.localAt, localBytes) ?? (await source.read(entry.localAt, localBytes));
    const nameAt = entry.localAt + localBytes;
    const bytes = variableBytesOf(header);
    const variable = source.held(nameAt, bytes) ?? (await source.read(nameAt, bytes));
    const dataAt = placeOne(entry, { header, variable }, faults);
    const endAt = (dataAt ?? entry.localAt + localBytes) + entry.packedBytes;
    if (endAt > directory.at) faults.add(`${shown(entry.path)} reaches into the central directory`);
    else entry.dataAt = dataAt;
    expectedAt = endAt;
    slack = (entry.flags & dataDescriptorFlag) === 0 ? 0 : descriptorBytesMax;
  }
  if (expectedAt !== directory.at) await addGapFault(source, { from: expectedAt, to: directory.at, slack }, faults);
}

async function addGapFault(
  source: ByteSource,
  gap: { readonly from: number; readonly to: number; readonly slack: number },
  faults: Faults,
): Promise<void> {
  const bytes = gap.to - gap.from;
  if (bytes >= 0 && bytes <= gap.slack) return;
  if (bytes < 0) {
    faults.add(`Members overlap: one begins at byte ${gap.to}, before the one before it ends at ${gap.from}`);
    return;
  }
  const hidden = await hiddenName(source, gap.from);
  if (hidden !== undefined) faults.add(`${shown(hidden)} has a local header, and is not in the central directory`);
  else faults.add(`Has ${bytes} bytes at ${gap.from} that belong to no member`);
}

async function hiddenName(source: ByteSource, at: number): Promise<string | undefined> {
  const header = await source.read(at, localBytes);
  if (header?.readUInt32LE(0) !== signatures.local) return undefined;
  const name = await source.read(at + localBytes, header.readUInt16LE(26));
  return name?.toString("utf8");
}

/** Bytes of name and extra fields behind a local header. */
function variableBytesOf(header: Buffer | undefined): number {
  return header === undefined ? 0 : header.readUInt16LE(26) + header.readUInt16LE(28);
}

interface Local {
  readonly header: Buffer | undefined;
  readonly variable: Buffer | undefined;
}

/** Where the data of a member begin, after its local header was held against the directory. */
function placeOne(entry: ZipEntry, { header, variable }: Local, faults: Faults): number | undefined {
  if (header?.readUInt32LE(0) !== signatures.local) {
    faults.add(`${shown(entry.path)} has no local header at byte ${entry.localAt}`);
    return undefined;
  }
  if (variable === undefined) {
    faults.add(`${shown(entry.path)} has a local header that is cut short`);
    return undefined;
  }
  const nameLength = header.readUInt16LE(26);
  const name = variable.subarray(0, nameLength);
  if (!name.equals(entry.nameBytes)) faults.add(`${shown(entry.path)} is called ${shown(name.toString("utf8"))} in its local header`);
  addHeaderFaults(header, { entry, extra: variable.subarray(nameLength) }, faults);
  return entry.localAt + localBytes + variable.length;
}

function addHeaderFaults(header: Buffer, at: { readonly entry: ZipEntry; readonly extra: Buffer }, faults: Faults): void {
  const { entry } = at;
  const extras = at.extra.length === 0 ? noExtras : readExtras(at.extra);
  const resolved = resolveSizes({ packed: header.readUInt32LE(18), size: header.readUInt32LE(22) }, extras.zip64);
  if (extras.fault !== undefined) faults.add(`${shown(entry.path)} has ${extras.fault} in its local header`);
  if (resolved.fault !== undefined) faults.add(`${shown(entry.path)} has ${resolved.fault} in its local header`);
  if (extras.unicodeName?.equals(entry.nameBytes) === false) {
    faults.add(`${shown(entry.path)} has another name in the Unicode path extra field of its local header`);
  }
  if (((entry.flags | header.readUInt16LE(6)) & dataDescriptorFlag) !== 0) {
    faults.add(`${shown(entry.path)} has a data descriptor (general-purpose bit 3)`);
    return;
  }
  const differ = (what: string, local: number, central: number) => {
    if (local !== central)
      faults.add(`${shown(entry.path)} has ${what} ${local} in its local header and ${central} in the central directory`);
  };
  differ("flags", header.readUInt16LE(6), entry.flags);
  differ("compression method", header.readUInt16LE(8), entry.method);
  differ("CRC-32", header.readUInt32LE(14), entry.crc);
  differ("packed size", resolved.sizes.packed, entry.packedBytes);
  differ("size", resolved.sizes.size, entry.sizeBytes);
}
