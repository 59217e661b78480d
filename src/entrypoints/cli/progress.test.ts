import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { fakeTerminal, type FakeTerminal } from "../../../test/support/terminal.ts";
import { aPlannedStep } from "../../../test/support/ports.ts";
import { anEffect, done, intended, listed, journalOf, observed, passed, planOf, replied, started } from "../../../test/support/runs.ts";
import type { Fact, Recorded } from "../../domain/run/fact.ts";
import { createProgress } from "./progress.ts";

const facts: readonly Fact[] = [
  passed,
  started("build"),
  done("build"),
  started("publish"),
  listed("publish", [anEffect({ data: { name: "demo.whl", sha256: "ab" } })]),
  intended("pypi/demo.whl"),
  replied("pypi/demo.whl", { kind: "sent", warnings: [] }),
];
const recorded = (all: readonly Fact[]): readonly Recorded[] =>
  all.map((fact, index) => ({ seq: index + 1, atMs: 1_700_000_000_000 + index * 1_000, fact }));

function told(terminal: FakeTerminal, all: readonly Fact[] = facts): string {
  const progress = createProgress(terminal, () => 1_700_000_009_000);
  progress.onRecorded(recorded(all));
  progress.end();
  return terminal.errText();
}

test("plain progress is one line per event with UTC time, and no control codes", () => {
  assert.deepEqual(told(fakeTerminal()).trimEnd().split("\n"), [
    "22:13:20  Preflight nothing stands in the way",
    "22:13:22       Done build  1.0 s",
    "22:13:26   Uploaded demo.whl at pypi",
  ]);
});

test("JSON progress is one document per fact, and nothing else", () => {
  const lines = told(fakeTerminal({ progress: "json" }))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { schema: string; seq: number });

  assert.deepEqual(
    lines.map((line) => line.schema),
    facts.map(() => "slipway-fact/1"),
  );
});

test("quiet progress says nothing", () => {
  assert.equal(told(fakeTerminal({ progress: "quiet" })), "");
});

/** What a terminal shows in the end: a line that moved the cursor up and cleared below is taken at its word. */
function screenAfter(text: string): readonly string[] {
  const rows: string[] = [""];
  for (const part of text.split(/(\u001b\[[0-9]+[AJ]|\n)/)) {
    const up = /^\u001b\[([0-9]+)A$/.exec(part)?.[1];
    if (up !== undefined) rows.splice(Math.max(0, rows.length - 1 - Number(up)), Number(up) + 1, "");
    else if (part === "\n") rows.push("");
    else if (part !== "\u001b[0J") rows[rows.length - 1] += stripVTControlCharacters(part);
  }
  return rows;
}

test("on a terminal finished lines stay, running ones are redrawn below them and are gone at the end", () => {
  const terminal = fakeTerminal({ progress: "tty" });
  const progress = createProgress(terminal, () => 1_700_000_009_000);

  progress.onRecorded(recorded(facts.slice(0, 6)));
  const during = screenAfter(terminal.errText());
  progress.end();

  assert.deepEqual(during, [
    " Preflight nothing stands in the way",
    "      Done build  1.0 s",
    "         … publish  6.0 s",
    "         … publish: sending demo.whl at pypi  4.0 s",
    "",
  ]);
  assert.deepEqual(screenAfter(terminal.errText()), [" Preflight nothing stands in the way", "      Done build  1.0 s", ""]);
});

test("a warning of somebody else stays above what is redrawn", () => {
  const terminal = fakeTerminal({ progress: "tty" });
  const progress = createProgress(terminal, () => 1_700_000_002_000);
  progress.onRecorded(recorded([passed, started("build")]));

  terminal.err("warning Setting not handed to child processes\n");
  progress.onRecorded(recorded([passed, started("build"), done("build")]).slice(2));
  progress.end();

  const screen = screenAfter(terminal.errText());
  assert.ok(screen.includes("warning Setting not handed to child processes"), screen.join("\n"));
  terminal.err("after\n");
  assert.ok(terminal.errText().endsWith("after\n"));
});

test("rows that are redrawn are never wider than the terminal, nor more than a few", () => {
  const steps = Array.from({ length: 20 }, (_, index) => `leg-${index}-${"x".repeat(80)}`);
  const terminal = fakeTerminal({ progress: "tty", columns: 60 });
  const progress = createProgress(terminal, () => 1_700_000_000_000);

  progress.onRecorded(recorded(steps.map((step) => started(step))));
  const rows = screenAfter(terminal.errText()).filter((row) => row !== "");
  progress.end();

  assert.equal(rows.length, 7);
  assert.ok(
    rows.every((row) => row.length < 60),
    rows.join("\n"),
  );
  assert.match(rows.at(-1) ?? "", /and 14 more/);
});

test("hostile text never reaches the terminal as it is, and forges no line", () => {
  const failed: Fact = {
    kind: "step-failed",
    step: "build",
    code: "STEP_FAILED",
    message: "\u001b[2J\u202eevil\nerror[REGISTRY_CONFLICT]: forged",
  };

  for (const progress of ["plain", "tty", "json"] as const) {
    const text = told(fakeTerminal({ progress }), [failed]);
    assert.doesNotMatch(text, /\u001b\[2J|\u202e|\u009b/, progress);
    assert.doesNotMatch(text, /^error/m, progress);
  }
});

test("output of steps is shown with -v alone", () => {
  const at = (verbosity: number): string => {
    const terminal = fakeTerminal({ verbosity });
    const progress = createProgress(terminal, () => 0);
    progress.onLine("build", "compiling\u001b[31m");
    progress.end();
    return terminal.errText();
  };

  assert.equal(at(0), "");
  assert.equal(at(1), "build │ compiling\\u001b[31m\n");
});

test("a run that is taken up again says how far it was", () => {
  const terminal = fakeTerminal();
  const plan = planOf([aPlannedStep({ id: "build" }), aPlannedStep({ id: "publish" })]);

  createProgress(terminal, () => 0).onHistory(
    journalOf(plan, [
      [1, passed],
      [2, started("build")],
      [3, done("build")],
    ]),
  );

  assert.match(terminal.errText(), /Resuming demo 1\.0\.0 \(plan [0-9a-f]{12}\) · 1 of 2 steps done\n$/);
});

test("effects that were listed before this process took the run up are told by their titles too", () => {
  const terminal = fakeTerminal();
  const progress = createProgress(terminal, () => 0);

  progress.onHistory(recorded(facts.slice(0, 5)));
  progress.onRecorded(recorded(facts).slice(6));

  assert.match(terminal.errText(), /Uploaded demo\.whl at pypi\n$/);
});

test("a person elsewhere is asked once, and again when the words change", () => {
  const waits = (why: string): Fact => observed("pypi/demo.whl", { kind: "pending", againMs: 1, why, forPerson: true });
  const all = [...facts.slice(0, 5), waits("merge 1"), waits("merge 1"), waits("merge 1"), waits("merge 2")];

  const lines = told(fakeTerminal(), all).split("\n");

  assert.deepEqual(
    lines.filter((line) => line.includes("Waiting")).map((line) => line.slice(10)),
    ["  Waiting demo.whl at pypi: merge 1", "  Waiting demo.whl at pypi: merge 2"],
  );
});
