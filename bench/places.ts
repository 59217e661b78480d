// Where the bench keeps things: everything that is made or installed lies under `.cache/bench`, nothing of it in the
// repository but the report.
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");
/** Peers, data, bundles and results; may be removed at any time. */
export const scratch = join(root, ".cache", "bench");
export const data = join(scratch, "data");
export const results = join(scratch, "results");
/** The Node that runs the bench runs Slipway and every peer written for Node. */
export const node = process.execPath;

/** A program of the Python peers. */
export function python(program: string): string {
  return join(scratch, "python", "bin", program);
}

export const gitCliffProgram = join(scratch, "git-cliff", "bin", "git-cliff");

/** The file of a Node program in one of the peers' folders. */
export function npm(folder: string, ...path: readonly string[]): string {
  return join(scratch, folder, "node_modules", ...path);
}
