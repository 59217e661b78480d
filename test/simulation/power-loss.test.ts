// Power loss (DESIGN §7, trust.md G3): a real process appends to the real journal under a recorder of its writes and
// syncs; then the disk is rebuilt as a power loss at any moment may leave it, and the journal is opened there. What was
// acknowledged must be in it, and nothing half. It holds for what SQLite does and for what we do around it: records, files and folders.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { openSqliteJournal } from "../../src/engine/journal/sqlite.ts";
import { started } from "../support/runs.ts";
import { createDisk } from "../support/disk/disk.ts";
import { compileRecorder, recordDisk, type DiskRecord, type Recorded } from "../support/disk/recorder.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { createChance } from "./chance.ts";
import { askOf, commitOf, isFirstOfTwo } from "../support/disk/journal-commits.ts";

const script = join(import.meta.dirname, "power-loss-writer.ts");
/** Parts of the unsynced writes that survive, besides none and all: two draws of each. */
const shares = [0.15, 0.5, 0.5, 0.85];
const commits = 64;
let library = "";

before(() => {
  library = compileRecorder(mkdtempSync(join(tmpdir(), "slipway-recorder-")));
});
after(() => rmSync(dirname(library), { recursive: true, force: true }));

function recordSessions(folder: string, file: string): Recorded {
  // Two lives: one that closes the journal, which moves all of it to the main file, and one that is killed.
  const recorded = recordDisk(library, { folder, trace: `${folder}.trace`, script, args: [file, "0-9", `10-${commits - 1}!`] });
  assert.equal(recorded.signal, "SIGKILL", recorded.stderr);
  assert.equal(saidBefore(recorded.records, recorded.records.length).committed, commits);
  return recorded;
}

/** What the process had promised when it had come so far. */
function saidBefore(records: readonly DiskRecord[], moment: number): { readonly committed: number; readonly asked: number } {
  const said = records.slice(0, moment).flatMap((record) => (record.kind === "said" ? record.text.trim().split("\n") : []));
  const count = (word: string): number => said.filter((line) => line.startsWith(word)).length;
  return { committed: count("committed"), asked: count("asked") };
}

test("after a power loss at any moment the journal opens with all that was acknowledged and nothing half", { timeout: 300_000 }, (t) => {
  const root = temporaryFolder(t);
  const file = join(root, "disk", "state", "project", "journal.db");
  mkdirSync(join(root, "disk"));
  const { records } = recordSessions(join(root, "disk"), file);
  assert.ok(hasCheckpoint(records), "the main file must be written between two commits, not only at the end");
  const place = imageFolder();
  t.after(() => rmSync(place, { recursive: true, force: true }));
  const chance = createChance(7);
  const disk = createDisk();
  let images = 0;
  let lost = 0;

  for (const [moment, record] of records.entries()) {
    // The moment before a sync has most to lose; the moment of a promise has most to keep.
    if (record.kind === "sync" || record.kind === "said") {
      const promised = saidBefore(records, moment + (record.kind === "said" ? 1 : 0));
      for (const share of [0, 1, ...shares]) {
        const image = disk.image(() => share === 1 || (share > 0 && chance.is(share)));
        const visible = judgeImage(
          { image, root: join(root, "disk"), place: join(place, "image"), file },
          promised,
          `record ${moment}, ${share} survive`,
        );
        images += 1;
        if (visible < commits) lost += 1;
      }
    }
    disk.apply(record);
  }

  console.log(`${images} images of the disk at ${records.filter((one) => one.kind === "sync").length} syncs and ${2 * commits} promises`);
  assert.ok(images > 1_000 && lost > 500);
});

test("what the recorder saw is what is on the disk", (t) => {
  const root = temporaryFolder(t);
  const folder = join(root, "disk");
  mkdirSync(folder);
  const { records } = recordSessions(folder, join(folder, "state", "journal.db"));
  const disk = createDisk();
  for (const record of records) disk.apply(record);

  const image = disk.image(() => true);

  // The index of the write-ahead log is mapped memory, and made anew by whoever opens the journal next.
  const compared = [...image].filter(([path]) => !path.endsWith("-shm"));
  assert.ok(compared.length >= 2);
  for (const [path, bytes] of compared) assert.ok(readFileSync(path).equals(bytes), path);
});

test("a journal whose syncs were left out would be found out", { timeout: 120_000 }, (t) => {
  const root = temporaryFolder(t);
  const folder = join(root, "disk");
  const file = join(folder, "state", "journal.db");
  mkdirSync(folder);
  const { records } = recordSessions(folder, file);
  const place = imageFolder();
  t.after(() => rmSync(place, { recursive: true, force: true }));
  const lying = {
    "no sync of the log": (path: string) => path.endsWith("-wal"),
    "no sync of the folders": (path: string) => !path.includes("journal.db"),
  };

  for (const [name, isLeftOut] of Object.entries(lying)) {
    const disk = createDisk();
    for (const record of records) if (record.kind !== "sync" || !isLeftOut(record.path)) disk.apply(record);
    const promised = saidBefore(records, records.length);
    assert.throws(
      () => judgeImage({ image: disk.image(() => false), root: folder, place: join(place, "image"), file }, promised, name),
      name,
    );
  }
});

function hasCheckpoint(records: readonly DiskRecord[]): boolean {
  const secondLife = records.findIndex((record) => record.kind === "said" && record.text.startsWith("closed"));
  return records.slice(secondLife).some((record) => record.kind === "write" && record.path.endsWith(".db"));
}

/** In memory where that is possible: hundreds of disks are made here, and none of them has to last. */
function imageFolder(): string {
  return mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "slipway-power-loss-"));
}

interface Image {
  readonly image: ReadonlyMap<string, Uint8Array>;
  readonly root: string;
  readonly place: string;
  readonly file: string;
}

/** @returns how many commits are there */
function judgeImage(parts: Image, promised: { readonly committed: number; readonly asked: number }, name: string): number {
  const { image, root, place, file } = parts;
  rmSync(place, { recursive: true, force: true });
  for (const [path, bytes] of image) {
    const to = join(place, path.slice(root.length));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, bytes);
  }
  const opened = openSqliteJournal(join(place, file.slice(root.length)), { reach: () => {} });
  try {
    const facts = opened.read("R1").map((recorded) => recorded.fact);
    const visible = countCommits(facts.length, name);
    assert.ok(visible >= promised.committed, `${name}: ${promised.committed} commits were acknowledged, ${visible} are there`);
    assert.deepEqual(facts.at(-1), visible === 0 ? undefined : commitOf(visible - 1).at(-1), name);
    assert.ok(visible === 0 || !isFirstOfTwo(visible - 1), `${name}: half of a group is there`);
    const asks = opened.asks("R1").map((row) => row.id);
    assert.deepEqual(
      asks,
      asks.map((_, index) => askOf(visible + index)),
      `${name}: ${asks.join()} beside ${visible} commits`,
    );
    assert.ok(visible + asks.length >= promised.asked, `${name}: an ask that was acknowledged is not there`);
    const next = visible === 0 ? commitOf(0) : [started("build")];
    assert.equal(opened.append("R1", next, { atMs: 1, answered: [] })[0]?.seq, facts.length + 1, name);
    return visible;
  } finally {
    opened.close();
  }
}

/** Commits are of different sizes; a number of facts that lies between two of them is a half commit. */
function countCommits(facts: number, name: string): number {
  let count = 0;
  let left = facts;
  while (left > 0) {
    left -= commitOf(count).length;
    count += 1;
  }
  assert.equal(left, 0, `${name}: half of a commit is there`);
  return count;
}
