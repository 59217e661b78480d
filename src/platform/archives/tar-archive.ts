// A source distribution as an archive: one pass lists it, and keeps the small texts near its top, because those are
// what is asked for next (PKG-INFO, pyproject.toml). Anything else takes another pass. Nothing is unpacked to disk.
import { createHash, type Hash } from "node:crypto";
import type { MemberStamp } from "../archive-port.ts";
import type { Archive, ArchiveOpened, ArchiveText } from "../ports.ts";
import { createByteRange } from "./byte-range.ts";
import { knowFile, withBytes, type ByteSource, type KnownFile } from "./byte-source.ts";
import { createFaults, type Faults } from "./faults.ts";
import { gunzip } from "./gunzip.ts";
import { atOnceBytesMax } from "./limits.ts";
import { addTreeFaults } from "./member-path.ts";
import { addLinkFaults } from "./tar-links.ts";
import { createTarWalk, type TarMember, type TarVisitor } from "./tar-walk.ts";
import { decodeText } from "./zip-archive.ts";
import { readZipEnd, signatures } from "./zip-end.ts";

/** Texts kept from the first pass, together at most. */
const keptTextsBytesMax = 4 * atOnceBytesMax;

/** Opens a tar.gz file. `unreadable` when it is no gzip file. */
export async function openTarGz(file: string): Promise<ArchiveOpened> {
  const known = knowFile(file);
  return withBytes(known, (source) => openFrom(source, known));
}

async function openFrom(source: ByteSource, known: KnownFile): Promise<ArchiveOpened> {
  const faults = createFaults();
  const members: TarMember[] = [];
  const keeper = createKeeper();
  const visitor: TarVisitor = {
    member(member) {
      members.push(member);
      keeper.member(member);
    },
    data: (bytes) => keeper.data(bytes),
  };
  if (!(await walk(source, visitor, faults))) return { kind: "unreadable", why: "is not a gzip file" };
  addTreeFaults(members, faults);
  addLinkFaults(members, faults);
  if (await isZip(source)) faults.add("Is a tar and a zip file at once");
  return { kind: "opened", archive: archiveOf(known, { members, faults, kept: keeper.kept }) };
}

/** Whether Python's zipfile would take the file for a zip: an end record that leads to a directory, or to none. */
async function isZip(source: ByteSource): Promise<boolean> {
  const end = await readZipEnd(source, createFaults());
  if (end.kind === "unreadable") return false;
  if (end.directoryBytes === 0) return end.entries === 0;
  const first = await source.read(end.directoryAt, 4);
  return first?.readUInt32LE(0) === signatures.central;
}

async function walk(source: ByteSource, visitor: TarVisitor, faults: Faults): Promise<boolean> {
  const tar = createTarWalk(visitor, faults);
  const isGzip = await gunzip(source, (bytes) => tar.take(bytes), faults);
  tar.end();
  return isGzip;
}

interface Opened {
  readonly members: readonly TarMember[];
  readonly faults: Faults;
  readonly kept: ReadonlyMap<string, Buffer>;
}

function archiveOf(known: KnownFile, opened: Opened): Archive {
  const byPath = new Map(opened.members.map((member) => [member.path, member]));
  return {
    members: opened.members.map(({ path, kind, sizeBytes }) => ({ path, kind, sizeBytes })),
    faults: opened.faults.list,
    async readText(path, limitBytes) {
      const member = byPath.get(path);
      if (member?.kind !== "file") return { kind: "absent" };
      if (member.sizeBytes > limitBytes) return { kind: "too-large" };
      const kept = opened.kept.get(path);
      return kept === undefined ? withBytes(known, (source) => readOne(source, member)) : decodeText(kept);
    },
    async readRange(path, range) {
      const member = byPath.get(path);
      if (member?.kind !== "file") return undefined;
      const cut = createByteRange(range);
      return (await withBytes(known, (source) => passOver(source, member, cut.take))) ? cut.bytes() : undefined;
    },
    stamps: () => new Map(opened.members.map((member) => [member.path, stampOf(member)])),
    digests: () => withBytes(known, digestAll),
  };
}

/** A time that is none of this world is shown as the number that it is. */
function stampOf({ epochSeconds, mode }: TarMember): MemberStamp {
  const isTime = epochSeconds <= latestEpochSeconds;
  return { time: isTime ? `${new Date(epochSeconds * 1000).toISOString().slice(0, 19)}Z` : String(epochSeconds), mode };
}

/** The end of the year 9999. */
const latestEpochSeconds = 253_402_300_799;

/** Keeps the data of small members right under the top folder. */
function createKeeper() {
  const kept = new Map<string, Buffer>();
  let room = keptTextsBytesMax;
  let open: { readonly pieces: Buffer[]; readonly path: string; left: number } | undefined;
  return {
    kept,
    member(member: TarMember): void {
      const isNearTop = member.path.indexOf("/") === member.path.lastIndexOf("/");
      const wanted = member.kind === "file" && isNearTop && member.sizeBytes <= Math.min(room, atOnceBytesMax) && !kept.has(member.path);
      open = wanted ? { pieces: [], path: member.path, left: member.sizeBytes } : undefined;
      if (open !== undefined && open.left === 0) kept.set(open.path, Buffer.alloc(0));
    },
    data(bytes: Buffer): void {
      if (open === undefined) return;
      open.pieces.push(Buffer.from(bytes));
      open.left -= bytes.length;
      if (open.left > 0) return;
      const whole = Buffer.concat(open.pieces);
      room -= whole.length;
      kept.set(open.path, whole);
    },
  };
}

/** The text of one member, by another pass. The first member of that name counts; a second one is a fault already. */
async function readOne(source: ByteSource, wanted: TarMember): Promise<ArchiveText> {
  const pieces: Buffer[] = [];
  const isWhole = await passOver(source, wanted, (bytes) => pieces.push(Buffer.from(bytes)));
  return isWhole ? decodeText(Buffer.concat(pieces)) : { kind: "absent" };
}

/** Hands out the data of one member; a piece may be overwritten afterwards. @returns whether all of it was there */
async function passOver(source: ByteSource, wanted: TarMember, take: (bytes: Buffer) => void): Promise<boolean> {
  let inside = false;
  let left = wanted.sizeBytes;
  const visitor: TarVisitor = {
    member(member) {
      inside = member.path === wanted.path && member.kind === "file" && left === wanted.sizeBytes;
    },
    data(bytes) {
      if (!inside || left <= 0) return;
      take(bytes.subarray(0, left));
      left -= bytes.length;
    },
  };
  await walk(source, visitor, createFaults());
  return left <= 0;
}

async function digestAll(source: ByteSource): Promise<ReadonlyMap<string, { readonly sha256: string; readonly sizeBytes: number }>> {
  const digests = new Map<string, { readonly sha256: string; readonly sizeBytes: number }>();
  let open: { readonly hash: Hash; readonly member: TarMember; left: number } | undefined;
  const close = () => {
    if (open?.left === 0) digests.set(open.member.path, { sha256: open.hash.digest("base64url"), sizeBytes: open.member.sizeBytes });
    open = undefined;
  };
  const visitor: TarVisitor = {
    member(member) {
      close();
      if (member.kind === "file") open = { hash: createHash("sha256"), member, left: member.sizeBytes };
    },
    data(bytes) {
      if (open === undefined) return;
      open.hash.update(bytes);
      open.left -= bytes.length;
    },
  };
  await walk(source, visitor, createFaults());
  close();
  return digests;
}
