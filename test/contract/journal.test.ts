// The journal contract, run by every implementation, and what only the one on disk can show: damage, other versions,
// several connections and processes, full disks and folders that cannot be written.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test, type TestContext } from "node:test";
import { createMemoryJournal } from "../../src/engine/journal/memory.ts";
import type { Journal } from "../../src/engine/journal/journal.ts";
import { openSqliteJournal } from "../../src/engine/journal/sqlite.ts";
import { ann, done, started } from "../support/runs.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { isError, journalSuite, openedFact } from "./journal-suite.ts";

const noCrash = { reach: () => {} };
const at = (atMs: number, answered: readonly string[] = []) => ({ atMs, answered });

function openAt(t: TestContext, file: string): Journal {
  const journal = openSqliteJournal(file, noCrash);
  t.after(() => journal.close());
  return journal;
}

journalSuite({
  name: "memory",
  open: () => createMemoryJournal(),
});

const broken = new WeakMap<Journal, () => void>();

journalSuite({
  name: "SQLite",
  open(t) {
    let isBroken = false;
    const reach = (point: string): void => {
      if (isBroken && point.endsWith("/written")) throw new Error("disk I/O error");
    };
    const journal = openSqliteJournal(join(temporaryFolder(t), "state", "journal.db"), { reach });
    t.after(() => journal.close());
    broken.set(journal, () => (isBroken = true));
    return journal;
  },
  break: (journal) => broken.get(journal)?.(),
});

describe("journal on disk", () => {
  test("what was appended is there for another connection, and after closing", (t) => {
    const file = join(temporaryFolder(t), "a", "b", "journal.db");
    const one = openSqliteJournal(file, noCrash);
    const other = openAt(t, file);
    one.append("R1", [openedFact()], at(1));

    assert.equal(other.read("R1").length, 1);
    other.ask("R1", { id: "A", atMs: 2, ask: { kind: "cancel", by: ann } });
    assert.deepEqual(
      one.asks("R1").map((row) => row.id),
      ["A"],
    );
    one.append("R1", [{ kind: "cancel-asked", by: ann }], at(3, ["A"]));
    one.close();

    assert.deepEqual(other.asks("R1"), []);
    assert.equal(openAt(t, file).read("R1").length, 2);
  });

  test("another connection sees nothing of a group before it is whole, and is not kept from reading", (t) => {
    const file = join(temporaryFolder(t), "journal.db");
    const [one, other] = [openAt(t, file), openAt(t, file)];
    one.append("R1", [openedFact()], at(1));

    one.together(() => {
      one.append("R1", [started("build")], at(2));
      assert.equal(other.read("R1").length, 1);
      one.append("R1", [done("build")], at(3));
      assert.equal(other.read("R1").length, 1);
    });

    assert.equal(other.read("R1").length, 3);
  });

  test("two connections that append in turns leave no gap", (t) => {
    const file = join(temporaryFolder(t), "journal.db");
    const [one, other] = [openAt(t, file), openAt(t, file)];
    one.append("R1", [openedFact()], at(1));
    for (let index = 0; index < 20; index += 1) (index % 2 === 0 ? one : other).append("R1", [started("build")], at(index + 2));

    assert.deepEqual(
      one.read("R1").map(({ seq }) => seq),
      Array.from({ length: 21 }, (_, index) => index + 1),
    );
  });

  test("a change of any byte of a record is JOURNAL_DAMAGED", (t) => {
    const file = join(temporaryFolder(t), "journal.db");
    const journal = openAt(t, file);
    journal.append("R1", [openedFact(), { kind: "step-failed", step: "build", code: "STEP_FAILED", message: "käputt" }], at(1));
    const raw = new DatabaseSync(file);
    t.after(() => raw.close());
    const { body } = raw.prepare("SELECT CAST(body AS BLOB) AS body FROM records WHERE seq = 2").get() as { body: Uint8Array };
    const write = raw.prepare("UPDATE records SET body = CAST(? AS TEXT) WHERE seq = 2");

    for (let index = 0; index < body.length; index += 1) {
      for (const mask of [0x01, 0x80]) {
        const changed = Uint8Array.from(body);
        changed[index] = (changed[index] ?? 0) ^ mask;
        write.run(changed);
        assert.throws(() => journal.read("R1"), isError("JOURNAL_DAMAGED"), `byte ${index}, mask ${mask}`);
      }
    }
    write.run(body);
    assert.equal(journal.read("R1").length, 2);
  });

  test("a changed time or checksum, and a record moved to another run, are JOURNAL_DAMAGED", (t) => {
    const changes = ["UPDATE records SET atMs = atMs + 1 WHERE seq = 2", "UPDATE records SET checksum = checksum + 1 WHERE seq = 2"];
    for (const change of [...changes, "UPDATE records SET run = 'R1' WHERE run = 'R2' AND seq = 2"]) {
      const file = join(temporaryFolder(t), "journal.db");
      const journal = openAt(t, file);
      journal.append("R1", change.includes("R2") ? [openedFact()] : [openedFact(), started("build")], at(1));
      journal.append("R2", [openedFact(), started("build")], at(1));
      const raw = new DatabaseSync(file);
      raw.exec(change);
      raw.close();

      assert.throws(() => journal.read("R1"), isError("JOURNAL_DAMAGED"), change);
    }
  });

  test("a record that is missing in the middle is JOURNAL_DAMAGED", (t) => {
    const file = join(temporaryFolder(t), "journal.db");
    const journal = openAt(t, file);
    journal.append("R1", [openedFact(), started("build"), done("build")], at(1));
    const raw = new DatabaseSync(file);
    raw.exec("DELETE FROM records WHERE seq = 2");
    raw.close();

    assert.throws(() => journal.read("R1"), isError("JOURNAL_DAMAGED"));
    assert.throws(() => journal.readAfter("R1", 1), isError("JOURNAL_DAMAGED"));
  });

  test("a file that is no database, and one with torn pages, are JOURNAL_DAMAGED", (t) => {
    const folder = temporaryFolder(t);
    const text = join(folder, "text.db");
    writeFileSync(text, "this was a journal once\n".repeat(400));
    assert.throws(() => openSqliteJournal(text, noCrash), isError("JOURNAL_DAMAGED"));

    const torn = join(folder, "torn.db");
    const journal = openSqliteJournal(torn, noCrash);
    journal.append("R1", [openedFact(), ...Array.from({ length: 400 }, () => started("build"))], at(1));
    journal.close();
    const bytes = readFileSync(torn);
    bytes.fill(0xff, 4096);
    writeFileSync(torn, bytes);
    assert.throws(() => {
      const again = openAt(t, torn);
      again.read("R1");
    }, isError("JOURNAL_DAMAGED"));
  });

  test("a journal of a newer Slipway is refused and left as it is", (t) => {
    const file = join(temporaryFolder(t), "journal.db");
    openSqliteJournal(file, noCrash).close();
    const raw = new DatabaseSync(file);
    raw.exec("PRAGMA user_version = 99; CREATE TABLE later (x TEXT)");
    raw.close();

    assert.throws(() => openSqliteJournal(file, noCrash), isError("JOURNAL_NEWER"));

    const look = new DatabaseSync(file);
    assert.deepEqual({ ...look.prepare("PRAGMA user_version").get() }, { user_version: 99 });
    look.close();
  });

  test("opening an empty folder many times at once makes one journal", async (t) => {
    const file = join(temporaryFolder(t), "new", "journal.db");
    const script = `import { openSqliteJournal } from ${JSON.stringify(join(import.meta.dirname, "../../src/engine/journal/sqlite.ts"))};
      openSqliteJournal(process.argv[1], { reach() {} }).ask("R1", { id: String(process.pid), atMs: 1, ask: { kind: "cancel", by: { name: "ann", authenticated: false } } });`;
    const codes = await Promise.all(
      Array.from({ length: 6 }, () => exitOf(spawn(process.execPath, ["--input-type=module-typescript", "-e", script, file]))),
    );

    assert.deepEqual(codes, [0, 0, 0, 0, 0, 0]);
    assert.equal(openAt(t, file).asks("R1").length, 6);
  });

  test("a folder that cannot be made is STORAGE_FAILED and names it", (t) => {
    const file = join(temporaryFolder(t), "file");
    writeFileSync(file, "");

    assert.throws(
      () => openSqliteJournal(join(file, "state", "journal.db"), noCrash),
      (error: unknown) => isError("STORAGE_FAILED")(error) && String(error).includes(file),
    );
  });

  test("a journal that became read-only can still be read", (t) => {
    const folder = temporaryFolder(t);
    const source = join(folder, "source.db");
    const journal = openSqliteJournal(source, noCrash);
    journal.append("R1", [openedFact()], at(1));
    journal.close();
    const file = join(folder, "journal.db");
    copyFileSync(source, file);
    chmodSync(file, 0o400);

    // Root may write anyway; what counts is that reading works.
    assert.equal(openAt(t, file).read("R1").length, 1);
  });

  test("the folder and the files are the user's own", (t) => {
    const folder = join(temporaryFolder(t), "state", "project");
    const journal = openAt(t, join(folder, "journal.db"));
    journal.append("R1", [openedFact()], at(1));

    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.ok(existsSync(join(folder, "journal.db")));
    assert.ok(readdirSync(folder).every((name) => name.startsWith("journal.db")));
  });
});

function exitOf(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve) => child.on("exit", resolve));
}
