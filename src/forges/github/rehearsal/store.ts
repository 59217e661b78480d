// Where a rehearsal GitHub keeps what it took: bytes of assets under their id, and one index that is replaced as a whole
// after every change. What is not in the index does not exist, so that a process killed at any point opens again with what
// it answered for (DESIGN §7, kill grid).
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../../../domain/error.ts";
import { emptyState, stateSchema, type ForgeState } from "./state.ts";

export interface Change<T> {
  readonly state: ForgeState;
  readonly value: T;
}

export interface Store {
  readonly state: () => ForgeState;
  /** Absolute path of the bytes of an asset. */
  pathOf(asset: number): string;
  /**
   * Changes the state, one change at a time, and returns when it is on disk. `change` sees the newest state.
   * @returns what `change` made of it
   */
  change<T>(change: (state: ForgeState) => Promise<Change<T>> | Change<T>): Promise<T>;
}

/** @throws SlipwayError STORAGE_FAILED when the folder cannot be used or holds something else */
export async function openStore(folder: string): Promise<Store> {
  const assets = join(folder, "assets");
  const indexFile = join(folder, "index.json");
  await mkdir(assets, { recursive: true }).catch((cause: unknown) => {
    throw new SlipwayError("STORAGE_FAILED", `Cannot use the folder "${folder}" for a rehearsal forge`, { cause });
  });
  let state = await readState(indexFile);
  let last: Promise<unknown> = Promise.resolve();
  return {
    state: () => state,
    pathOf: (asset) => join(assets, String(asset)),
    change: (change) => {
      const before = last;
      const turn = async () => {
        await before;
        const { state: changed, value } = await change(state);
        if (changed !== state) await writeDurably(indexFile, JSON.stringify(changed));
        state = changed;
        return value;
      };
      const result = turn();
      last = result.catch(() => undefined);
      return result;
    },
  };
}

async function readState(indexFile: string): Promise<ForgeState> {
  const text = await readFile(indexFile, "utf8").catch((cause: unknown) => {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new SlipwayError("STORAGE_FAILED", `Cannot read the rehearsal forge "${indexFile}"`, { cause });
  });
  if (text === undefined) return emptyState;
  const state = JSON.parse(text) as ForgeState;
  const found: string = state.schema;
  if (found === stateSchema) return state;
  throw new SlipwayError(
    "STORAGE_FAILED",
    `Cannot use the rehearsal forge "${indexFile}": it has the form "${found}", not "${stateSchema}"`,
    {
      hint: "Give the rehearsal an empty folder.",
    },
  );
}

/** Temporary file, sync, rename: a reader sees the old text or the new one. */
async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, "w");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
