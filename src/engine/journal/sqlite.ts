// The journal on disk: Node's own SQLite in WAL mode with `synchronous=FULL`, so that a commit that returned is on the
// disk (ADR 0007). One file holds the runs of one project; records are only ever added.
import path from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { SlipwayError } from "../../domain/error.ts";
import type { Fact, Recorded } from "../../domain/run/fact.ts";
import type { CrashPoints } from "../../platform/ports.ts";
import { decodeAll, encode, readBack, type Row } from "./codec.ts";
import { makeLastingFolder } from "./folder.ts";
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
 * @throws SlipwayError STORAGE_FAILED, JOURNAL_NEWER, JOURNAL_DAMAGED
 */
export function openSqliteJournal(file: string, crashPoints: CrashPoints): Journal {
  const { database, statements } = storing(file, () => openDatabase(file));
  const readAfter = (run: string, seq: number): readonly Recorded[] =>
    storing(file, () => decodeAll(run, statements.readAfter.all(run, seq) as unknown as Row[], seq));
  const store: Store = { database, statements, crashPoints, file, group: undefined };
  return {
    append: (run, facts, options) => storing(file, () => appendFacts(store, { run, facts, ...options })),
    together: (act) => together(store, act),
    read: (run) => readAfter(run, 0),
    readAfter,
    runs: (limit) =>
      storing(file, () => (statements.runs.all(limit) as unknown as RunRow[]).map((row) => ({ ...row, closed: row.closed === 1 }))),
    ask: (run, row) => storing(file, () => void statements.ask.run(row.id, run, row.atMs, JSON.stringify(row.ask))),
    asks: (run) => storing(file, () => (statements.asks.all(run) as unknown as InboxRow[]).map(readAsk)),
    close: () => database.close(),
  };
}

interface RunRow {
  readonly run: string;
  readonly openedAtMs: number;
  readonly title: string;
  readonly closed: number;
}

interface InboxRow {
  readonly id: string;
  readonly atMs: number;
  readonly body: string;
}

function openDatabase(file: string): { readonly database: DatabaseSync; readonly statements: Statements } {
  makeLastingFolder(path.dirname(file));
  const database = new DatabaseSync(file);
  try {
    // Another process may be appending an ask or reading: wait for it rather than fail. `fullfsync` is for macOS, where
    // a plain fsync may end in the disk's own cache.
    database.exec(
      "PRAGMA busy_timeout = 10000; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA journal_mode = WAL",
    );
    migrate(database);
    return { database, statements: prepare(database) };
  } catch (error) {
    database.close();
    throw error;
  }
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
  readonly file: string;
  /** Names of the appends that wait to be made durable together; undefined: each is by itself. */
  group: string[] | undefined;
}

interface Entry {
  readonly run: string;
  readonly facts: readonly Fact[];
  readonly atMs: number;
  readonly answered: readonly string[];
}

/** Writes all facts or none, and returns only when they are on the disk, or within `together` when they are written. */
function appendFacts(store: Store, entry: Entry): readonly Recorded[] {
  const { database, crashPoints, group } = store;
  const name = entry.facts.map((fact) => fact.kind).join("+") || "asks";
  crashPoints.reach(`journal/${name}/before`);
  if (!database.isTransaction) database.exec("BEGIN IMMEDIATE");
  try {
    const rows = insertFacts(store.statements, entry);
    crashPoints.reach(`journal/${name}/written`);
    if (group === undefined) {
      database.exec("COMMIT");
      crashPoints.reach(`journal/${name}/after`);
    } else group.push(name);
    // The run goes on from what was written down, not from what it was written from.
    return rows.map(readBack);
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function insertFacts(statements: Statements, entry: Entry): readonly Row[] {
  const { seq } = statements.last.get(entry.run) as { seq: number };
  const rows = entry.facts.map((fact, index) => encode(entry.run, seq + 1 + index, { atMs: entry.atMs, fact }));
  entry.facts.forEach((fact) => noteRun(statements, entry, fact));
  for (const row of rows) statements.insert.run(entry.run, row.seq, row.atMs, row.body, row.checksum);
  for (const id of entry.answered) statements.answered.run(id);
  return rows;
}

/** One transaction for all that is appended within; begun by the first append, so that nothing is synced for nothing. */
function together<T>(store: Store, act: () => T): T {
  if (store.group !== undefined) return act();
  const group: string[] = [];
  store.group = group;
  try {
    const result = act();
    if (store.database.isTransaction) storing(store.file, () => store.database.exec("COMMIT"));
    for (const name of group) store.crashPoints.reach(`journal/${name}/after`);
    return result;
  } catch (error) {
    rollBack(store.database);
    throw error;
  } finally {
    store.group = undefined;
  }
}

function rollBack(database: DatabaseSync): void {
  if (database.isTransaction) database.exec("ROLLBACK");
}

/** The list of runs is kept beside the records, in the same transaction; it can be made again from them. */
function noteRun(statements: Statements, entry: Entry, fact: Fact): void {
  if (fact.kind === "run-opened") statements.insertRun.run(entry.run, entry.atMs, fact.plan.release.title);
  if (fact.kind === "run-closed") statements.closeRun.run(entry.run);
}

function readAsk(row: InboxRow): AskRow {
  return { id: row.id, atMs: row.atMs, ask: JSON.parse(row.body) as Ask };
}

/** Names the folder and what to do when the disk is full, read only or not ours, and when the file is no journal any more. */
function storing<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    if (isDamage(error)) {
      throw new SlipwayError("JOURNAL_DAMAGED", `Cannot read the journal "${file}": ${reason}`, {
        cause: error,
        hint: "Keep the state folder as it is and look at the registries with `slipway verify`",
      });
    }
    throw new SlipwayError("STORAGE_FAILED", `Cannot use the journal "${file}": ${reason}`, {
      cause: error,
      hint: `Make room in "${path.dirname(file)}" or mend its permissions, then run the same command again`,
    });
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, with their extended forms in the upper bits (sqlite.org/rescode.html). */
function isDamage(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" && [11, 26].includes(code & 0xff);
}
