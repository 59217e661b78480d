import assert from "node:assert/strict";
import { test } from "node:test";
import { anArtifact, anEnvironment, aPlannedStep } from "../../test/support/ports.ts";
import { anActingStep, done, passed, planOf, sha256OfText, started, stateOf } from "../../test/support/runs.ts";
import type { Fact } from "../domain/run/fact.ts";
import { judgeAsk, type MembersOf } from "./asks.ts";

const digest = sha256OfText("subject");
const build = aPlannedStep({ id: "build", makes: [{ kind: "wheel", package: "demo", countMin: 1, countMax: 1 }] });
const look = aPlannedStep({ id: "look", uses: "acknowledge@1", kind: "gate", input: { text: "Seen?", from: "managers" } });
const publish = anActingStep({ id: "publish", environment: "pypi", gate: "pypi", waitsFor: ["build"] });
const plan = planOf([build, look, publish], {
  environments: [anEnvironment({ gate: "pypi", approvals: { required: 1, from: "managers", standing: "refused" } })],
});
const waiting: readonly Fact[] = [
  passed,
  started("build"),
  done("build", [anArtifact("wheel", "demo-1.0.0-py3-none-any.whl")]),
  { kind: "question-asked", step: "look", text: "Seen?", binding: digest, paths: [] },
  {
    kind: "subject-frozen",
    gate: "pypi",
    digest,
    subject: { planDigest: digest, commit: "c".repeat(40), title: "demo 1.0.0", artifacts: [], targets: [] },
  },
];
const state = stateOf(
  plan,
  waiting.map((fact) => [1, fact]),
);
const bob = { name: "bob", authenticated: false };

const groups: readonly (readonly [string, MembersOf, "counts" | "refused"])[] = [
  ["who are named", () => ["bob"], "counts"],
  ["who are others", () => ["carol"], "refused"],
  ["whom this way of running cannot know", () => undefined, "refused"],
];

for (const [who, membersOf, kind] of groups) {
  test(`consent and answers of people ${who}: ${kind}`, () => {
    assert.equal(judgeAsk(state, { kind: "approve", gate: "pypi", digest, by: bob }, membersOf).kind, kind);
    assert.equal(judgeAsk(state, { kind: "answer", step: "look", binding: digest, by: bob }, membersOf).kind, kind);
  });
}
