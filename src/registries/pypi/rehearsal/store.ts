// Where a rehearsal index keeps what it took: files under their content, and one index file that is replaced as a whole
// after every change. A file that is not in the index does not exist, so a process killed at any point leaves no half
// upload: the same folder opens again with exactly what was answered for (DESIGN §7, kill grid).
import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, truncate } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SlipwayError } from "../../../domain/error.ts";
import { filePath } from "./pages.ts";
import { emptyState, stateSchema, type IndexState, type StoredFile } from "./state.ts";

export interface Store {
  /** Where uploads are written while they arrive. */
  readonly incomingFolder: string;
  readonly state: () => IndexState;
  /** Absolute path of a file's bytes. */
  pathOf(file: Pick<StoredFile, "blake2" | "name">): string;
  /** Puts received bytes at their place, durably; nothing points at them yet. */
  keep(from: string, file: Pick<StoredFile, "blake2" | "name">): Promise<void>;
  /** Writes bytes or text of its own at the place of a file (metadata, a stranger's bytes). */
  write(path: string, bytes: Buffer | string): Promise<void>;
  /**
   * Changes the state, one change at a time, and returns when it is on disk. `change` sees the newest state.
   * @returns what `change` made of it
   */
  change<T>(
    change: (
      state: IndexState,
    ) => Promise<{ readonly state: IndexState; readonly value: T }> | { readonly state: IndexState; readonly value: T },
  ): Promise<T>;
}

/** @throws SlipwayError STORAGE_FAILED when the folder cannot be used or holds something else */
export async function openStore(folder: string): Promise<Store> {
  const incomingFolder = join(folder, "incoming");
  const indexFile = join(folder, "index.json");
  await rm(incomingFolder, { recursive: true, force: true });
  await mkdir(incomingFolder, { recursive: true });
  let state = await readState(indexFile);
  let last: Promise<unknown> = Promise.resolve();
  const pathOf: Store["pathOf"] = (file) => join(folder, filePath(file));
  return {
    incomingFolder,
    state: () => state,
    pathOf,
    keep: async (from, file) => {
      const to = pathOf(file);
      await mkdir(dirname(to), { recursive: true });
      await syncFile(from);
      await rename(from, to);
    },
    write: writeDurably,
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

async function readState(indexFile: string): Promise<IndexState> {
  const text = await readFile(indexFile, "utf8").catch((cause: unknown) => {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new SlipwayError("STORAGE_FAILED", `Cannot read the rehearsal index "${indexFile}"`, { cause });
  });
  if (text === undefined) return emptyState;
  const state = JSON.parse(text) as IndexState;
  const found: string = state.schema;
  if (found !== stateSchema) {
    throw new SlipwayError(
      "STORAGE_FAILED",
      `Cannot use the rehearsal index "${indexFile}": it has the form "${found}", not "${stateSchema}"`,
      {
        hint: "Give the rehearsal an empty folder.",
      },
    );
  }
  return state;
}

/** Temporary file, sync, rename: a reader sees the old text or the new one. */
async function writeDurably(path: string, bytes: Buffer | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  const file = await open(temporary, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
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
