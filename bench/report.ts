// Writes bench/results.md from what was measured; nothing in it is written by hand.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Judged, SideResult, Verdict } from "./judge.ts";
import type { Machine } from "./machine.ts";
import type { Spread } from "./measure.ts";
import { results } from "./places.ts";

export interface RowResult {
  readonly name: string;
  readonly title: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly judged: readonly Judged[];
  readonly notes: readonly string[];
  readonly missing: readonly string[];
  /** The row could not be measured to its end. */
  readonly failed?: string;
}

const page = join(import.meta.dirname, "results.md");

/** Keeps a row's result, so that one row can be measured again without the others. */
export function keep(result: RowResult): void {
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${result.name}.json`), `${JSON.stringify(result)}\n`);
}

/** Writes the page from all rows that were ever measured, each with its own date. @param names in the order of the page */
export function writePage(names: readonly string[]): void {
  const there = new Set(readdirSync(results));
  const rows = names
    .filter((name) => there.has(`${name}.json`))
    .map((name) => JSON.parse(readFileSync(join(results, `${name}.json`), "utf8")) as RowResult);
  const absent = names.filter((name) => !there.has(`${name}.json`));
  writeFileSync(page, `${[...head(rows, absent), ...rows.flatMap(details)].join("\n")}\n`);
}

function head(rows: readonly RowResult[], absent: readonly string[]): readonly string[] {
  return [
    "# Measurements",
    "",
    "Written by `npm run bench`; do not edit. Goals: `reference/performance.md` §13 (*must*: the gate; *reach*: for later) and `DESIGN.md` §4 (*aim*). *room* is what a must that is a multiple of `node -e 0` left above bare Node where the goals were set: on Node 20, which took 60 ms to start.",
    "All sides of a table were started in turn, as whole processes, after one round to warm up. A ratio is the median of the ratios of each round.",
    "`wall` or `CPU` says which of the two was judged: wall time where the one-minute load was below 1.5, else CPU time. `others` is what everything but the measured process kept busy, in cores; a local server that is uploaded to counts among them.",
    "",
    "| goal | | measured | judged by | |",
    "|---|---|---|---|---|",
    ...rows.flatMap((row) => [
      `| **${row.title}** | | | | |`,
      ...row.judged.flatMap((one) => one.verdicts.map((verdict) => summaryLine(one, verdict))),
      ...(row.failed === undefined ? [] : [`| could not be measured: ${row.failed} | | | | **missed** |`]),
    ]),
    ...absent.map((name) => `| **${name}** | | not measured | | **missed** |`),
    "",
  ];
}

function summaryLine(judged: Judged, verdict: Verdict): string {
  const { bar, by } = verdict;
  const other = by === "value" ? "" : by === "wall" ? ` (CPU ${amount(verdict, verdict.cpu)})` : ` (wall ${amount(verdict, verdict.wall)})`;
  const value = amount(verdict, by === "cpu" ? verdict.cpu : verdict.wall);
  const said = verdict.held ? "held" : bar.level === "must" ? "**missed**" : "missed";
  return `| ${judged.title}: ${bar.side} ${goal(verdict)} | ${bar.level} | ${value}${other} | ${by === "cpu" ? "CPU" : by} | ${said} |`;
}

function goal(verdict: Verdict): string {
  const { bar } = verdict;
  const limit = amount(verdict, bar.limit);
  if (bar.than.kind === "value") return `≤ ${limit}`;
  const base = bar.than.base.join(" + ");
  const what = bar.quantity === undefined || bar.quantity === "time" || bar.quantity === "figure" ? "" : ` of ${words[bar.quantity]}`;
  return bar.than.kind === "ratio" ? `≤ ${limit} ${base}${what}` : `≤ ${limit} over ${base}`;
}

const words = { peakMiB: "peak memory", residentMiB: "resident memory" };

function amount({ bar }: Verdict, value: number): string {
  if (bar.than.kind === "ratio") return `${round(value)}×`;
  const { name, factor } = bar.unit ?? { name: "s", factor: 1 };
  return `${round(value * factor)} ${name}`;
}

function details(row: RowResult): readonly string[] {
  const { machine } = row;
  return [
    `## ${row.title}`,
    "",
    `${machine.at.slice(0, 16).replace("T", " ")} UTC; ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.kernel}; Slipway at ${machine.commit}.`,
    Object.entries({ node: machine.node, ...row.versions })
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
    "",
    ...row.judged.flatMap(table),
    ...row.missing.map((one) => `- **Not here:** ${one}`),
    ...row.notes.map((note) => `- ${note}`),
    "",
  ];
}

function table(judged: Judged): readonly string[] {
  const has = (name: "figure" | "residentMiB"): boolean => judged.sides.some((side) => side[name] !== undefined);
  const extra = (["figure", "residentMiB"] as const).filter(has);
  const titles = { figure: "own figure", residentMiB: "resident MiB" };
  return [
    `**${judged.title}** — n = ${judged.rounds}, load ${round(judged.load)}, others ${round(judged.othersCores)}`,
    "",
    `| side | wall s | CPU s | peak MiB |${extra.map((name) => ` ${titles[name]} |`).join("")}`,
    `|---|---|---|---|${extra.map(() => "---|").join("")}`,
    ...judged.sides.map((side) => line(side, extra)),
    "",
  ];
}

function line(side: SideResult, extra: readonly ("figure" | "residentMiB")[]): string {
  const more = extra.map((name) => (side[name] === undefined ? " |" : ` ${range(side[name])} |`)).join("");
  return `| ${side.name} | ${range(side.wallS)} | ${range(side.cpuS)} | ${round(side.peakMiB.median)} |${more}`;
}

function range({ median, min, max }: Spread): string {
  return `${round(median)} (${round(min)}–${round(max)})`;
}

function round(value: number): string {
  if (!Number.isFinite(value)) return "?";
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(value !== 0 && Math.abs(value) < 1 ? 3 : 2);
}
