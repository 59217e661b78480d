// Reads the central directory of a zip: what the archive says it holds. It exists apart from the local headers
// because installers believe this list and scanners often the other (reference/protocols §1.4).
import { isAscii } from "node:buffer";
import type { MemberStamp } from "../archive-port.ts";
import type { ArchiveMember } from "../ports.ts";
import type { ByteSource } from "./byte-source.ts";
import { shown, type Faults } from "./faults.ts";
import { directoryBytesMax, entriesMax } from "./limits.ts";
import { pathFault } from "./member-path.ts";
import { signatures, type ZipEnd } from "./zip-end.ts";
import { noExtras, readExtras, resolveSizes } from "./zip-extras.ts";

/** One member as the central directory states it. */
export interface ZipEntry extends ArchiveMember {
  /** Name as it stands in the header. */
  readonly nameBytes: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly stamp: MemberStamp;
  /** Where the local header stands in this file. */
  readonly localAt: number;
  /** Where the packed data begin; set once the local header was read, undefined when it cannot be. */
  dataAt: number | undefined;
}

export const methods = { stored: 0, deflated: 8 } as const;
export const dataDescriptorFlag = 0x0008;
const utf8Flag = 0x0800;
const encryptedFlags = 0x0001 | 0x0040 | 0x2000;
const patchedFlag = 0x0020;
const entryBytes = 46;
/** Version 6.3 of the format (APPNOTE §4.4.3); Python refuses a later one. */
const versionNeededMax = 63;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Entries in the order of the directory; stops at the first that is none. */
export async function readDirectory(source: ByteSource, end: ZipEnd & { kind: "found" }, faults: Faults): Promise<readonly ZipEntry[]> {
  const entries: ZipEntry[] = [];
  if (end.directoryBytes > directoryBytesMax) {
    faults.add(`Has a directory of ${end.directoryBytes} bytes, more than ${directoryBytesMax}`);
    return entries;
  }
  const endAt = end.directoryAt + end.directoryBytes;
  let at = end.directoryAt;
  while (at < endAt && entries.length < entriesMax) {
    const header = source.held(at, entryBytes) ?? (await source.read(at, entryBytes));
    if (header?.readUInt32LE(0) !== signatures.central) break;
    const variableBytes = header.readUInt16LE(28) + header.readUInt16LE(30) + header.readUInt16LE(32);
    const variable = source.held(at + entryBytes, variableBytes) ?? (await source.read(at + entryBytes, variableBytes));
    if (variable === undefined) break;
    entries.push(entryOf(header, variable, { prefixBytes: end.prefixBytes, faults }));
    at += entryBytes + variableBytes;
  }
  if (entries.length === entriesMax && at < endAt) faults.add(`Holds more than ${entriesMax} members`);
  else if (at !== endAt) faults.add(`Has a central directory that cannot be read after ${entries.length} members`);
  else if (entries.length !== end.entries) faults.add(`Says that it holds ${end.entries} members, and lists ${entries.length}`);
  return entries;
}

interface Around {
  readonly prefixBytes: number;
  readonly faults: Faults;
}

function entryOf(header: Buffer, variable: Buffer, around: Around): ZipEntry {
  const { faults } = around;
  const nameLength = header.readUInt16LE(28);
  const extraLength = header.readUInt16LE(30);
  const flags = header.readUInt16LE(8);
  const nameBytes = Buffer.from(variable.subarray(0, nameLength));
  const rawName = decodeName(nameBytes, flags, faults);
  const isFolder = rawName.endsWith("/");
  const path = isFolder ? rawName.slice(0, -1) : rawName;
  const extras = extraLength === 0 ? noExtras : readExtras(variable.subarray(nameLength, nameLength + extraLength));
  const resolved = resolveSizes(
    { packed: header.readUInt32LE(20), size: header.readUInt32LE(24), offset: header.readUInt32LE(42) },
    extras.zip64,
  );
  if (extras.fault !== undefined) faults.add(`${shown(path)} has ${extras.fault}`);
  if (resolved.fault !== undefined) faults.add(`${shown(path)} has ${resolved.fault}`);
  if (extras.unicodeName?.equals(nameBytes) === false) faults.add(`${shown(path)} has another name in its Unicode path extra field`);
  if (header.readUInt16LE(32) > 0) faults.add(`${shown(path)} has a comment in the central directory`);
  if (header.readUInt16LE(34) !== 0) faults.add(`${shown(path)} says that it starts on another disk`);
  if (header.readUInt16LE(6) > versionNeededMax) faults.add(`${shown(path)} needs version ${header.readUInt16LE(6)} of the zip format`);
  const kind = kindOf(header.readUInt32LE(38), isFolder);
  const method = header.readUInt16LE(10);
  const { sizes } = resolved;
  const entry: ZipEntry = {
    path,
    kind,
    sizeBytes: sizes.size,
    nameBytes,
    flags,
    method,
    crc: header.readUInt32LE(16),
    packedBytes: sizes.packed,
    stamp: { time: dosTime(header.readUInt16LE(14), header.readUInt16LE(12)), ...modeOf(header.readUInt32LE(38)) },
    localAt: (sizes.offset ?? 0) + around.prefixBytes,
    dataAt: undefined,
  };
  addEntryFaults(entry, isFolder, faults);
  return entry;
}

/** Date and time of MS-DOS, in steps of two seconds and of no zone (APPNOTE §4.4.6). */
function dosTime(date: number, time: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${(date >>> 9) + 1980}-${two((date >>> 5) & 15)}-${two(date & 31)}`;
  return `${day} ${two(time >>> 11)}:${two((time >>> 5) & 63)}:${two((time & 31) * 2)}`;
}

function modeOf(attributes: number): Pick<MemberStamp, "mode"> {
  const mode = attributes >>> 16;
  return mode === 0 ? {} : { mode: mode & 0o7777 };
}

/** Python reads a name without the UTF-8 flag as code page 437; a streaming reader may not. ASCII is the same in both. */
function decodeName(bytes: Buffer, flags: number, faults: Faults): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  try {
    const name = utf8.decode(bytes);
    if ((flags & utf8Flag) === 0) faults.add(`Name ${shown(name)} is not ASCII and not marked as UTF-8`);
    return name;
  } catch {
    const name = bytes.toString("latin1");
    faults.add(`Name ${shown(name)} is not UTF-8`);
    return name;
  }
}

const modeTypes = 0o170000;
const kindsByMode = new Map<number, ArchiveMember["kind"]>([
  [0, "file"],
  [0o100000, "file"],
  [0o040000, "folder"],
  [0o120000, "link"],
]);

/** The kind by the Unix mode in the upper half of the attributes; a name that ends with `/` is a folder to all readers. */
function kindOf(attributes: number, isFolder: boolean): ArchiveMember["kind"] {
  const byMode = kindsByMode.get((attributes >>> 16) & modeTypes) ?? "other";
  return isFolder && byMode === "file" ? "folder" : byMode;
}

function addEntryFaults(entry: ZipEntry, isFolder: boolean, faults: Faults): void {
  const fault = pathFault(entry.path);
  if (fault !== undefined) faults.add(fault);
  for (const what of whatIsWrong(entry, isFolder)) faults.add(`${shown(entry.path)} ${what}`);
}

function* whatIsWrong(entry: ZipEntry, isFolder: boolean): Generator<string, void, undefined> {
  if (entry.kind === "link") yield "is a link";
  if (entry.kind === "other") yield "is a device, pipe or socket by its mode";
  if (entry.kind === "folder" && !isFolder) yield "is a folder by its mode and a file by its name";
  if (isFolder && entry.sizeBytes > 0) yield `is a folder with ${entry.sizeBytes} bytes of content`;
  // Nobody unpacks a folder, and so nobody would see that its checksum does not hold.
  if (isFolder && entry.sizeBytes === 0 && entry.crc !== 0) yield "is a folder with the checksum of a content";
  if ((entry.flags & encryptedFlags) !== 0) yield "is encrypted";
  if ((entry.flags & patchedFlag) !== 0) yield "is patch data";
  if ((entry.flags & dataDescriptorFlag) !== 0) yield "has a data descriptor (general-purpose bit 3)";
  if (entry.method !== methods.stored && entry.method !== methods.deflated) {
    yield `is compressed with method ${entry.method}; only stored (0) and deflated (8) are read everywhere`;
  } else if (entry.method === methods.stored && entry.packedBytes !== entry.sizeBytes) {
    yield `is stored, with ${entry.packedBytes} bytes packed and ${entry.sizeBytes} unpacked`;
  }
}
