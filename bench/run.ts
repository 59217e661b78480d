// `npm run bench`: measures the goals of reference/performance.md §13 and the aims of DESIGN §4 side by side with the
// peers, and writes bench/results.md. `npm run bench -- cold plan` measures some rows again; `--rounds 9` more rounds.
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { judge, type Judged } from "./judge.ts";
import { lookAtMachine } from "./machine.ts";
import { measure } from "./measure.ts";
import { scratch } from "./places.ts";
import { prepareProduct } from "./product.ts";
import { keep, writePage } from "./report.ts";
import type { Prepared, Row } from "./row.ts";
import { rows } from "./rows.ts";
import { versions } from "./versions.ts";

/** Peers that differ by less than a tenth need more rounds than this; none of the goals is that fine. */
const roundsDefault = 5;

async function measureRow(row: Row, rounds: number): Promise<boolean> {
  const machine = lookAtMachine();
  let prepared: Prepared = { comparisons: [], notes: [], missing: [] };
  const judged: Judged[] = [];
  let failed: string | undefined;
  try {
    prepared = await row.prepare();
    for (const comparison of prepared.comparisons) {
      console.error(`bench: ${row.name}: ${comparison.title}`);
      judged.push(judge(comparison, await measure(comparison.sides, comparison.rounds ?? rounds)));
    }
  } catch (error) {
    failed = error instanceof Error ? error.message : String(error);
    console.error(failed);
  } finally {
    await prepared.close?.();
  }
  const { notes, missing } = prepared;
  keep({
    name: row.name,
    title: row.title,
    machine,
    versions: versions(),
    judged,
    notes,
    missing,
    ...(failed === undefined ? {} : { failed }),
  });
  return say(judged) && failed === undefined;
}

/** @returns whether every must was held */
function say(judged: readonly Judged[]): boolean {
  let held = true;
  for (const { title, verdicts, load } of judged) {
    for (const { bar, wall, cpu, by, held: one } of verdicts) {
      const base = bar.than.kind === "value" ? "" : ` ${bar.than.kind} ${bar.than.base.join(" + ")}`;
      console.log(
        `${one ? "held  " : "MISSED"} ${bar.level.padEnd(5)} ${title}: ${bar.side}${base} <= ${bar.limit}: wall ${wall.toFixed(3)}, CPU ${cpu.toFixed(3)}, judged by ${by}, load ${load.toFixed(1)}`,
      );
      held &&= one || bar.level !== "must";
    }
  }
  return held;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: "string" }, "no-build": { type: "boolean" } },
    allowPositionals: true,
  });
  const rounds = Number.parseInt(values.rounds ?? String(roundsDefault), 10);
  const names = rows.map((row) => row.name);
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0 || !(rounds > 0)) throw new Error(`Cannot measure "${unknown.join('", "')}": the rows are ${names.join(", ")}`);
  mkdirSync(scratch, { recursive: true });
  if (values["no-build"] !== true) await prepareProduct();
  const wanted = rows.filter((row) => positionals.length === 0 || positionals.includes(row.name));
  let held = true;
  for (const row of wanted) held = (await measureRow(row, rounds)) && held;
  writePage(names);
  console.log(held ? "Every must was held." : "Not every must was held: see bench/results.md");
  process.exitCode = held ? 0 : 1;
}

await main();
