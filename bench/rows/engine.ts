// Row 10 and the aims of DESIGN §4: what a durable step costs, a hundred steps, a wide fan, and going on from a long
// journal.
import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chain, single } from "../data/chain.ts";
import type { Side } from "../measure.ts";
import { goTask, installAll, pythonPeers } from "../peers.ts";
import { data, node, python, scratch } from "../places.ts";
import { entry, slipwayCommand } from "../product.ts";
import { atMost, over, seconds, times, type Bar, type Comparison, type Prepared, type Row } from "../row.ts";

export const engineRow: Row = { name: "engine", title: "10 · Engine: durable steps, a plan of 100, going on", prepare };

const state = join(scratch, "engine-state");
const records = 10_000;
const ms = { name: "ms", factor: 1 };

async function prepare(): Promise<Prepared> {
  const missing = installAll(pythonPeers, goTask);
  const [hundred, one] = [await chain(), await single()];
  const journaled = longJournal(one);
  return {
    comparisons: [durable(), hundredSteps(hundred), fan(), resume(one, journaled), firstStep(one)],
    notes: [
      "`engine alone` is the product's driver, decide, fold and SQLite journal, without a checkout: for a plan of 100 the same programs are started, with the same two durable records each, but no throw-away copy of the commit, no log file, no preflight.",
      "`slipway run` is the whole command: plan, clone, checkout, a copy of the commit for every step, logs, journal, record. The peers run their commands in place and keep nothing that outlives a power loss.",
      "Time to the first step is taken by ending the process (SIGKILL, at a crash point) once the fact that the step has started is on the disk.",
    ],
    missing,
  };
}

/** An empty folder for each sample. */
const fresh = [
  ["rm", "-rf", state],
  ["mkdir", state],
];

function engine(name: string, ...args: readonly string[]): Side {
  return { name, command: [node, entry("engine"), ...args, state], prepare: fresh };
}

const figure = (level: Bar["level"], side: string, base: string, limit: number): Bar => times(level, side, base, limit, "figure");

function durable(): Comparison {
  return {
    title: "one durable step, milliseconds",
    sides: [
      engine("append + fdatasync", "append", "1000"),
      engine("engine alone, step", "steps", "300"),
      {
        name: "DBOS on SQLite, step",
        command: [python("python"), join(import.meta.dirname, "..", "dbos-steps.py"), state],
        prepare: fresh,
      },
    ],
    bars: [
      figure("must", "engine alone, step", "append + fdatasync", 5),
      figure("must", "engine alone, step", "DBOS on SQLite, step", 0.35),
      figure("aim", "engine alone, step", "append + fdatasync", 3),
    ],
  };
}

function hundredSteps(folder: string): Comparison {
  const task = join(scratch, "go", "task");
  return {
    title: "100 × /bin/true",
    sides: [
      { name: "go-task", command: [task, "--silent", "--concurrency", "2", "all"], cwd: folder },
      {
        name: "doit",
        command: [python("doit"), "--verbosity", "0", "--process", "2", "--db-file", join(state, "doit.db")],
        cwd: folder,
        prepare: fresh,
      },
      { name: "make -j2", command: ["make", "--silent", "-j2"], cwd: folder },
      { name: "slipway run", command: slipwayCommand("--state", state, "run", "--progress", "quiet"), cwd: folder, prepare: fresh },
      engine("engine alone", "programs", "100"),
    ],
    bars: [
      times("must", "slipway run", "go-task", 0.6),
      times("must", "slipway run", "doit", 1),
      times("reach", "engine alone", "go-task", 0.6),
      times("reach", "engine alone", "doit", 1),
    ],
  };
}

function fan(): Comparison {
  return {
    title: "1,000 wide",
    sides: [engine("engine alone", "fan", "1000")],
    bars: [atMost("aim", "engine alone", 2000, { quantity: "figure", unit: ms })],
  };
}

/** A state folder with the journal of an interrupted run of very many records; copied before each sample. */
function longJournal(project: string): string {
  const template = join(data, "long-journal");
  rmSync(template, { recursive: true, force: true });
  mkdirSync(template, { recursive: true });
  const slipway = (...args: readonly string[]): string => {
    const [program = "", ...words] = slipwayCommand("--state", template, ...args);
    return execFileSync(program, words, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  };
  slipway("run");
  const plan = join(template, "plan.json");
  writeFileSync(plan, slipway("plan", "--json"));
  const [journal = ""] = globSync(join(template, "*", "journal.sqlite"));
  execFileSync(node, [entry("journal"), journal, plan, String(records)]);
  return template;
}

function resume(project: string, template: string): Comparison {
  const copy = [
    ["rm", "-rf", state],
    ["cp", "-a", template, state],
    ["sync", "-f", state],
  ];
  return {
    title: `going on from ${records} records`,
    sides: [
      { name: "node -e 0", command: [node, "-e", "0"], cwd: project },
      {
        name: "slipway status --json",
        command: slipwayCommand("--state", state, "status", "--json"),
        cwd: project,
        prepare: copy,
        codes: [0, 5],
      },
      { name: "slipway run, to its end", command: slipwayCommand("--state", state, "run", "--json"), cwd: project, prepare: copy },
    ],
    bars: [
      times("must", "slipway status --json", "node -e 0", 2),
      over("aim", "slipway status --json", "node -e 0", 0.25),
      over("room", "slipway status --json", "node -e 0", 0.06),
      atMost("aim", "slipway run, to its end", 1, { unit: seconds }),
    ],
  };
}

function firstStep(project: string): Comparison {
  const killed = { SLIPWAY_CRASH_AT: "journal/step-started/after" };
  return {
    title: "until the first step starts",
    sides: [
      { name: "node -e 0", command: [node, "-e", "0"], cwd: project },
      {
        name: "slipway run, to the first step",
        command: slipwayCommand("--state", state, "run", "--progress", "quiet"),
        cwd: project,
        prepare: fresh,
        env: killed,
        codes: [-9],
      },
    ],
    bars: [over("aim", "slipway run, to the first step", "node -e 0", 0.06)],
  };
}
