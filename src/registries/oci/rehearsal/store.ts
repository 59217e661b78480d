// Where a rehearsal registry keeps what it took: bytes under their digest, and one file that says what there is. Bytes that
// are not in it do not exist, so a process killed at any point leaves no half image: the same folder opens again with exactly
// what was answered for. Uploads under way are lost, as at real registries (DESIGN §7, kill grid).
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { moveDurably, openKeptState, writeDurably, type KeptState } from "../../../loopback/kept-state.ts";
import type { Digest } from "./names.ts";
import { emptyState, type RegistryState } from "./state.ts";

export interface Store extends KeptState<RegistryState> {
  /** Where uploads are written while they arrive. */
  readonly incomingFolder: string;
  /** Absolute path of the bytes of a digest. */
  pathOf(digest: Pick<Digest, "algorithm" | "hex">): string;
  /** Puts received bytes at their place, durably; nothing points at them yet. */
  keep(from: string, digest: Digest): Promise<void>;
  write(digest: Digest, bytes: Buffer): Promise<void>;
}

/** @throws SlipwayError STORAGE_FAILED when the folder cannot be used or holds something else */
export async function openStore(folder: string): Promise<Store> {
  const incomingFolder = join(folder, "incoming");
  await rm(incomingFolder, { recursive: true, force: true });
  await mkdir(incomingFolder, { recursive: true });
  const kept = await openKeptState({ file: join(folder, "registry.json"), empty: emptyState, what: "rehearsal image registry" });
  const pathOf: Store["pathOf"] = ({ algorithm, hex }) => join(folder, "content", algorithm, hex);
  return {
    ...kept,
    incomingFolder,
    pathOf,
    keep: (from, digest) => moveDurably(from, pathOf(digest)),
    write: (digest, bytes) => writeDurably(pathOf(digest), bytes),
  };
}
