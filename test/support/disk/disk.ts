// A disk that forgets: what a power loss at some moment may leave behind. What was synced is there; of everything else any
// part may be, sector by sector and entry by entry (POSIX promises no more: fsync(2), open(2)).
import { dirname } from "node:path";
import type { DiskRecord } from "./recorder.ts";

const sectorBytes = 512;

type Content = Extract<DiskRecord, { kind: "write" | "truncate" }>;
type Entry = Extract<DiskRecord, { kind: "create" | "mkdir" | "unlink" }>;

/** A file as it was made once; a file of the same name that is made later is another one. */
interface Inode {
  lasting: Uint8Array;
  pending: Content[];
}

interface PendingEntry {
  readonly entry: Entry;
  readonly inode: Inode | undefined;
}

export interface Disk {
  apply(record: DiskRecord): void;
  /**
   * Files with their bytes as they may be after a power loss now.
   * @param survives asked for each piece that was not synced, in order
   */
  image(survives: () => boolean): ReadonlyMap<string, Uint8Array>;
}

export function createDisk(): Disk {
  const inodes = new Map<string, Inode>();
  const lasting = new Map<string, Inode | "folder">();
  const pending = new Map<string, PendingEntry[]>();
  /** Folders that were made since it is recorded, whether their entries last or not. */
  const made = new Set<string>();

  function addEntry(entry: Entry): void {
    const inode = entry.kind === "create" ? { lasting: new Uint8Array(), pending: [] } : undefined;
    if (inode !== undefined) inodes.set(entry.path, inode);
    if (entry.kind === "mkdir") made.add(entry.path);
    const folder = dirname(entry.path);
    pending.set(folder, [...(pending.get(folder) ?? []), { entry, inode }]);
  }

  function settle(entries: Map<string, Inode | "folder">, { entry, inode }: PendingEntry): void {
    if (entry.kind === "unlink") entries.delete(entry.path);
    else entries.set(entry.path, inode ?? "folder");
  }

  return {
    apply(record) {
      switch (record.kind) {
        case "create":
        case "mkdir":
        case "unlink":
          return addEntry(record);
        case "write":
        case "truncate":
          return void inodes.get(record.path)?.pending.push(record);
        case "sync": {
          for (const one of pending.get(record.path) ?? []) settle(lasting, one);
          pending.delete(record.path);
          const inode = inodes.get(record.path);
          if (inode === undefined) return;
          inode.lasting = contentOf(inode, () => true);
          inode.pending = [];
          return;
        }
        case "said":
      }
    },
    image(survives) {
      const entries = new Map(lasting);
      for (const ones of pending.values()) for (const one of ones) if (survives()) settle(entries, one);
      const files = new Map<string, Uint8Array>();
      for (const [path, found] of entries) {
        if (found !== "folder" && isReachable(entries, path)) files.set(path, contentOf(found, survives));
      }
      return files;
    },
  };

  /** All folders above are there, up to those that nothing is known of: they were there before. */
  function isReachable(entries: ReadonlyMap<string, Inode | "folder">, path: string): boolean {
    const folder = dirname(path);
    if (folder === path || !made.has(folder)) return true;
    return entries.get(folder) === "folder" && isReachable(entries, folder);
  }
}

function contentOf(inode: Inode, survives: () => boolean): Uint8Array {
  const { lasting, pending } = inode;
  if (pending.length === 0) return lasting;
  const end = (one: Content): number => (one.kind === "write" ? one.offset + one.bytes.length : one.length);
  const bytes = new Uint8Array(pending.reduce((most, one) => Math.max(most, end(one)), lasting.length));
  bytes.set(lasting);
  let length = lasting.length;
  for (const one of pending) {
    if (one.kind === "truncate") {
      if (!survives()) continue;
      if (one.length < length) bytes.fill(0, one.length, length);
      length = one.length;
      continue;
    }
    for (let at = 0; at < one.bytes.length;) {
      const offset = one.offset + at;
      const size = Math.min(sectorBytes - (offset % sectorBytes), one.bytes.length - at);
      if (survives()) {
        bytes.set(one.bytes.subarray(at, at + size), offset);
        length = Math.max(length, offset + size);
      }
      at += size;
    }
  }
  return bytes.subarray(0, length);
}
