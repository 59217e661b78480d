import assert from "node:assert/strict";
import { test } from "node:test";
import { ann, planOf, sha256OfText } from "../../../test/support/runs.ts";
import { aPlannedStep } from "../../../test/support/ports.ts";
import { digestPlan } from "../../domain/plan/plan.ts";
import type { Fact } from "../../domain/run/fact.ts";
import { createMemoryJournal } from "./memory.ts";
import { redactedJournal } from "./redacted.ts";

const redactor = { redact: (text: string): string => text.replaceAll("publish", "«redacted»") };

/** What the journal holds after the facts were written. */
function write(facts: readonly Fact[]): readonly Fact[] {
  const journal = createMemoryJournal();
  redactedJournal(journal, redactor).append("R1", facts, { atMs: 0, answered: [] });
  return journal.read("R1").map((one) => one.fact);
}

test("what a registry answered is written down without the credential that it echoes", () => {
  const facts = write([
    { kind: "effect-replied", step: "publish", effect: "pypi/demo.whl", reply: { kind: "refused", why: "no entry for publish" } },
    { kind: "effect-replied", step: "publish", effect: "pypi/demo.whl", reply: { kind: "sent", warnings: ["hello publish"] } },
    { kind: "effect-observed", step: "publish", effect: "pypi/demo.whl", observation: { kind: "conflict", theirs: "of publish" } },
    { kind: "effect-verified", step: "publish", effect: "pypi/demo.whl", evidence: { how: "publish", url: "http://127.0.0.1/publish" } },
    { kind: "step-failed", step: "publish", code: "STEP_FAILED", message: "publish", hint: "publish", details: { lastLines: ["publish"] } },
    { kind: "preflight-reported", passed: false, findings: [{ id: "PF-X", level: "blocks", message: "publish" }] },
  ]);

  assert.equal(facts.length, 6);
  for (const fact of facts) assert.doesNotMatch(JSON.stringify({ ...fact, step: "" }), /publish/);
});

test("what Slipway itself goes by stays as it is, though a short password happens to be in it", () => {
  const plan = planOf([aPlannedStep({ id: "publish" })]);
  const facts: readonly Fact[] = [
    { kind: "run-opened", run: "R1", mode: "run", plan, planDigest: digestPlan(plan, sha256OfText), by: ann },
    { kind: "step-started", step: "publish", attempt: 1 },
  ];

  assert.deepEqual(write(facts), facts);
});
