// Writes the journal of a run that was interrupted after very many records: a real plan, its steps begun again and again,
// and the last of them not done yet.
//   fill FILE PLAN N
import { readFileSync } from "node:fs";
import { sha256 } from "../../src/domain/digest.ts";
import type { Plan } from "../../src/domain/plan/plan.ts";
import type { Fact } from "../../src/domain/run/fact.ts";
import { openSqliteJournal } from "../../src/engine/journal/sqlite.ts";

const [file = "", planFile = "", count = ""] = process.argv.slice(2);
const {
  digest,
  notices: _notices,
  ...plan
} = JSON.parse(readFileSync(planFile, "utf8")) as Plan & { readonly digest: string; readonly notices: unknown };
const by = { name: "Ada", authenticated: false };
const run = "01BENCH1000000000000000000";
const startMs = 1_795_000_000_000;
const steps = plan.steps.map((step) => step.id);
const last = steps.at(-1) ?? "";

function* facts(): Generator<Fact> {
  yield { kind: "run-opened", run, mode: "run", plan, planDigest: sha256(digest), by };
  yield { kind: "run-driven", by, tool: "slipway bench" };
  yield { kind: "preflight-reported", passed: true, findings: [] };
  const finished = steps.slice(0, -1);
  for (const step of finished) {
    yield { kind: "step-started", step, attempt: 1 };
    yield { kind: "step-done", step, output: { exitCode: 0, command: "/bin/true" }, artifacts: [] };
  }
  const rest = Number.parseInt(count, 10) - 3 - finished.length * 2;
  for (let attempt = 1; attempt <= rest / 2; attempt += 1) {
    yield { kind: "step-started", step: last, attempt };
    yield {
      kind: "step-later",
      step: last,
      atMs: startMs + attempt,
      why: `the index does not show it yet: it answered 404 at look ${attempt}, and may lag behind what it was sent`,
    };
  }
}

const journal = openSqliteJournal(file, { reach: () => undefined });
journal.append(run, [...facts()], { atMs: startMs, answered: [] });
console.log(`${journal.read(run).length} records`);
journal.close();
