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
  | { readonly kind: "header" }
  | { readonly kind: "data"; left: number; padding: number }
  | { readonly kind: "extended"; readonly type: string; left: number; padding: number; readonly pieces: Buffer[] }
  | { readonly kind: "padding"; left: number }
  /** After a block of zeros. */
  | { readonly kind: "closing" }
  | { readonly kind: "closed" }
  | { readonly kind: "stopped" };

/** What extended headers said about the member that follows. */
interface Pending {
  /** An extended header was read, and no member since. */
  waiting?: boolean;
  path?: string;
  linkTo?: string;
  sizeBytes?: number;
  readonly faults: string[];
}

export function createTarWalk(visitor: TarVisitor, faults: Faults): TarWalk {
  const held = Buffer.alloc(blockBytes);
  let heldBytes = 0;
  let state: State = { kind: "header" };
  let pending: Pending = { faults: [] };
  let members = 0;

  function take(bytes: Buffer): boolean {
    let at = 0;
    while (at < bytes.length && state.kind !== "stopped") at += step(bytes.subarray(at));
    return state.kind !== "stopped";
  }

  /** Uses up some of the bytes and says how many. */
  function step(bytes: Buffer): number {
    if (state.kind === "data" || state.kind === "extended" || state.kind === "padding") return stepCounted(state, bytes);
    const used = Math.min(bytes.length, blockBytes - heldBytes);
    bytes.copy(held, heldBytes, 0, used);
    heldBytes += used;
    if (heldBytes === blockBytes) {
      heldBytes = 0;
      state = onBlock(held);
    }
    return used;
  }

  function stepCounted(counted: State & { left: number }, bytes: Buffer): number {
    const piece = bytes.subarray(0, counted.left);
    if (counted.kind === "data") visitor.data(piece);
    if (counted.kind === "extended") counted.pieces.push(Buffer.from(piece));
    counted.left -= piece.length;
    if (counted.left === 0) state = afterCounted(counted);
    return piece.length;
  }

  function afterCounted(counted: State): State {
    if (counted.kind === "extended") readExtended(counted.type, Buffer.concat(counted.pieces));
    const padding = counted.kind === "data" || counted.kind === "extended" ? counted.padding : 0;
    return padding > 0 ? { kind: "padding", left: padding } : { kind: "header" };
  }

  function onBlock(block: Buffer): State {
    const read = readTarHeader(block);
    if (state.kind === "closing" || state.kind === "closed") return onBlockAfterEnd(read.kind === "zeros", state);
    if (read.kind === "zeros") return onFirstZeros();
    if (read.kind === "invalid") {
      faults.add(`Has ${read.why} after ${members} members`);
      return { kind: "stopped" };
    }
    return onHeader(read.header);
  }

  function onFirstZeros(): State {
    if (pending.waiting === true) faults.add("Has an extended header that no member follows");
    return { kind: "closing" };
  }

  function onBlockAfterEnd(isZero: boolean, now: State): State {
    if (isZero) return { kind: "closed" };
    faults.add(now.kind === "closing" ? "Has only half an end mark before further members" : "Has bytes after its end mark");
    return { kind: "stopped" };
  }

  function onHeader(header: TarHeader): State {
    const isExtended = header.type === "x" || header.type === "g" || header.type === "L" || header.type === "K";
    if (isExtended) return onExtended(header);
    const size = pending.sizeBytes ?? header.sizeBytes;
    const member = memberOf(header, pending, faults);
    pending = { faults: [] };
    members += 1;
    if (members > entriesMax) {
      faults.add(`Holds more than ${entriesMax} members`);
      return { kind: "stopped" };
    }
    visitor.member(member);
    if (member.kind !== "file" && size > 0) {
      faults.add(`${shown(member.path)} is a ${member.kind} with ${size} bytes of content, which some readers take for headers`);
      return { kind: "stopped" };
    }
    return size === 0 ? { kind: "header" } : { kind: "data", left: size, padding: paddingOf(size) };
  }

  function onExtended(header: TarHeader): State {
    if (header.sizeBytes > paxBytesMax || header.sizeBytes === 0) {
      faults.add(`Has an extended header of ${header.sizeBytes} bytes (type "${header.type}")`);
      return { kind: "stopped" };
    }
    return { kind: "extended", type: header.type, left: header.sizeBytes, padding: paddingOf(header.sizeBytes), pieces: [] };
  }

  function readExtended(type: string, bytes: Buffer): void {
    if (type === "x" || type === "g") return addPending(readPaxRecords(bytes), type);
    const name = decodeTarText(bytes);
    const nameFaults = name.fault === undefined ? [] : [name.fault];
    addPending(type === "L" ? { path: name.text, faults: nameFaults } : { linkTo: name.text, faults: nameFaults }, type);
  }

  function addPending(records: PaxRecords, type: string): void {
    for (const fault of records.faults) pending.faults.push(fault);
    pending.waiting = type !== "g";
    const named = records.path !== undefined || records.linkTo !== undefined || records.sizeBytes !== undefined;
    if (type === "g" && named) faults.add("Has a global pax header with a name or size: some readers give it to every member");
    if (records.path !== undefined && pending.path !== undefined) pending.faults.push("has two names in its extended headers");
    if (records.path !== undefined) pending.path = records.path;
    if (records.linkTo !== undefined) pending.linkTo = records.linkTo;
    if (records.sizeBytes !== undefined) pending.sizeBytes = records.sizeBytes;
  }

  function end(): void {
    if (state.kind === "stopped") return;
    if (state.kind === "closed" && heldBytes === 0) return;
    faults.add(members === 0 && state.kind === "header" ? "Is empty, or no tar file" : "Is cut short, or lacks its end mark");
  }

  return { take, end };
}

function paddingOf(sizeBytes: number): number {
  return (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
}

function memberOf(header: TarHeader, pending: Pending, faults: Faults): TarMember {
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
  if (isFolder) return { path, kind: "folder", sizeBytes };
  if (isLink) return { path, kind: "link", sizeBytes, link: { hard: header.type === "1", to: pending.linkTo ?? header.linkTo } };
  if (header.type === "0" || header.type === "7") return { path, kind: "file", sizeBytes };
  faults.add(`${shown(path)} is ${kindNames.get(header.type) ?? `of an unknown type (${JSON.stringify(header.type)})`}`);
  return { path, kind: "other", sizeBytes };
}

const kindNames = new Map([
  ["3", "a character device"],
  ["4", "a block device"],
  ["6", "a pipe"],
  ["S", "sparse"],
]);
