import assert from "node:assert/strict";
import { test } from "node:test";
import { anArtifact } from "../../../test/support/ports.ts";
import { ann, anEffect, planOf, sha256OfText } from "../../../test/support/runs.ts";
import type { Fact } from "../../domain/run/fact.ts";
import { lineOf } from "./progress-lines.ts";

const digest = sha256OfText("x");
const key = "pypi/demo.whl";
const plan = planOf([]);
const signed = { name: "bob", authenticated: true };
const wheel = anArtifact("wheel", "demo.whl");
const four = ["a.whl", "b.whl", "c.whl", "d.whl"].map((name) => anArtifact("wheel", name));
const finding = (level: "blocks" | "warns" | "cannot-be-tried" | "fine") => ({ id: "PF", level, message: "m" });
const subject = { planDigest: digest, commit: "c", title: "demo", artifacts: [wheel], targets: ["pypi"] };

/** Every kind of fact, with the line that a person reads; undefined: none. */
const lines: readonly (readonly [Fact, string | undefined])[] = [
  [{ kind: "run-opened", run: "R", mode: "run", plan, planDigest: digest, by: ann }, undefined],
  [{ kind: "run-driven", by: ann, tool: "slipway 1" }, undefined],
  [{ kind: "preflight-reported", passed: true, findings: [finding("fine")] }, "Preflight nothing stands in the way"],
  [
    {
      kind: "preflight-reported",
      passed: false,
      findings: [finding("blocks"), finding("warns"), finding("warns"), finding("cannot-be-tried")],
    },
    "Preflight 1 thing would stop the release, 2 warnings, 1 cannot be tried",
  ],
  [{ kind: "step-started", step: "build", attempt: 1 }, undefined],
  [{ kind: "step-done", step: "build", output: null, artifacts: [wheel] }, "Done build  demo.whl  2.0 s"],
  [{ kind: "step-done", step: "build", output: null, artifacts: four }, "Done build  a.whl, b.whl, c.whl and 1 more  2.0 s"],
  [{ kind: "step-later", step: "installs", atMs: 9, why: "the index lags" }, "Waiting installs: the index lags"],
  [{ kind: "step-failed", step: "build", code: "STEP_FAILED", message: "no" }, "Failed build: no"],
  [{ kind: "step-lost", step: "build" }, "Lost build: it is begun again"],
  [{ kind: "step-again", step: "build", by: ann }, "Again build"],
  [{ kind: "effects-listed", step: "pypi", effects: [anEffect()] }, undefined],
  [{ kind: "targets-surveyed", step: "pypi", surveyed: { kind: "clear" } }, undefined],
  [{ kind: "targets-surveyed", step: "pypi", surveyed: { kind: "unknown", why: "no answer" } }, "Looking pypi: no answer"],
  [
    { kind: "targets-surveyed", step: "pypi", surveyed: { kind: "strangers", strangers: [{ target: "pypi", name: "evil.whl" }] } },
    "Conflict evil.whl at pypi",
  ],
  [{ kind: "effect-observed", step: "pypi", effect: key, observation: { kind: "absent" } }, undefined],
  [
    { kind: "effect-observed", step: "pypi", effect: key, observation: { kind: "unknown", why: "timed out" } },
    "Checking pypi/demo.whl: timed out",
  ],
  [
    { kind: "effect-observed", step: "pypi", effect: key, observation: { kind: "pending", againMs: 5, why: "staged" } },
    "Checking pypi/demo.whl: staged",
  ],
  [
    { kind: "effect-observed", step: "pypi", effect: key, observation: { kind: "conflict", theirs: "sha256:ff" } },
    "Conflict pypi/demo.whl: sha256:ff",
  ],
  [{ kind: "effect-intended", step: "pypi", effect: key }, undefined],
  [{ kind: "effect-replied", step: "pypi", effect: key, reply: { kind: "sent", warnings: [] } }, "Uploaded pypi/demo.whl"],
  [
    { kind: "effect-replied", step: "pypi", effect: key, reply: { kind: "sent", warnings: ["old metadata"] } },
    "Uploaded pypi/demo.whl  (old metadata)",
  ],
  [{ kind: "effect-replied", step: "pypi", effect: key, reply: { kind: "later", atMs: 5, why: "429" } }, "Paced pypi/demo.whl: 429"],
  [
    { kind: "effect-replied", step: "pypi", effect: key, reply: { kind: "unknown", why: "reply lost" } },
    "Checking pypi/demo.whl: reply lost; looking what became of it",
  ],
  [{ kind: "effect-replied", step: "pypi", effect: key, reply: { kind: "refused", why: "403" } }, "Refused pypi/demo.whl: 403"],
  [
    { kind: "effect-verified", step: "pypi", effect: key, evidence: { how: "sha256 read back" } },
    "Verified pypi/demo.whl  sha256 read back",
  ],
  [{ kind: "effect-settled", step: "pypi", effect: key }, "Absent pypi/demo.whl: nothing of it is there"],
  [{ kind: "question-asked", step: "look", text: "Seen?", binding: digest, paths: [] }, "Asking look: Seen?  (`slipway acknowledge look`)"],
  [{ kind: "question-answered", step: "look", binding: digest, by: ann }, "Answered look by ann (not authenticated)"],
  [{ kind: "question-answered", step: "look", binding: digest, by: signed }, "Answered look by bob"],
  [{ kind: "subject-frozen", gate: "pypi", subject, digest }, `Frozen 1 artifact for gate "pypi": sha256:${digest}`],
  [{ kind: "gate-approved", gate: "pypi", digest, by: ann }, 'Approved gate "pypi" by ann (not authenticated)'],
  [{ kind: "gate-rejected", gate: "pypi", digest, by: ann, reason: "no" }, 'Rejected gate "pypi" by ann: no'],
  [{ kind: "source-moved", what: "tag v1", from: "a".repeat(40), to: "b".repeat(40) }, "Moved tag v1: aaaaaaaaaa → bbbbbbbbbb"],
  [{ kind: "cancel-asked", by: ann }, "Cancelling asked by ann; no new effect is begun"],
  [{ kind: "run-closed", result: "complete" }, undefined],
];
for (const [fact, expected] of lines) {
  test(`a fact ${fact.kind} is told as ${expected ?? "nothing"}`, () => {
    const line = lineOf(fact, { startedMs: 1_000, atMs: 3_000, verbosity: 0 });

    assert.equal(line === undefined ? undefined : `${line.verb} ${line.text}`, expected);
  });
}

test("with -v starts and sends are told too, with -vv every look", () => {
  const told = (fact: Fact, verbosity: number): string | undefined => lineOf(fact, { startedMs: undefined, atMs: 0, verbosity })?.verb;

  assert.equal(told({ kind: "step-started", step: "build", attempt: 1 }, 1), "Starting");
  assert.equal(told({ kind: "effect-intended", step: "pypi", effect: key }, 1), "Sending");
  assert.equal(told({ kind: "effect-observed", step: "pypi", effect: key, observation: { kind: "absent" } }, 1), undefined);
  assert.equal(told({ kind: "effect-observed", step: "pypi", effect: key, observation: { kind: "absent" } }, 2), "Looked");
});
