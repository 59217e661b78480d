// The journal on disk: Node's own SQLite in WAL mode with `synchronous=FULL`, so that a commit that returned is on the
// disk (ADR 0007). One file holds the runs of one project; records are only ever added.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { SlipwayError } from "../../domain/error.ts";
import type { Fact, Recorded } from "../../domain/run/fact.ts";
import type { CrashPoints } from "../../platform/ports.ts";
import { decode, encode, type Row } from "./codec.ts";
import type { Ask, AskRow, Journal } from "./journal.ts";
import { migrate } from "./migrations.ts";

interface Statements {
  readonly last: StatementSync;
  readonly insert: StatementSync;
  readonly insertRun: StatementSync;
  readonly closeRun: StatementSync;
  readonly readAfter: StatementSync;
  readonly runs: StatementSync;
  readonly ask: StatementSync;
  readonly asks: StatementSync;
  readonly answered: StatementSync;
}

/**
 * Opens (and makes, if need be) the journal file.
 * @throws SlipwayError STORAGE_FAILED, JOURNAL_NEWER
 */
export function openSqliteJournal(file: string, crashPoints: CrashPoints): Journal {
  const database = storing(file, () => openDatabase(file));
  const statements = prepare(database);
  const readAfter = (run: string, seq: number): readonly Recorded[] =>
    (statements.readAfter.all(run, seq) as unknown as Row[]).map((row) => decode(run, row));
  return {
    append: (run, facts, options) =>
      storing(file, () => appendFacts({ database, statements, crashPoints }, { run, facts, ...options })),
    read: (run) => readAfter(run, 0),
    readAfter,
    runs: (limit) =>
      (statements.runs.all(limit) as unknown as { run: string; openedAtMs: number; title: string; closed: number }[]).map((row) => ({
        ...row,
        closed: row.closed === 1,
      })),
    ask: (run, row) => storing(file, () => void statements.ask.run(row.id, run, row.atMs, JSON.stringify(row.ask))),
    asks: (run) => (statements.asks.all(run) as unknown as { id: string; atMs: number; body: string }[]).map(readAsk),
    close: () => database.close(),
  };
}

function openDatabase(file: string): DatabaseSync {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file);
  // Another process may be appending an ask or reading: wait for it rather than fail.
  database.exec("PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
  migrate(database);
  return database;
}

function prepare(database: DatabaseSync): Statements {
  return {
    last: database.prepare("SELECT coalesce(max(seq), 0) AS seq FROM records WHERE run = ?"),
    insert: database.prepare("INSERT INTO records (run, seq, atMs, body, checksum) VALUES (?, ?, ?, ?, ?)"),
    insertRun: database.prepare("INSERT INTO runs (run, openedAtMs, title, closed) VALUES (?, ?, ?, 0)"),
    closeRun: database.prepare("UPDATE runs SET closed = 1 WHERE run = ?"),
    readAfter: database.prepare("SELECT seq, atMs, body, checksum FROM records WHERE run = ? AND seq > ? ORDER BY seq"),
    runs: database.prepare("SELECT run, openedAtMs, title, closed FROM runs ORDER BY openedAtMs DESC, run DESC LIMIT ?"),
    ask: database.prepare("INSERT OR IGNORE INTO inbox (id, run, atMs, body) VALUES (?, ?, ?, ?)"),
    asks: database.prepare("SELECT id, atMs, body FROM inbox WHERE run = ? ORDER BY atMs, id"),
    answered: database.prepare("DELETE FROM inbox WHERE id = ?"),
  };
}

interface Store {
  readonly database: DatabaseSync;
  readonly statements: Statements;
  readonly crashPoints: CrashPoints;
}

interface Entry {
  readonly run: string;
  readonly facts: readonly Fact[];
  readonly atMs: number;
  readonly answered: readonly string[];
}

/** Writes all facts or none, and returns only when they are on the disk. */
function appendFacts(store: Store, entry: Entry): readonly Recorded[] {
  const { database, statements, crashPoints } = store;
  const name = entry.facts.map((fact) => fact.kind).join("+") || "asks";
  crashPoints.reach(`journal/${name}/before`);
  database.exec("BEGIN IMMEDIATE");
  try {
    const { seq } = statements.last.get(entry.run) as { seq: number };
    const rows = entry.facts.map((fact, index) => encode(entry.run, seq + 1 + index, { atMs: entry.atMs, fact }));
    entry.facts.forEach((fact) => noteRun(statements, entry, fact));
    for (const row of rows) statements.insert.run(entry.run, row.seq, row.atMs, row.body, row.checksum);
    for (const id of entry.answered) statements.answered.run(id);
    crashPoints.reach(`journal/${name}/written`);
    database.exec("COMMIT");
    crashPoints.reach(`journal/${name}/after`);
    return rows.map((row, index) => ({ seq: row.seq, atMs: row.atMs, fact: entry.facts[index] as Fact }));
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** The list of runs is kept beside the records, in the same transaction; it can be made again from them. */
function noteRun(statements: Statements, entry: Entry, fact: Fact): void {
  if (fact.kind === "run-opened") statements.insertRun.run(entry.run, entry.atMs, fact.plan.release.title);
  if (fact.kind === "run-closed") statements.closeRun.run(entry.run);
}

function readAsk(row: { id: string; atMs: number; body: string }): AskRow {
  return { id: row.id, atMs: row.atMs, ask: JSON.parse(row.body) as Ask };
}

/** Names the folder and what to do when the disk is full, read only or not ours. */
function storing<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SlipwayError("STORAGE_FAILED", `Cannot write the journal "${file}": ${reason}`, {
      cause: error,
      hint: `Make room in "${path.dirname(file)}" or mend its permissions, then run the same command again`,
    });
  }
}
