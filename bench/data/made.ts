// Data is made once and kept: the same generator gives the same bytes, so that runs can be compared over months.
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { data } from "../places.ts";

/**
 * A folder below `.cache/bench/data`, made if it is not there yet. One that was half made is made again.
 * @param name with a number that is raised when the generator changes, `history-1`
 */
export async function made(name: string, make: (folder: string) => void | Promise<void>): Promise<string> {
  const folder = join(data, name);
  if (existsSync(folder)) return folder;
  const making = `${folder}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(dirname(making), { recursive: true });
  mkdirSync(making);
  console.error(`bench: making ${name}`);
  await make(making);
  renameSync(making, folder);
  return folder;
}

/** Numbers that look random and are the same every time (a 32-bit xorshift, Marsaglia 2003). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
