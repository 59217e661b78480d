// Where a rehearsal index keeps what it took: files under their content, and one index file that is replaced as a whole
// after every change. A file that is not in the index does not exist, so a process killed at any point leaves no half
// upload: the same folder opens again with exactly what was answered for (DESIGN §7, kill grid).
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { moveDurably, openKeptState, writeDurably, type KeptState } from "../../../loopback/kept-state.ts";
import { filePath } from "./pages.ts";
import { emptyState, type IndexState, type StoredFile } from "./state.ts";

export interface Store extends KeptState<IndexState> {
  /** Where uploads are written while they arrive. */
  readonly incomingFolder: string;
  /** Absolute path of a file's bytes. */
  pathOf(file: Pick<StoredFile, "blake2" | "name">): string;
  /** Puts received bytes at their place, durably; nothing points at them yet. */
  keep(from: string, file: Pick<StoredFile, "blake2" | "name">): Promise<void>;
  /** Writes bytes or text of its own at the place of a file (metadata, a stranger's bytes). */
  write(path: string, bytes: Buffer | string): Promise<void>;
}

/** @throws SlipwayError STORAGE_FAILED when the folder cannot be used or holds something else */
export async function openStore(folder: string): Promise<Store> {
  const incomingFolder = join(folder, "incoming");
  await rm(incomingFolder, { recursive: true, force: true });
  await mkdir(incomingFolder, { recursive: true });
  const kept = await openKeptState({ file: join(folder, "index.json"), empty: emptyState, what: "rehearsal index" });
  const pathOf: Store["pathOf"] = (file) => join(folder, filePath(file));
  return { ...kept, incomingFolder, pathOf, keep: (from, file) => moveDurably(from, pathOf(file)), write: writeDurably };
}

/** Cuts a kept file to its first half, and tells what it is then. */
export async function cutInHalf(path: string): Promise<{ readonly sizeBytes: number; readonly sha256: string; readonly md5: string }> {
  const whole = await readFile(path);
  const half = whole.subarray(0, Math.floor(whole.length / 2));
  await truncate(path, half.length);
  return { sizeBytes: half.length, ...digestsOf(half) };
}

export function digestsOf(bytes: Buffer): { readonly sha256: string; readonly md5: string } {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), md5: createHash("md5").update(bytes).digest("hex") };
}
