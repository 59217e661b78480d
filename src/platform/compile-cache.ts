// What Node compiled of the bundle, kept for the next process: compiling is a tenth of the time of `plan`
// (docs/reference/performance.md). Node checks each entry against the source that it was made from.
import { mkdirSync, statSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { cacheFolder } from "./state-folder.ts";

/**
 * From now on modules are taken from a folder of the user's own. Whoever can write there can make this process run what
 * they like: Node's default, a folder for temporary files, is no place for it, and one that others may write to is not
 * used. Where there is no home, or it cannot be written to, everything is compiled each time;
 * `NODE_DISABLE_COMPILE_CACHE=1` asks for that.
 */
export function keepCompiled(env: Readonly<Record<string, string | undefined>>): void {
  // The source is for those who work on it (bin/slipway.js): it changes all the time.
  if (env["SLIPWAY_FROM_SOURCE"] === "1") return;
  try {
    const folder = join(cacheFolder(env, process.platform), "compiled");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (isOwn(folder)) enableCompileCache(folder);
  } catch {
    // A release does not depend on it.
  }
}

/** Windows, where folders below a profile are their user's, has no user ids and no such modes. */
function isOwn(folder: string): boolean {
  const user = process.getuid?.();
  if (user === undefined) return true;
  const { uid, mode } = statSync(folder);
  return uid === user && (mode & 0o022) === 0;
}
