// Walks the bytes of a tar archive as they come and tells which members it holds. It keeps one block or one extended
// header in memory, never a member. What readers of tar archives read differently, or what a source distribution may
// not hold (devices, sparse members, links out of the tree), becomes a fault (reference/protocols §1.4 and §9.1).
import type { ArchiveMember } from "../ports.ts";
import { shown, type Faults } from "./faults.ts";
import { entriesMax, paxBytesMax } from "./limits.ts";
import { pathFault } from "./member-path.ts";
import { blockBytes, decodeTarText, readTarHeader, type TarHeader } from "./tar-header.ts";
import { readPaxRecords, type PaxRecords } from "./tar-pax.ts";

export interface TarMember extends ArchiveMember {
  readonly link?: { readonly hard: boolean; readonly to: string };
  /** Where its data begin, in bytes from the start of the tar. */
  readonly dataAt: number;
  readonly epochSeconds: number;
  /** Permission bits. */
  readonly mode: number;
}

export interface TarVisitor {
  member(member: TarMember): void;
  /** A piece of the data of the member announced last; it may be overwritten afterwards. */
  data(bytes: Buffer): void;
}

export interface TarWalk {
  /** Takes the next bytes. @returns whether more are wanted */
  take(bytes: Buffer): boolean;
  /** To be called when no more bytes come. */
  end(): void;
}

type State =
  | { readonly kind: "header" | "closing" | "closed" | "stopped" }
  | { readonly kind: "data"; left: number; readonly padding: number }
  | { readonly kind: "extended"; readonly type: string; left: number; readonly padding: number; readonly pieces: Buffer[] }
  | { readonly kind: "padding"; left: number; readonly padding: 0 };

/** States in which a known number of bytes is used up. */
type Counted = Extract<State, { left: number }>;

/** What extended headers said about the member that follows. */
interface Pending {
  /** An extended header was read, and no member since. */
  waiting?: boolean;
  path?: string;
  linkTo?: string;
  sizeBytes?: number;
  readonly faults: string[];
}

/** Everything that changes during one walk. */
interface Walking {
  readonly visitor: TarVisitor;
  readonly faults: Faults;
  /** A block of which the end has not come yet. */
  readonly held: Buffer;
  heldBytes: number;
  /** Bytes of the tar that were used up. */
  position: number;
  state: State;
  pending: Pending;
  members: number;
}

/** Begins a walk. `faults` gets what is wrong; after some of it `take` wants no more bytes. */
export function createTarWalk(visitor: TarVisitor, faults: Faults): TarWalk {
  const walking: Walking = {
    visitor,
    faults,
    held: Buffer.alloc(blockBytes),
    heldBytes: 0,
    position: 0,
    state: { kind: "header" },
    pending: { faults: [] },
    members: 0,
  };
  return {
    take(bytes) {
      let at = 0;
      while (at < bytes.length && walking.state.kind !== "stopped") at += step(walking, bytes.subarray(at));
      return walking.state.kind !== "stopped";
    },
    end: () => addEndFault(walking),
  };
}

function addEndFault({ state, heldBytes, members, faults }: Walking): void {
  if (state.kind === "stopped" || (state.kind === "closed" && heldBytes === 0)) return;
  faults.add(members === 0 && state.kind === "header" ? "Is empty, or no tar file" : "Is cut short, or lacks its end mark");
}

/** Uses up some of the bytes and says how many. */
function step(walking: Walking, bytes: Buffer): number {
  const { state, held } = walking;
  if (state.kind === "data" || state.kind === "extended" || state.kind === "padding") return stepCounted(walking, state, bytes);
  const used = Math.min(bytes.length, blockBytes - walking.heldBytes);
  bytes.copy(held, walking.heldBytes, 0, used);
  walking.heldBytes += used;
  walking.position += used;
  if (walking.heldBytes === blockBytes) {
    walking.heldBytes = 0;
    walking.state = onBlock(walking);
  }
  return used;
}

function stepCounted(walking: Walking, counted: Counted, bytes: Buffer): number {
  const piece = bytes.subarray(0, counted.left);
  walking.position += piece.length;
  if (counted.kind === "data") walking.visitor.data(piece);
  if (counted.kind === "extended") counted.pieces.push(Buffer.from(piece));
  counted.left -= piece.length;
  if (counted.left > 0) return piece.length;
  if (counted.kind === "extended") readExtended(walking, counted.type, Buffer.concat(counted.pieces));
  walking.state = counted.padding > 0 ? { kind: "padding", left: counted.padding, padding: 0 } : { kind: "header" };
  return piece.length;
}

function onBlock(walking: Walking): State {
  const { state, faults } = walking;
  const read = readTarHeader(walking.held);
  if (state.kind === "closing" || state.kind === "closed") {
    if (read.kind === "zeros") return { kind: "closed" };
    faults.add(state.kind === "closing" ? "Has only half an end mark before further members" : "Has bytes after its end mark");
    return { kind: "stopped" };
  }
  if (read.kind === "zeros") {
    if (walking.pending.waiting === true) faults.add("Has an extended header that no member follows");
    return { kind: "closing" };
  }
  if (read.kind === "header") return onHeader(walking, read.header);
  faults.add(`Has ${read.why} after ${walking.members} members`);
  return { kind: "stopped" };
}

function onHeader(walking: Walking, header: TarHeader): State {
  const { faults } = walking;
  const isExtended = header.type === "x" || header.type === "g" || header.type === "L" || header.type === "K";
  if (isExtended) return onExtended(header, faults);
  const member = memberOf(header, walking, faults);
  walking.pending = { faults: [] };
  walking.members += 1;
  if (walking.members > entriesMax) {
    faults.add(`Holds more than ${entriesMax} members`);
    return { kind: "stopped" };
  }
  walking.visitor.member(member);
  const { sizeBytes } = member;
  if (member.kind !== "file" && sizeBytes > 0) {
    faults.add(`${shown(member.path)} is a ${member.kind} with ${sizeBytes} bytes of content, which some readers take for headers`);
    return { kind: "stopped" };
  }
  return sizeBytes === 0 ? { kind: "header" } : { kind: "data", left: sizeBytes, padding: paddingOf(sizeBytes) };
}

function onExtended(header: TarHeader, faults: Faults): State {
  if (header.sizeBytes > paxBytesMax || header.sizeBytes === 0) {
    faults.add(`Has an extended header of ${header.sizeBytes} bytes (type "${header.type}")`);
    return { kind: "stopped" };
  }
  return { kind: "extended", type: header.type, left: header.sizeBytes, padding: paddingOf(header.sizeBytes), pieces: [] };
}

function readExtended(walking: Walking, type: string, bytes: Buffer): void {
  if (type === "x" || type === "g") {
    addPending(walking, readPaxRecords(bytes), type);
    return;
  }
  const name = decodeTarText(bytes);
  const faults = name.fault === undefined ? [] : [name.fault];
  addPending(walking, type === "L" ? { path: name.text, faults } : { linkTo: name.text, faults }, type);
}

function addPending(walking: Walking, records: PaxRecords, type: string): void {
  const { pending, faults } = walking;
  pending.faults.push(...records.faults);
  pending.waiting = true;
  const named = records.path !== undefined || records.linkTo !== undefined || records.sizeBytes !== undefined;
  if (type === "g" && named) faults.add("Has a global pax header with a name or size: some readers give it to every member");
  if (records.path !== undefined && pending.path !== undefined) pending.faults.push("has two names in its extended headers");
  if (records.path !== undefined) pending.path = records.path;
  if (records.linkTo !== undefined) pending.linkTo = records.linkTo;
  if (records.sizeBytes !== undefined) pending.sizeBytes = records.sizeBytes;
}

function paddingOf(sizeBytes: number): number {
  return (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
}

function memberOf(header: TarHeader, { pending, position: dataAt }: Walking, faults: Faults): TarMember {
  const raw = pending.path ?? header.path;
  const isFolder = header.type === "5" || (header.oldType && raw.endsWith("/"));
  const path = isFolder ? raw.replace(/\/+$/, "") : raw;
  const sizeBytes = pending.sizeBytes ?? header.sizeBytes;
  const isLink = header.type === "1" || header.type === "2";
  const wrongPath = pathFault(path);
  if (wrongPath !== undefined) faults.add(wrongPath);
  const own = [...pending.faults];
  if (pending.path === undefined && header.nameFault !== undefined) own.push(header.nameFault);
  if (isLink && pending.linkTo === undefined && header.linkFault !== undefined) own.push(header.linkFault);
  for (const fault of own) faults.add(`${shown(path)} ${fault}`);
  const { epochSeconds, mode } = header;
  const told = { path, sizeBytes, dataAt, epochSeconds, mode };
  if (isFolder) return { ...told, kind: "folder" };
  if (isLink) return { ...told, kind: "link", link: { hard: header.type === "1", to: pending.linkTo ?? header.linkTo } };
  if (header.type === "0" || header.type === "7") return { ...told, kind: "file" };
  faults.add(`${shown(path)} is ${kindNames.get(header.type) ?? `of an unknown type (${JSON.stringify(header.type)})`}`);
  return { ...told, kind: "other" };
}

const kindNames = new Map([
  ["3", "a character device"],
  ["4", "a block device"],
  ["6", "a pipe"],
  ["S", "sparse"],
]);
