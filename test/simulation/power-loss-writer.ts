// The recorded process of the power-loss test: opens the real journal, appends, and says after each commit that it is
// done. Run as `node power-loss-writer.ts JOURNAL FROM TO END`; END is `close`, or `stay` to end without closing.
import { writeSync } from "node:fs";
import { openSqliteJournal } from "../../src/engine/journal/sqlite.ts";
import { askedBy, askOf, commitOf, isFirstOfTwo } from "../support/disk/journal-commits.ts";

const [file = "", ...sessions] = process.argv.slice(2);

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

for (const session of sessions) {
  const [from = 0, to = 0] = session.split("-").map((text) => Number.parseInt(text, 10));
  const journal = openSqliteJournal(file, { reach: () => {} });
  for (let index = from; index <= to; index += 1) {
    const group = isFirstOfTwo(index) ? [index, index + 1] : [index];
    for (const one of group) {
      journal.ask("R1", { id: askOf(one), atMs: one, ask: { kind: "cancel", by: askedBy } });
      say(`asked ${one}`);
    }
    journal.together(() => {
      for (const one of group) journal.append("R1", commitOf(one), { atMs: one, answered: [askOf(one)] });
    });
    for (const one of group) say(`committed ${one}`);
    index += group.length - 1;
  }
  if (session.endsWith("!")) process.kill(process.pid, "SIGKILL");
  journal.close();
  say(`closed ${to}`);
}
