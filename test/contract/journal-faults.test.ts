// Full, broken and read-only disks (trust.md row 17): each single write, sync and open of the journal fails in turn, from
// that one on. Whatever fails is STORAGE_FAILED; what was acknowledged stays; nothing half is ever there; and as soon as
// the disk works again, so does the journal.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { commitOf } from "../support/disk/journal-commits.ts";
import { compileRecorder, recordDisk } from "../support/disk/recorder.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

interface Tried {
  /** The first call that failed. */
  readonly from: number;
  readonly acknowledged: number;
  readonly code: string;
  /** Facts that are there once the disk works again. */
  readonly there: number;
  readonly next: number;
}

let library = "";

before(() => {
  library = compileRecorder(mkdtempSync(join(tmpdir(), "slipway-recorder-")));
});
after(() => rmSync(dirname(library), { recursive: true, force: true }));

const faults = [
  { call: "write", errno: "ENOSPC", why: "the disk is full" },
  { call: "write", errno: "EIO", why: "the disk is broken" },
  { call: "sync", errno: "EIO", why: "the disk does not keep what it took" },
  { call: "open", errno: "EROFS", why: "the disk is read-only" },
  { call: "open", errno: "EMFILE", why: "too many files are open" },
] as const;

for (const { call, errno, why } of faults) {
  test(`when ${why} from any ${call} on (${errno}), nothing acknowledged is lost and nothing half is there`, (t) => {
    const folder = join(temporaryFolder(t), "disk");
    mkdirSync(folder);
    const script = join(import.meta.dirname, "journal-faults-writer.ts");
    const ran = recordDisk(library, { folder, trace: `${folder}.trace`, script, args: [folder, call, String(constants.errno[errno])] });
    assert.equal(ran.status, 0, ran.stderr);
    const tried = ran.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Tried);

    assert.ok(tried.length > 3, `${tried.length} calls were tried`);
    assert.equal(tried.at(-1)?.code, "none", "the last round must be one in which nothing fails");
    for (const one of tried) {
      const round = `round ${JSON.stringify(one)}`;
      if (one.code !== "none") assert.equal(one.code, "STORAGE_FAILED", round);
      // A commit that failed may still be there as a whole: its sync failed, its bytes did not.
      assert.ok([factsIn(one.acknowledged), factsIn(one.acknowledged + 1)].includes(one.there), round);
      assert.equal(one.next, one.there + 1, round);
    }
    console.log(`${call} ${errno}: ${tried.length} places`);
  });
}

function factsIn(commits: number): number {
  return Array.from({ length: commits }, (_, index) => commitOf(index).length).reduce((sum, count) => sum + count, 0);
}
