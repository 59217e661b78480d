// One driver per project: an exclusive lock on a database of its own, held for the life of the process. The operating
// system frees it when the process is gone, however it went; there is no pid file to go stale and no lease to wait for.
// Not for network file systems.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { LockTaken } from "./journal/journal.ts";

/**
 * @param who what the next process is told if it finds the lock held
 */
export function takeDriverLock(file: string, who: string): LockTaken {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file);
  database.exec("PRAGMA busy_timeout = 0");
  try {
    database.exec("CREATE TABLE IF NOT EXISTS holder (one INTEGER PRIMARY KEY CHECK (one = 1), who TEXT NOT NULL)");
    database.prepare("INSERT INTO holder (one, who) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET who = excluded.who").run(who);
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    return { kind: "held", by: "another process on this machine" };
  }
  return { kind: "taken", lock: { release: () => database.close() } };
}

function isBusy(error: unknown): boolean {
  const code = (error as { errcode?: number }).errcode;
  // SQLITE_BUSY and SQLITE_LOCKED, with their extended forms in the upper bits.
  return code !== undefined && [5, 6].includes(code & 0xff);
}
