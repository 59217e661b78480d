// The process of journal-faults.test.ts: has the n-th write, sync or open of the journal fail, for each n, and says what
// came of it. Run under the disk recorder as `node journal-faults-writer.ts FOLDER CALL ERRNO ONCE`.
import { openSync } from "node:fs";
import { join } from "node:path";
import { SlipwayError } from "../../src/domain/error.ts";
import { openSqliteJournal } from "../../src/engine/journal/sqlite.ts";
import { commitOf } from "../support/disk/journal-commits.ts";

const [folder = "", call = "", errno = ""] = process.argv.slice(2);
const commits = 6;

/** The recorder sees the name and lets nothing come of it. */
function command(name: string): void {
  try {
    openSync(join(folder, `.fail-${name}`), "r");
  } catch {
    // It answers that there is no such file.
  }
}

function appendAll(file: string): { readonly acknowledged: number; readonly code: string } {
  let acknowledged = 0;
  try {
    const journal = openSqliteJournal(file, { reach: () => {} });
    try {
      for (; acknowledged < commits; acknowledged += 1) journal.append("R1", commitOf(acknowledged), { atMs: 1, answered: [] });
    } finally {
      journal.close();
    }
    return { acknowledged, code: "none" };
  } catch (error) {
    return { acknowledged, code: error instanceof SlipwayError ? error.code : `not ours: ${String(error)}` };
  }
}

for (let from = 1; from <= 60; from += 1) {
  const file = join(folder, `${call}-${from}`, "state", "journal.db");
  command(`${call}-${from}-${errno}`);
  const { acknowledged, code } = appendAll(file);
  command("none");
  const again = openSqliteJournal(file, { reach: () => {} });
  const there = again.read("R1").length;
  const next = again.append("R1", there === 0 ? commitOf(0) : commitOf(2), { atMs: 2, answered: [] })[0]?.seq;
  again.close();
  console.log(JSON.stringify({ from, acknowledged, code, there, next }));
  if (code === "none") break;
}
