// The journal's tables, as a list that is only ever added to: a journal of any released version opens.
import type { DatabaseSync } from "node:sqlite";
import { SlipwayError } from "../../domain/error.ts";

const migrations: readonly string[] = [
  `CREATE TABLE records (
     run TEXT NOT NULL, seq INTEGER NOT NULL, atMs INTEGER NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL,
     PRIMARY KEY (run, seq)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE runs (
     run TEXT PRIMARY KEY, openedAtMs INTEGER NOT NULL, title TEXT NOT NULL, closed INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE inbox (
     id TEXT PRIMARY KEY, run TEXT NOT NULL, atMs INTEGER NOT NULL, body TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX inboxByRun ON inbox (run, atMs);`,
];

/**
 * Brings a database to the newest form, one transaction a step.
 * @throws SlipwayError JOURNAL_NEWER when a newer Slipway wrote it
 */
export function migrate(database: DatabaseSync): void {
  if (versionOf(database) === migrations.length) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    const version = versionOf(database);
    if (version > migrations.length) {
      throw new SlipwayError(
        "JOURNAL_NEWER",
        `Cannot open the journal: its form is ${version}, and this Slipway knows ${migrations.length}`,
      );
    }
    for (const statements of migrations.slice(version)) database.exec(statements);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function versionOf(database: DatabaseSync): number {
  const row = database.prepare("PRAGMA user_version").get() as { user_version: number };
  return row.user_version;
}
