// Where a rehearsal GitHub keeps what it took: bytes of assets under their id, and one index that is replaced as a whole
// after every change. What is not in the index does not exist, so that a process killed at any point opens again with what
// it answered for (DESIGN §7, kill grid).
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../../../domain/error.ts";
import { openKeptState, type KeptState } from "../../../loopback/kept-state.ts";
import { emptyState, type ForgeState } from "./state.ts";

export interface Store extends KeptState<ForgeState> {
  /** Absolute path of the bytes of an asset. */
  pathOf(asset: number): string;
}

/** @throws SlipwayError STORAGE_FAILED when the folder cannot be used or holds something else */
export async function openStore(folder: string): Promise<Store> {
  const assets = join(folder, "assets");
  await mkdir(assets, { recursive: true }).catch((cause: unknown) => {
    throw new SlipwayError("STORAGE_FAILED", `Cannot use the folder "${folder}" for a rehearsal forge`, { cause });
  });
  const kept = await openKeptState({ file: join(folder, "index.json"), empty: emptyState, what: "rehearsal forge" });
  return { ...kept, pathOf: (asset) => join(assets, String(asset)) };
}
