import assert from "node:assert/strict";
import { test } from "node:test";
import { anArtifact } from "../../../test/support/ports.ts";
import { ann, anEffect, planOf, sha256OfText } from "../../../test/support/runs.ts";
import type { Fact } from "../../domain/run/fact.ts";
import { lineOf } from "./progress-lines.ts";

const digest = sha256OfText("x");
const key = "pypi/demo.whl";
const file = anEffect({ key, data: { name: "demo.whl", sha256: digest } });
const tag = anEffect({ key: "v1", title: "tag v1 at origin" });
const effectOf = (_step: string, of: string) => [file, tag].find((one) => one.key === of);
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
  [{ kind: "step-failed", step: "build", code: "NO_PLACE", message: "it needs a Mac" }, "No place build: it needs a Mac"],
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
    "Checking demo.whl at pypi: timed out",
  ],
  [
    { kind: "effect-observed", step: "pypi", effect: key, observation: { kind: "pending", againMs: 5, why: "staged" } },
    "Checking demo.whl at pypi: staged",
  ],
  [
    { kind: "effect-observed", step: "pypi", effect: key, observation: { kind: "conflict", theirs: "sha256:ff" } },
    "Conflict demo.whl at pypi: sha256:ff",
  ],
  [{ kind: "effect-intended", step: "pypi", effect: key }, undefined],
  [{ kind: "effect-replied", step: "pypi", effect: key, reply: { kind: "sent", warnings: [] } }, "Uploaded demo.whl at pypi"],
  [
    { kind: "effect-replied", step: "pypi", effect: key, reply: { kind: "sent", warnings: ["old metadata"] } },
    "Uploaded demo.whl at pypi  (old metadata)",
  ],
  [{ kind: "effect-replied", step: "push", effect: "v1", reply: { kind: "sent", warnings: [] } }, "Sent tag v1 at origin"],
  [{ kind: "effect-replied", step: "push", effect: "?", reply: { kind: "sent", warnings: [] } }, "Sent ?"],
  [{ kind: "effect-replied", step: "pypi", effect: key, reply: { kind: "later", atMs: 5, why: "429" } }, "Paced demo.whl at pypi: 429"],
  [
    { kind: "effect-replied", step: "pypi", effect: key, reply: { kind: "unknown", why: "reply lost" } },
    "Checking demo.whl at pypi: reply lost; looking what became of it",
  ],
  [{ kind: "effect-replied", step: "pypi", effect: key, reply: { kind: "refused", why: "403" } }, "Refused demo.whl at pypi: 403"],
  [
    { kind: "effect-verified", step: "pypi", effect: key, evidence: { how: "sha256 read back" } },
    "Verified demo.whl at pypi  sha256 read back",
  ],
  [{ kind: "effect-settled", step: "pypi", effect: key }, "Absent demo.whl at pypi: nothing of it is there"],
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
    const line = lineOf(fact, { startedMs: 1_000, atMs: 3_000, verbosity: 0, effectOf });

    assert.equal(line === undefined ? undefined : `${line.verb} ${line.text}`, expected);
  });
}

test("with -v starts and sends are told too, with -vv every look", () => {
  const told = (fact: Fact, verbosity: number): string | undefined =>
    lineOf(fact, { startedMs: undefined, atMs: 0, verbosity, effectOf })?.verb;

  assert.equal(told({ kind: "step-started", step: "build", attempt: 1 }, 1), "Starting");
  assert.equal(told({ kind: "effect-intended", step: "pypi", effect: key }, 1), "Sending");
  assert.equal(told({ kind: "effect-observed", step: "pypi", effect: key, observation: { kind: "absent" } }, 1), undefined);
  assert.equal(told({ kind: "effect-observed", step: "pypi", effect: key, observation: { kind: "absent" } }, 2), "Looked");
});

const tails: readonly (readonly [string, string, string])[] = [
  [
    "what Python says last of a traceback",
    "it printed last:\n  Traceback (most recent call last):\n  ModuleNotFoundError: No module named 'x'\n\n  ERROR Backend exited",
    "it printed last: ModuleNotFoundError: No module named 'x' …",
  ],
  [
    "the compiler's own word",
    "it printed last:\n  error[E0432]: unresolved import\n  note: run with -v",
    "it printed last: error[E0432]: unresolved import …",
  ],
  ["what sounds like a failure", "it printed last:\n  × Build failed\n  took 3 s", "it printed last: × Build failed …"],
  ["the last line otherwise", "it printed last:\n  one\n  two\n  ", "it printed last: two …"],
  ["a message of one line and its only other line", "it printed last:\n  boom", "it printed last: boom"],
];
for (const [what, message, expected] of tails) {
  test(`a failed step is told in one line with ${what}`, () => {
    const failed: Fact = { kind: "step-failed", step: "build", code: "STEP_FAILED", message: `"uv build" ended; ${message}` };

    const line = lineOf(failed, { startedMs: undefined, atMs: 0, verbosity: 0, effectOf });

    assert.equal(line?.text, `build: "uv build" ended; ${expected}`);
  });
}
