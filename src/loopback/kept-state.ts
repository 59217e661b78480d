// What a server of a rehearsal remembers: one immutable value, replaced as a whole on disk after every change. What is not
// in it does not exist, so a process killed at any point opens the same folder with exactly what it answered for (DESIGN
// §7, kill grid).
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { SlipwayError } from "../domain/error.ts";

export interface Change<S, T> {
  readonly state: S;
  readonly value: T;
}

export interface KeptState<S> {
  readonly state: () => S;
  /**
   * Changes the state, one change at a time, and returns when it is on disk. `change` sees the newest state.
   * @returns what `change` made of it
   */
  change<T>(change: (state: S) => Promise<Change<S, T>> | Change<S, T>): Promise<T>;
}

export interface KeptStateOptions<S> {
  /** Absolute path of the file. */
  readonly file: string;
  /** What there is before the first change; its `schema` is the only form that is read back. */
  readonly empty: S;
  /** For messages: `rehearsal index`. */
  readonly what: string;
}

/** @throws SlipwayError STORAGE_FAILED when the file cannot be used, or holds something else */
export async function openKeptState<S extends { readonly schema: string }>(options: KeptStateOptions<S>): Promise<KeptState<S>> {
  let state = await readState(options);
  let last: Promise<unknown> = Promise.resolve();
  return {
    state: () => state,
    change: (change) => {
      const before = last;
      const turn = async () => {
        await before;
        const { state: changed, value } = await change(state);
        if (changed !== state) await writeDurably(options.file, JSON.stringify(changed));
        state = changed;
        return value;
      };
      const result = turn();
      last = result.catch(() => undefined);
      return result;
    },
  };
}

async function readState<S extends { readonly schema: string }>({ file, empty, what }: KeptStateOptions<S>): Promise<S> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new SlipwayError("STORAGE_FAILED", `Cannot read the ${what} "${file}"`, { cause });
  });
  if (text === undefined) return empty;
  const state = JSON.parse(text) as S;
  if (state.schema === empty.schema) return state;
  throw new SlipwayError("STORAGE_FAILED", `Cannot use the ${what} "${file}": it has the form "${state.schema}", not "${empty.schema}"`, {
    hint: "Give the rehearsal an empty folder.",
  });
}

/** Temporary file, sync, rename: a reader sees the old bytes or the new ones. */
export async function writeDurably(path: string, bytes: Buffer | string): Promise<void> {
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

/** Puts bytes that were received elsewhere on the same disk at their place, durably. */
export async function moveDurably(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await syncFile(from);
  await rename(from, to);
}

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
