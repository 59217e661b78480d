// A wheel as an archive: opened through its central directory, held against its local headers, read member by member.
// Every operation opens the file anew, so that an archive needs no closing. Faults that only the data can show (CRC,
// size, broken compression) join the list when `digests` has run.
import { hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Archive, ArchiveOpened, ArchiveText } from "../ports.ts";
import { createByteRange } from "./byte-range.ts";
import { knowFile, withBytes, type ByteSource, type KnownFile } from "./byte-source.ts";
import { createFaults, shown, type Faults } from "./faults.ts";
import { bombBytesMin, bombRatioMax, totalBytesMax } from "./limits.ts";
import { addTreeFaults } from "./member-path.ts";
import { batches, unpackBatch } from "./member-batch.ts";
import { digestMember, unpack } from "./member-data.ts";
import { isTarHeader } from "./tar-header.ts";
import { readDirectory, type ZipEntry } from "./zip-directory.ts";
import { readZipEnd } from "./zip-end.ts";
import { placeEntries } from "./zip-locals.ts";

/** Opens a zip file. `unreadable` when no list of members can be had at all. */
export async function openZip(file: string): Promise<ArchiveOpened> {
  const known = knowFile(file);
  return withBytes(known, (source) => openFrom(source, known));
}

async function openFrom(source: ByteSource, known: KnownFile): Promise<ArchiveOpened> {
  const faults = createFaults();
  const end = await readZipEnd(source, faults);
  if (end.kind === "unreadable") return end;
  const entries = await readDirectory(source, end, faults);
  await placeEntries(source, { entries, at: end.directoryAt }, faults);
  addTreeFaults(entries, faults);
  const first = await source.read(0, 512);
  if (first !== undefined && isTarHeader(first)) faults.add("Is a zip and a tar file at once");
  const bomb = addBombFaults(entries, source.sizeBytes, faults);
  return { kind: "opened", archive: archiveOf(known, { entries, faults, bomb, digested: new Map(), kept: new Map() }) };
}

/** PyPI's rule, and our own limit on what is unpacked at all. @returns whether the data must not be unpacked */
function addBombFaults(entries: readonly ZipEntry[], sizeBytes: number, faults: Faults): boolean {
  const total = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  const bomb = total > bombBytesMin && total > bombRatioMax * sizeBytes;
  if (bomb) faults.add(`Unpacks to ${total} bytes, more than ${bombRatioMax} times its ${sizeBytes} bytes: a decompression bomb`);
  const large = total > totalBytesMax;
  if (large) faults.add(`Unpacks to ${total} bytes, more than ${totalBytesMax}`);
  return bomb || large;
}

interface Digest {
  readonly sha256: string;
  readonly sizeBytes: number;
}

interface Opened {
  readonly entries: readonly ZipEntry[];
  readonly faults: Faults;
  readonly bomb: boolean;
  /** sha256 of members by path, in base64url: of those read as texts too, so that none is unpacked twice. */
  readonly digested: Map<string, string>;
  /** Small members of a folder from which a text was asked: the next one is asked soon (METADATA, WHEEL, RECORD). */
  readonly kept: Map<string, Buffer>;
}

/** Bytes of one member that is kept for the next question, and of all that are kept at once. */
const keptMemberBytesMax = 64 * 1024;
const keptFolderBytesMax = 256 * 1024;

function archiveOf(known: KnownFile, opened: Opened): Archive {
  const { entries } = opened;
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return {
    members: entries.map(({ path, kind, sizeBytes }) => ({ path, kind, sizeBytes })),
    faults: opened.faults.list,
    async readText(path, limitBytes) {
      const entry = byPath.get(path);
      if (entry?.kind !== "file") return { kind: "absent" };
      if (entry.sizeBytes > limitBytes) return { kind: "too-large" };
      const kept = opened.kept.get(path);
      return kept === undefined ? withBytes(known, (source) => textOf(source, entry, opened)) : decodeText(kept);
    },
    async readRange(path, range) {
      const entry = byPath.get(path);
      if (entry?.kind !== "file" || opened.bomb) return undefined;
      const cut = createByteRange(range);
      const fault = await withBytes(known, (source) => unpack(source, entry, cut.take));
      return fault === undefined ? cut.bytes() : undefined;
    },
    stamps: () => new Map(entries.map(({ path, stamp }) => [path, stamp])),
    digests: () => withBytes(known, (source) => digestAll(source, opened)),
  };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

async function textOf(source: ByteSource, entry: ZipEntry, opened: Opened): Promise<ArchiveText> {
  if (!opened.bomb) await keepFolder(source, entry, opened);
  const kept = opened.kept.get(entry.path);
  if (kept !== undefined) return decodeText(kept);
  const pieces: Buffer[] = [];
  const fault = await unpack(source, entry, (bytes) => pieces.push(Buffer.from(bytes)));
  if (fault !== undefined) {
    opened.faults.add(`${shown(entry.path)} ${fault}`);
    return { kind: "absent" };
  }
  const bytes = Buffer.concat(pieces);
  opened.digested.set(entry.path, hash("sha256", bytes, "base64url"));
  return decodeText(bytes);
}

/** Unpacks a small member together with the small ones beside it, if they can be: one call instead of several. */
async function keepFolder(source: ByteSource, entry: ZipEntry, opened: Opened): Promise<void> {
  const folder = entry.path.slice(0, entry.path.lastIndexOf("/") + 1);
  const isBeside = (other: ZipEntry) => other.path.startsWith(folder) && other.path.lastIndexOf("/") === folder.length - 1;
  const beside = opened.entries.filter((other) => other.kind === "file" && other.sizeBytes <= keptMemberBytesMax && isBeside(other));
  const group = batches(beside).find((one) => one.includes(entry));
  const bytes = group?.reduce((sum, one) => sum + one.sizeBytes, 0) ?? 0;
  if (group === undefined || group.length < 2 || bytes > keptFolderBytesMax) return;
  const unpacked = await unpackBatch(source, group);
  opened.kept.clear();
  for (const [index, one] of group.entries()) {
    const content = unpacked?.[index];
    if (content === undefined) return;
    opened.kept.set(one.path, content);
    opened.digested.set(one.path, hash("sha256", content, "base64url"));
  }
}

/** Bytes as text, if they are UTF-8. A byte order mark stays. */
export function decodeText(bytes: Uint8Array): ArchiveText {
  try {
    return { kind: "text", text: utf8.decode(bytes) };
  } catch {
    return { kind: "not-utf8" };
  }
}

async function digestAll(source: ByteSource, opened: Opened): Promise<ReadonlyMap<string, Digest>> {
  const digests = new Map<string, Digest>();
  if (opened.bomb) return digests;
  await setImmediate(); // Small files are unpacked without waiting for anything: the process must get its turn.
  const files = opened.entries.filter((entry) => entry.kind === "file");
  for (const group of batches(files.filter((entry) => !opened.digested.has(entry.path)))) await digestGroup(source, group, opened);
  for (const { path, sizeBytes } of files) {
    const sha256 = opened.digested.get(path);
    if (sha256 !== undefined) digests.set(path, { sha256, sizeBytes });
  }
  return digests;
}

async function digestGroup(source: ByteSource, group: readonly ZipEntry[], opened: Opened): Promise<void> {
  const unpacked = group.length > 1 ? await unpackBatch(source, group) : undefined;
  for (const [index, entry] of group.entries()) {
    const bytes = unpacked?.[index];
    const digest = bytes === undefined ? await digestMember(source, entry) : { sha256: hash("sha256", bytes, "base64url") };
    if ("fault" in digest) opened.faults.add(`${shown(entry.path)} ${digest.fault}`);
    else opened.digested.set(entry.path, digest.sha256);
  }
}
