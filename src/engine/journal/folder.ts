// Makes the folder that a journal lies in, so that it is still there after a power loss: a new entry of a folder is on
// the disk once that folder was synced (fsync(2)); the file's own sync does not do it.
import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import path from "node:path";

/** Makes a folder, with those above it that are missing, and syncs every folder that got a new entry. */
export function makeLastingFolder(folder: string): void {
  const firstMade = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (firstMade === undefined) return;
  const last = path.dirname(path.resolve(firstMade));
  let at = path.resolve(folder);
  while (at !== last) {
    at = path.dirname(at);
    syncFolder(at);
  }
}

function syncFolder(folder: string): void {
  // Windows cannot open a folder, and its file system keeps entries in a journal of its own.
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
