import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeTerminal } from "../../../test/support/terminal.ts";
import { errorCatalog } from "../../domain/error-catalog.ts";
import type { Report, ReportedFile } from "../../app/report.ts";
import { draftWords, reportTable, publicWords, showReport, showWouldStop } from "./show-report.ts";

const file = (parts: Partial<ReportedFile> = {}): ReportedFile => ({
  registry: "pypi",
  name: "demo-1.0-py3-none-any.whl",
  sha256: "ab".repeat(32),
  sizeBytes: 18_512,
  outcome: "published",
  reach: "irreversible",
  ...parts,
});

const report = (parts: Partial<Report> = {}): Report => ({
  schema: "slipway-report/1",
  run: "R1",
  mode: "run",
  title: "demo 1.0",
  planDigest: "d".repeat(64),
  commit: "c".repeat(40),
  standing: "complete",
  sentence: "demo 1.0 is complete",
  exitCode: 0,
  steps: [],
  files: [file(), file({ name: "demo-1.0.tar.gz", outcome: "already-there" })],
  others: [],
  findings: [],
  closing: [],
  ...parts,
});

const failed = (parts: Partial<Report> = {}): Report =>
  report({ standing: "failed", exitCode: 1, code: "STEP_FAILED", sentence: 'Step "pypi" failed: no', hint: "Mend it", ...parts });

test("a release that is complete lists every file with registry, size and digest", () => {
  assert.equal(
    showReport(report(), fakeTerminal()),
    "demo 1.0 is complete\n" +
      "  published      demo-1.0-py3-none-any.whl  pypi  18.5 kB  sha256:abababababab…\n" +
      "  already there  demo-1.0.tar.gz            pypi  18.5 kB  sha256:abababababab…\n",
  );
});

test("a rehearsal never claims that anything is public", () => {
  assert.match(showReport(report({ mode: "rehearsal" }), fakeTerminal()), /^demo 1\.0: rehearsed to the end, nothing is public\n/);
  assert.match(showReport(failed({ mode: "rehearsal" }), fakeTerminal()), /\n {2}public now: nothing; this was a rehearsal\n/);
});

test("every failure says what is public now, and what to type next", () => {
  const text = showReport(
    failed({ files: [file(), file({ name: "demo-1.0.tar.gz", outcome: "unknown", why: "no reply" })] }),
    fakeTerminal(),
  );

  assert.equal(
    text,
    'error[STEP_FAILED]: Step "pypi" failed: no\n  public now: demo-1.0-py3-none-any.whl at pypi (1 of 2 files); sent, and not known yet: demo-1.0.tar.gz at pypi\n  unknown: demo-1.0.tar.gz at pypi: no reply\n\nhint: Mend it\n',
  );
  assert.match(showReport(failed({ files: [] }), fakeTerminal()), /public now: nothing of this release\n/);
});

test("what failed is told once, and other failures besides", () => {
  const steps = [
    { id: "pypi", state: "failed", message: "no" },
    { id: "other", state: "failed", message: "neither" },
    { id: "build", state: "done" },
  ];

  const text = showReport(failed({ steps }), fakeTerminal());

  assert.equal(text.match(/: no$/gm)?.length, 1);
  assert.match(text, /\n {2}other: neither\n/);
});

test("what was left out is told as that, in a rehearsal that is partial and in a run that is complete", () => {
  const elsewhere = {
    id: "installs[platform=macos]",
    state: "left-out",
    message: "it needs a machine that is macos",
    needs: ["macos-aarch64"],
  };
  const untried = { id: "page", state: "not-tried", message: "nothing was made for it" };
  const optional = { id: "done", state: "failed", message: "no issue" };
  const steps = [elsewhere, untried, optional, { id: "build", state: "done" }];

  const partial = showReport(failed({ steps, standing: "partial", code: "NO_PLACE", mode: "rehearsal" }), fakeTerminal());
  const complete = showReport(report({ steps }), fakeTerminal());

  assert.match(partial, /^partial: /);
  for (const text of [partial, complete]) {
    assert.match(text, /\n {2}left out: installs\[platform=macos\]: it needs a machine that is macos\n/);
    assert.match(text, /\n {2}not tried: page: nothing was made for it\n/);
  }
  assert.match(complete, /\n {2}failed: done: no issue\n/);
});

test("waiting for a person and being interrupted are no errors", () => {
  const waiting = failed({
    standing: "waiting",
    code: "RUN_WAITING",
    exitCode: errorCatalog.RUN_WAITING.exit,
    sentence: 'gate "pypi" waits',
  });
  const interrupted = report({
    standing: "interrupted",
    exitCode: 130,
    sentence: "Interrupted; the state is safe",
    hint: "Run the same command again",
  });

  assert.match(showReport(waiting, fakeTerminal()), /^waiting: gate "pypi" waits\n/);
  assert.match(showReport(interrupted, fakeTerminal()), /^interrupted: Interrupted; the state is safe\n/);
  assert.match(showReport({ ...interrupted, exitCode: 143 }, fakeTerminal()), /^interrupted: /);
});

test("many public files are counted", () => {
  const files = Array.from({ length: 9 }, (_, index) => file({ name: `${index}.whl` }));

  assert.equal(
    publicWords({ files, others: [], mode: "run" }),
    "public now: 0.whl at pypi, 1.whl at pypi, 2.whl at pypi, 3.whl at pypi, 4.whl at pypi, 5.whl at pypi, and 3 more (9 of 9 files)",
  );
  assert.equal(reportTable({ files: [], others: [] }), "");
});

test("what would stop the real run is told with its way out, or that nothing was found", () => {
  assert.equal(
    showWouldStop([{ message: "No token", hint: "Set it" }, { message: "Other" }], fakeTerminal()),
    "The real run would be stopped by:\n  No token\n    hint: Set it\n  Other\n",
  );
  assert.equal(showWouldStop([], fakeTerminal()), "Nothing found that would stop the real run.\n");
});

test("all that blocks a run is told at once, each with its way out", () => {
  const findings = [
    { id: "PF-A", level: "blocks", message: "no token", hint: "set it" },
    { id: "PF-B", level: "warns", message: "old tool" },
    { id: "PF-C", level: "blocks", message: "no pytest", hint: "install it" },
  ] as const;

  const text = showReport(
    failed({ standing: "blocked", code: "CREDENTIAL_MISSING", exitCode: 4, sentence: "no token (and 1 more)", hint: "set it", findings }),
    fakeTerminal(),
  );

  assert.equal(
    text,
    "error[CREDENTIAL_MISSING]: no token (and 1 more)\n  public now: demo-1.0-py3-none-any.whl at pypi, demo-1.0.tar.gz at pypi (2 of 2 files)\n  blocks: no token\n    hint: set it\n  blocks: no pytest\n    hint: install it\n  warns: old tool\n",
  );
});

test("the output of a build stands indented below its failure", () => {
  assert.match(
    showReport(failed({ sentence: 'Step "build" failed: it printed last:\nboom\nerror[X]: y' }), fakeTerminal()),
    /^error\[STEP_FAILED\]: .*\n {4}boom\n {4}error\[X\]: y\n/,
  );
});

test("hostile text in a report is shown as escapes, and forges no line", () => {
  const evil = "x\u001b[2J\u202e\nerror[USAGE]: forged";
  const hostile = failed({
    title: evil,
    sentence: evil,
    hint: evil,
    steps: [{ id: evil, state: "failed", message: `${evil}!` }],
    files: [file({ name: evil, registry: evil, outcome: "conflict", why: evil }), file({ name: evil })],
  });

  for (const text of [
    showReport(hostile, fakeTerminal()),
    reportTable(hostile),
    showWouldStop([{ message: evil, hint: evil }], fakeTerminal()),
  ]) {
    assert.doesNotMatch(text, /\u001b|\u202e/);
    assert.doesNotMatch(text, /^error\[USAGE\]/m, text);
  }
});

test("what is in a draft is nobody's to see, and no part of what is public", () => {
  const drafted = report({ mode: "run", files: [file({ registry: "forge", hidden: true })], others: [] });

  assert.equal(publicWords(drafted), "public now: nothing of this release");
  assert.match(reportTable(drafted), /^ {2}in a draft {5}demo-1\.0-py3-none-any\.whl/);
});

test("what is left in a draft is told to whoever is told what is public", () => {
  const drafted = {
    files: [file({ registry: "forge", hidden: true }), file({ registry: "forge", hidden: true, outcome: "not-published" })],
  };

  assert.equal(draftWords(report({ ...drafted, others: [] })), "in a draft, for nobody else to see: demo-1.0-py3-none-any.whl at forge");
  assert.match(
    showReport(failed(drafted), fakeTerminal()),
    /\n {2}in a draft, for nobody else to see: demo-1\.0-py3-none-any\.whl at forge\n/,
  );
  assert.equal(draftWords(report({ files: [file()], others: [] })), undefined);
  assert.equal(draftWords(report({ mode: "rehearsal", ...drafted, others: [] })), undefined);
});
