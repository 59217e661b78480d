// One driver per project: an exclusive lock on a database of its own, held for the life of the process. The operating
// system frees it when the process is gone, however it went; there is no pid file to go stale and no lease to wait for.
// Not for network file systems.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SlipwayError } from "../domain/error.ts";
import type { LockTaken } from "./journal/journal.ts";

/** Locks that this process holds: a database that nothing refers to would be closed, and the lock with it. */
const held = new Set<DatabaseSync>();

/** How long somebody who looks whether the lock is held may be in the way, in milliseconds. */
const lookMs = 300;

/**
 * @param who what the next process is told if it finds the lock held
 * @throws SlipwayError STORAGE_FAILED
 */
export function takeDriverLock(file: string, who: string): LockTaken {
  const database = openLock(file);
  try {
    database.exec(`PRAGMA busy_timeout = ${lookMs}; BEGIN EXCLUSIVE`);
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw lockError(file, error);
    return { kind: "held", by: holderOf(file) };
  }
  held.add(database);
  noteHolder(file, who);
  const release = (): void => {
    if (held.delete(database)) database.close();
  };
  return { kind: "taken", lock: { release } };
}

/** Whether some process drives now. Takes nothing, and is in nobody's way for longer than a read. @throws SlipwayError STORAGE_FAILED */
export function isDriverLockHeld(file: string): boolean {
  if (!existsSync(file)) return false;
  const database = openLock(file);
  try {
    database.exec("PRAGMA busy_timeout = 0; BEGIN; SELECT count(*) FROM sqlite_schema");
    return false;
  } catch (error) {
    if (!isBusy(error)) throw lockError(file, error);
    return true;
  } finally {
    database.close();
  }
}

function openLock(file: string): DatabaseSync {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    return new DatabaseSync(file);
  } catch (error) {
    throw lockError(file, error);
  }
}

/** Beside the lock, since nobody can read what is locked. It is for people; what counts is the lock. */
function noteHolder(file: string, who: string): void {
  try {
    writeFileSync(`${file}.holder`, who, { mode: 0o600 });
  } catch {
    // Without the note the next process is told less, and nothing else changes.
  }
}

function holderOf(file: string): string {
  try {
    return readFileSync(`${file}.holder`, "utf8").slice(0, 200) || nobody;
  } catch {
    return nobody;
  }
}

const nobody = "another process on this machine";

function lockError(file: string, cause: unknown): SlipwayError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SlipwayError("STORAGE_FAILED", `Cannot use the lock "${file}": ${reason}`, {
    cause,
    hint: `Make room in "${path.dirname(file)}" or mend its permissions, then run the same command again`,
  });
}

function isBusy(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  // SQLITE_BUSY and SQLITE_LOCKED, with their extended forms in the upper bits.
  return typeof code === "number" && [5, 6].includes(code & 0xff);
}
