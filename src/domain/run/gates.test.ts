import assert from "node:assert/strict";
import { test } from "node:test";
import { anArtifact, anEnvironment, aPlannedStep, aRegistry } from "../../../test/support/ports.ts";
import {
  absentFact,
  again,
  anActingStep,
  anEffect,
  ann,
  clear,
  decided,
  done,
  failed,
  keysOf,
  listed,
  passed,
  planOf,
  sha256OfText,
  started,
  stateOf,
  type Told,
} from "../../../test/support/runs.ts";
import { SlipwayError } from "../error.ts";
import { canonicalJson } from "../digest.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import type { Fact, RunMode } from "./fact.ts";
import { artifactsFor, isGateOpen, subjectOf } from "./gates.ts";

const takesWheels = { takes: [{ kinds: ["wheel"] }] } as const;
const rule = { required: 1, from: "managers", standing: "refused" } as const;
const production = anEnvironment({ name: "production", gate: "production", approvals: rule, registries: [aRegistry({ name: "pypi" })] });
const build = aPlannedStep({ id: "build" });
const wheel = anArtifact("wheel", "demo.whl");
const second = anArtifact("wheel", "second.whl");

function guarded(id: string, parts: Partial<PlannedStep> = {}): PlannedStep {
  return anActingStep({ id, gate: "production", environment: "production", ...takesWheels, ...parts });
}

function gatedPlan(steps: readonly PlannedStep[]): Plan {
  return planOf(steps, { environments: [production] });
}

const simple = gatedPlan([build, guarded("publish", { waitsFor: ["build"] })]);
const built: readonly Told[] = [
  [0, passed],
  [0, started("build")],
  [1, done("build", [wheel])],
];

function freeze(plan: Plan, told: readonly Told[]): Fact {
  const subject = subjectOf(stateOf(plan, told), "production");
  return { kind: "subject-frozen", gate: "production", subject, digest: sha256OfText(canonicalJson(subject)) };
}

function approve(frozen: Fact, by = "ben"): Fact {
  assert.ok(frozen.kind === "subject-frozen");
  return { kind: "gate-approved", gate: "production", digest: frozen.digest, by: { name: by, authenticated: false } };
}

function next(plan: Plan, told: readonly Told[], mode: RunMode = "run"): readonly string[] {
  return keysOf(decided(stateOf(plan, told, mode), 1_000).moves);
}

test("the subject is frozen when the last step above the gate is over, and not before", () => {
  const plan = gatedPlan([build, aPlannedStep({ id: "test", waitsFor: ["build"] }), guarded("publish", { waitsFor: ["test"] })]);

  assert.deepEqual(next(plan, built), ["work:test"]);
  assert.deepEqual(next(plan, [...built, [2, done("test")]]), ["freeze:production"]);
});

test("the subject holds the plan, the commit, the bytes made above and the targets below", () => {
  const subject = subjectOf(stateOf(simple, built), "production");

  assert.equal(subject.planDigest, stateOf(simple, built).planDigest);
  assert.equal(subject.commit, simple.source.commit);
  assert.deepEqual(subject.artifacts, [{ name: wheel.name, sizeBytes: wheel.sizeBytes, digest: wheel.digest }]);
  assert.deepEqual(subject.targets, ["pypi"]);
});

test("a gated step waits for consent to the subject, and then starts", () => {
  const frozen = freeze(simple, built);

  assert.deepEqual(next(simple, [...built, [2, frozen]]), []);
  assert.deepEqual(decided(stateOf(simple, [...built, [2, frozen]]), 3).standing, {
    kind: "waiting",
    gates: ["production"],
    questions: [],
  });
  assert.deepEqual(next(simple, [...built, [2, frozen], [3, approve(frozen)]]), ["list:publish"]);
});

test("a gate wants as many different people as its rule says", () => {
  const plan = planOf(simple.steps, { environments: [{ ...production, approvals: { ...rule, required: 2 } }] });
  const frozen = freeze(plan, built);

  assert.equal(isGateOpen(stateOf(plan, [...built, [2, frozen], [3, approve(frozen)], [4, approve(frozen)]]), "production"), false);
  assert.equal(isGateOpen(stateOf(plan, [...built, [2, frozen], [3, approve(frozen)], [4, approve(frozen, "cyd")]]), "production"), true);
});

test("in a rehearsal gates are shown and pass", () => {
  const frozen = freeze(simple, built);

  assert.deepEqual(next(simple, built, "rehearsal"), ["freeze:production"]);
  assert.deepEqual(next(simple, [...built, [2, frozen]], "rehearsal"), ["list:publish"]);
});

test("a rejection ends the run", () => {
  const frozen = freeze(simple, built);
  const rejected: Fact = {
    kind: "gate-rejected",
    gate: "production",
    digest: frozen.kind === "subject-frozen" ? frozen.digest : sha256OfText(""),
    by: ann,
    reason: "no",
  };

  assert.deepEqual(decided(stateOf(simple, [...built, [2, frozen], [3, rejected]]), 4).moves, [
    { key: "close", kind: "close", result: "rejected" },
  ]);
});

test("a gate that the plan has no rule for does not stand open", () => {
  const plan = planOf(simple.steps, { environments: [{ ...anEnvironment({ name: "production" }), gate: "production" }] });
  const frozen = freeze(plan, built);

  assert.throws(
    () => next(plan, [...built, [2, frozen]]),
    (error: unknown) => error instanceof SlipwayError && error.code === "INTERNAL_ASSERTION",
  );
});

test("one gate over several steps is asked once", () => {
  const plan = gatedPlan([build, guarded("start", { waitsFor: ["build"] }), guarded("publish", { waitsFor: ["start"] })]);
  const frozen = freeze(plan, built);
  const told: readonly Told[] = [
    ...built,
    [2, frozen],
    [3, approve(frozen)],
    [4, started("start")],
    [5, listed("start", [])],
    [6, clear("start")],
    [7, done("start")],
  ];

  assert.deepEqual(next(plan, told), ["list:publish"]);
});

test("bytes made after consent was given are asked about before they are published", () => {
  const plan = gatedPlan([
    build,
    guarded("start", { waitsFor: ["build"] }),
    aPlannedStep({ id: "rebuild", waitsFor: ["start"] }),
    guarded("publish", { waitsFor: ["rebuild"] }),
  ]);
  const frozen = freeze(plan, built);
  const told: readonly Told[] = [
    ...built,
    [2, frozen],
    [3, approve(frozen)],
    [4, started("start")],
    [5, listed("start", [])],
    [6, done("start")],
    [7, started("rebuild")],
    [8, done("rebuild", [second])],
  ];

  assert.deepEqual(next(plan, told), ["freeze:production"]);

  const again = freeze(plan, told);
  assert.notDeepEqual(again, frozen);
  assert.deepEqual(next(plan, [...told, [9, again]]), []);
  assert.deepEqual(next(plan, [...told, [9, again], [10, approve(frozen)]]), [], "consent to the old subject");
  assert.deepEqual(next(plan, [...told, [9, again], [10, approve(again)]]), ["list:publish"]);
});

test("no subject is frozen while something it will hold is still being made", () => {
  const plan = gatedPlan([
    build,
    aPlannedStep({ id: "slow" }),
    guarded("first", { waitsFor: ["build"], reach: "reversible" }),
    guarded("second", { waitsFor: ["slow"], reach: "reversible" }),
  ]);

  assert.deepEqual(keysOf(decided(stateOf(plan, [...built, [2, started("slow")]]), 3, ["work:slow"]).moves), []);
  assert.deepEqual(next(plan, [...built, [2, started("slow")], [3, done("slow", [second])]]), ["freeze:production"]);
});

test("sends of a step stop when its gate closes behind it", () => {
  const plan = gatedPlan([build, aPlannedStep({ id: "extra", optional: true }), guarded("publish", { waitsFor: ["build", "extra"] })]);
  const above: readonly Told[] = [...built, [1, started("extra")], [1, failed("extra")]];
  const frozen = freeze(plan, above);
  const begun: readonly Told[] = [
    ...above,
    [2, frozen],
    [3, approve(frozen)],
    [4, started("publish")],
    [5, listed("publish", [anEffect({ key: "a" })])],
    [6, clear("publish")],
    [7, absentFact("a")],
  ];

  assert.deepEqual(next(plan, begun), ["send:publish:a"]);
  const retried: readonly Told[] = [...begun, [8, again("extra")], [9, started("extra")], [10, done("extra", [second])]];
  assert.deepEqual(next(plan, retried), ["freeze:production"]);
  assert.deepEqual(next(plan, [...retried, [11, freeze(plan, retried)]]), []);
  assert.equal(decided(stateOf(plan, [...retried, [11, freeze(plan, retried)]]), 12).standing.kind, "waiting");
});

test("two gates with steps in turns do not wait for each other", () => {
  const other = anEnvironment({ name: "other", gate: "other", approvals: rule });
  const steps = [
    build,
    guarded("a1", { waitsFor: ["build"] }),
    anActingStep({ id: "b1", gate: "other", environment: "other", waitsFor: ["build"] }),
  ];
  const plan = planOf(
    [
      ...steps,
      guarded("a2", { waitsFor: ["a1", "b1"] }),
      anActingStep({ id: "b2", gate: "other", environment: "other", waitsFor: ["a1", "b1"] }),
    ],
    { environments: [production, other] },
  );

  assert.deepEqual(next(plan, built), ["freeze:production", "freeze:other"]);
});

test("artifactsFor() are those that the steps above made, of the kinds and packages that are taken, in plan order", () => {
  const steps = [
    build,
    aPlannedStep({ id: "more" }),
    aPlannedStep({ id: "beside" }),
    guarded("publish", { waitsFor: ["build", "more"], takes: [{ kinds: ["wheel"], packages: ["demo"] }] }),
  ];
  const plan = gatedPlan(steps);
  const foreign = anArtifact("wheel", "foreign.whl", { package: "other" });
  const state = stateOf(plan, [
    [0, done("more", [second, anArtifact("sdist", "s.tar.gz")])],
    [1, done("build", [wheel, foreign])],
    [2, done("beside", [anArtifact("wheel", "beside.whl")])],
  ]);

  assert.deepEqual(
    artifactsFor(state, steps.at(-1) ?? build).map((artifact) => artifact.name),
    ["demo.whl", "second.whl"],
  );
});
