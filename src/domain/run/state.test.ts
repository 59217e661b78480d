import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anArtifact, anEnvironment, aPlannedStep } from "../../../test/support/ports.ts";
import {
  again,
  anActingStep,
  anEffect,
  ann,
  clear,
  done,
  failed,
  intended,
  journalOf,
  listed,
  observed,
  passed,
  planOf,
  replied,
  sha256OfText,
  started,
  stateOf,
  verified,
  type Told,
} from "../../../test/support/runs.ts";
import { SlipwayError } from "../error.ts";
import type { Fact } from "./fact.ts";
import { effectsOf, evolve, fold } from "./state.ts";

const key = "pypi/demo.whl";
const approvals = { required: 1, from: "managers", standing: "refused" } as const;
const ask = aPlannedStep({ id: "ask", kind: "gate", waitsFor: ["build"] });
const plan = planOf(
  [aPlannedStep({ id: "build", retry: 1 }), ask, anActingStep({ gate: "pypi", environment: "pypi", waitsFor: ["ask"] })],
  {
    environments: [anEnvironment({ gate: "pypi", approvals })],
  },
);
const digest = sha256OfText("subject");
const other = sha256OfText("other");
const subject = { planDigest: digest, commit: "c", title: "demo", artifacts: [], targets: [] };
const frozen: Fact = { kind: "subject-frozen", gate: "pypi", subject, digest };
const approved = (by: string, of = digest): Fact => ({
  kind: "gate-approved",
  gate: "pypi",
  digest: of,
  by: { name: by, authenticated: false },
});
const rejected: Fact = { kind: "gate-rejected", gate: "pypi", digest, by: ann, reason: "no" };
const later: Fact = { kind: "step-later", step: "build", atMs: 500, why: "not there yet" };
const lost: Fact = { kind: "step-lost", step: "build" };
const driven: Fact = { kind: "run-driven", by: ann, tool: "slipway 1" };
const strangers: Fact = {
  kind: "targets-surveyed",
  step: "publish",
  surveyed: { kind: "strangers", strangers: [{ target: "pypi", name: "x" }] },
};

/** One fact of every kind; a kind that is added has to be added here. */
const everyKind: Readonly<Record<Fact["kind"], Fact>> = {
  "run-opened": { kind: "run-opened", run: "R1", mode: "run", plan, planDigest: digest, by: ann },
  "run-driven": driven,
  "preflight-reported": passed,
  "step-started": started("build"),
  "step-done": done("build"),
  "artifacts-imported": { kind: "artifacts-imported", step: "build", artifacts: [], by: ann, reason: "built on a Mac" },
  "step-later": later,
  "step-failed": failed("build"),
  "step-lost": lost,
  "step-again": again("build"),
  "effects-listed": listed("publish", [anEffect()]),
  "targets-surveyed": clear("publish"),
  "effect-observed": observed(key, { kind: "absent" }),
  "effect-intended": intended(key),
  "effect-replied": replied(key, { kind: "sent", warnings: [] }),
  "effect-verified": verified(key),
  "effect-settled": { kind: "effect-settled", step: "publish", effect: key },
  "credential-opened": {
    kind: "credential-opened",
    step: "publish",
    registry: "pypi",
    how: { kind: "fallback", variable: "PYPI_FALLBACK" },
  },
  "glass-broken": {
    kind: "glass-broken",
    step: "publish",
    registry: "pypi",
    variable: "PYPI_FALLBACK",
    by: ann,
    reason: "nobody mints",
    forMs: 3_600_000,
  },
  "incident-told": { kind: "incident-told", step: "publish", incident: 1, url: "https://forge.example/issues/7" },
  "incident-closed": { kind: "incident-closed", step: "publish", incident: 1, by: ann, reason: "revoked" },
  "question-asked": { kind: "question-asked", step: "ask", text: "Looked?", binding: digest, paths: [] },
  "question-answered": { kind: "question-answered", step: "ask", binding: digest, by: ann },
  "subject-frozen": frozen,
  "gate-approved": approved("ben"),
  "gate-rejected": rejected,
  "source-moved": { kind: "source-moved", what: "refs/tags/v1", from: "a", to: "b" },
  "cancel-asked": { kind: "cancel-asked", by: ann },
  "run-closed": { kind: "run-closed", result: "complete" },
};

function isAssertion(error: unknown): boolean {
  return error instanceof SlipwayError && error.code === "INTERNAL_ASSERTION";
}

const stepOf = (told: readonly Told[], id = "build") => stateOf(plan, told).steps.get(id) ?? assert.fail(id);
const effectOf = (told: readonly Told[]) =>
  effectsOf(stepOf([[0, started("publish")], [0, listed("publish", [anEffect()])], ...told], "publish"))[0] ?? assert.fail();
const gateOf = (told: readonly Told[]) => stateOf(plan, told).gates.get("pypi") ?? assert.fail();

// --- the fold as a whole ------------------------------------------------------------------------

for (const [kind, fact] of Object.entries(everyKind)) {
  if (kind === "run-opened") continue;
  test(`fold() books a fact of the kind "${kind}" at any time`, () => {
    const first: readonly Told[] = [[1, listed("publish", [anEffect()])]];
    for (const before of [[], [[2, started("build")] as const], [[2, started("build")] as const, [3, done("build")] as const]]) {
      const state = stateOf(plan, [...first, ...before, [9, fact]]);
      assert.equal(state.lastAtMs, 9);
      assert.equal(state.lastSeq, 3 + before.length);
    }
  });
}

test("fold() books any facts in any order, and evolve() comes to the same", () => {
  const facts = Object.values(everyKind).filter((fact) => fact.kind !== "run-opened");
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5_000), fc.constantFrom(...facts)), { maxLength: 40 }), (drawn) => {
      const journal = journalOf(plan, [[0, everyKind["effects-listed"]], ...drawn]);
      const state = fold(journal.slice(0, 1));
      for (const recorded of journal.slice(1)) evolve(state, recorded);

      assert.deepEqual(state, fold(journal));
      for (const effect of effectsOf(state.steps.get("publish"))) {
        assert.ok(effect.evidence === undefined || effect.sends >= 0);
        assert.ok(effect.sendsOfSeries >= 0 && effect.looks >= 0);
      }
    }),
  );
});

test("fold() gives the same for facts that went through JSON", () => {
  const told: readonly Told[] = Object.values(everyKind)
    .filter((fact) => fact.kind !== "run-opened" && fact.kind !== "run-closed")
    .map((fact, index) => [index, fact]);
  const journal = journalOf(plan, [[0, everyKind["effects-listed"]], ...told]);

  assert.deepEqual(fold(JSON.parse(JSON.stringify(journal)) as typeof journal), fold(journal));
});

test("fold() does not change what it is given", () => {
  const journal = journalOf(plan, [
    [1, everyKind["effects-listed"]],
    [2, intended(key)],
    [3, everyKind["effect-replied"]],
    [4, observed(key, { kind: "absent" })],
    [5, again("publish")],
  ]);
  const before = structuredClone(journal);
  fold(journal);

  assert.deepEqual(journal, before);
});

test("fold() stops at facts that cannot be", () => {
  assert.throws(() => fold([]), isAssertion);
  assert.throws(() => fold(journalOf(plan, []).concat(journalOf(plan, []))), isAssertion);
  assert.throws(() => fold([{ seq: 1, atMs: 0, fact: passed }]), isAssertion);
  for (const fact of [started("none"), listed("none", []), { ...frozen, gate: "none" }, intended("none"), intended(key)]) {
    assert.throws(() => stateOf(plan, [[1, fact]]), isAssertion, fact.kind);
  }
});

test("fold() takes 10,000 facts in well under the time that a resume may take", () => {
  const told = Array.from({ length: 10_000 }, (_, index): Told => {
    const facts = [started("build"), lost, observed(key, { kind: "unknown", why: "?" }), driven];
    return [index, facts[index % facts.length] ?? driven];
  });
  const journal = journalOf(plan, [[0, everyKind["effects-listed"]], ...told]);
  const beganMs = performance.now();
  const state = fold(journal);

  assert.equal(state.lastSeq, 10_002);
  assert.ok(performance.now() - beganMs < 1_000);
});

// --- steps --------------------------------------------------------------------------------------

test("a step that is lost or comes later gives its attempt back; one that failed keeps it", () => {
  assert.equal(stepOf([[1, started("build")]]).attempts, 1);
  assert.equal(
    stepOf([
      [1, started("build")],
      [2, lost],
    ]).attempts,
    0,
  );
  assert.equal(
    stepOf([
      [1, started("build")],
      [2, later],
    ]).attempts,
    0,
  );
  assert.equal(
    stepOf([
      [1, started("build")],
      [2, failed("build")],
    ]).attempts,
    1,
  );
  assert.equal(
    stepOf([
      [1, started("build")],
      [2, failed("build")],
      [3, started("build")],
      [4, lost],
      [5, started("build")],
    ]).attempts,
    2,
  );
});

test("a step knows how it stands", () => {
  const phases: readonly (readonly [readonly Told[], string])[] = [
    [[], "pending"],
    [[[1, started("build")]], "running"],
    [
      [
        [1, started("build")],
        [2, lost],
      ],
      "pending",
    ],
    [
      [
        [1, started("build")],
        [2, later],
      ],
      "later",
    ],
    [
      [
        [1, started("build")],
        [2, later],
        [3, started("build")],
      ],
      "running",
    ],
    [
      [
        [1, started("build")],
        [2, failed("build")],
      ],
      "failed",
    ],
    [
      [
        [1, started("build")],
        [2, failed("build")],
        [3, again("build")],
      ],
      "pending",
    ],
    [
      [
        [1, started("build")],
        [2, done("build")],
      ],
      "done",
    ],
  ];

  for (const [told, phase] of phases) assert.equal(stepOf(told).phase, phase);
});

test("a series of attempts is timed from its first start, from a person's wish, or from the process that took it up", () => {
  assert.equal(
    stepOf([
      [5, started("build")],
      [6, later],
      [7, started("build")],
    ]).sinceMs,
    5,
  );
  assert.equal(
    stepOf([
      [5, started("build")],
      [6, failed("build")],
      [7, again("build")],
    ]).sinceMs,
    7,
  );
  assert.equal(
    stepOf([
      [5, started("build")],
      [6, later],
      [900, driven],
    ]).sinceMs,
    900,
  );
  assert.equal(
    stepOf([
      [5, started("build")],
      [6, failed("build")],
      [900, driven],
    ]).sinceMs,
    5,
  );
});

test("a new process has looked at nothing yet", () => {
  assert.equal(stateOf(plan, [[1, passed]]).preflight?.passed, true);
  assert.equal(
    stateOf(plan, [
      [1, passed],
      [2, driven],
    ]).preflight,
    undefined,
  );
  assert.equal(
    stepOf(
      [
        [1, started("publish")],
        [2, clear("publish")],
        [3, driven],
      ],
      "publish",
    ).surveyed,
    undefined,
  );
});

test("an acting step that is tried again goes on with the effects it listed first", () => {
  const told: readonly Told[] = [
    [1, started("publish")],
    [2, listed("publish", [anEffect()])],
    [3, failed("publish")],
    [4, again("publish")],
    [5, listed("publish", [anEffect({ key: "other" })])],
  ];

  assert.equal(stepOf(told, "publish").phase, "running");
  assert.deepEqual([...(stepOf(told, "publish").effects?.keys() ?? [])], [key]);
});

test("an answer to another question than the one asked counts for nothing", () => {
  const asked = everyKind["question-asked"];

  assert.equal(
    stepOf(
      [
        [1, asked],
        [2, everyKind["question-answered"]],
      ],
      "ask",
    ).answer?.by.name,
    "ann",
  );
  assert.equal(
    stepOf(
      [
        [1, asked],
        [2, { kind: "question-answered", step: "ask", binding: other, by: ann }],
      ],
      "ask",
    ).answer,
    undefined,
  );
});

// --- effects ------------------------------------------------------------------------------------

const absent = observed(key, { kind: "absent" });
const unknown = replied(key, { kind: "unknown", why: "lost" });
const refused = replied(key, { kind: "refused", why: "no" });

test("an effect is open from the intent until it is seen, refused or settled", () => {
  const opens: readonly (readonly [readonly Told[], boolean])[] = [
    [[], false],
    [[[1, intended(key)]], true],
    [
      [
        [1, intended(key)],
        [2, unknown],
      ],
      true,
    ],
    [
      [
        [1, intended(key)],
        [2, everyKind["effect-replied"]],
      ],
      true,
    ],
    [
      [
        [1, intended(key)],
        [2, replied(key, { kind: "by-person", why: "?" })],
      ],
      true,
    ],
    [
      [
        [1, intended(key)],
        [2, refused],
      ],
      false,
    ],
    [
      [
        [1, intended(key)],
        [2, replied(key, { kind: "later", atMs: 9, why: "?" })],
      ],
      false,
    ],
    [
      [
        [1, intended(key)],
        [2, unknown],
        [3, absent],
      ],
      true,
    ],
    [
      [
        [1, intended(key)],
        [2, unknown],
        [3, everyKind["effect-settled"]],
      ],
      false,
    ],
    [
      [
        [1, intended(key)],
        [2, verified(key)],
      ],
      false,
    ],
    [
      [
        [1, intended(key)],
        [2, unknown],
        [3, intended(key)],
        [4, refused],
      ],
      true,
    ],
    [
      [
        [1, intended(key)],
        [2, unknown],
        [3, everyKind["effect-settled"]],
        [4, intended(key)],
        [5, refused],
      ],
      false,
    ],
    [
      [
        [1, intended(key)],
        [2, unknown],
        [3, again("publish")],
      ],
      true,
    ],
    [
      [
        [1, intended(key)],
        [2, unknown],
        [3, driven],
      ],
      true,
    ],
  ];

  for (const [told, isOpen] of opens) assert.equal(effectOf(told).open, isOpen, JSON.stringify(told));
});

test("an effect remembers what was seen when it was sent, so that a broken one can be mended", () => {
  const told: readonly Told[] = [
    [1, observed(key, { kind: "damaged", how: "cut" })],
    [2, intended(key)],
  ];

  assert.deepEqual(effectOf(told).seen, { kind: "damaged", how: "cut" });
  assert.equal(effectOf(told).observed, undefined);
});

test("a send counts against the budget when somebody lived to see its end", () => {
  assert.equal(
    effectOf([
      [1, intended(key)],
      [2, driven],
      [3, intended(key)],
    ]).sendsOfSeries,
    0,
  );
  assert.equal(
    effectOf([
      [1, intended(key)],
      [2, unknown],
      [3, intended(key)],
      [4, refused],
    ]).sendsOfSeries,
    2,
  );
  assert.equal(
    effectOf([
      [1, intended(key)],
      [2, unknown],
      [3, again("publish")],
    ]).sendsOfSeries,
    0,
  );
  assert.equal(
    effectOf([
      [1, intended(key)],
      [2, driven],
      [3, intended(key)],
    ]).sends,
    2,
  );
});

test("other bytes under our name stay known until they were looked for again", () => {
  const conflict = observed(key, { kind: "conflict", theirs: "x" });

  assert.deepEqual(
    effectOf([
      [1, conflict],
      [2, again("publish")],
    ]).observed,
    { observation: { kind: "conflict", theirs: "x" }, atMs: 1, recheck: true },
  );
  assert.equal(
    effectOf([
      [1, absent],
      [2, again("publish")],
    ]).observed,
    undefined,
  );
  assert.equal(
    effectOf([
      [1, conflict],
      [2, again("publish")],
      [3, absent],
    ]).observed?.recheck,
    false,
  );
  assert.equal(
    stepOf(
      [
        [1, started("publish")],
        [2, everyKind["effects-listed"]],
        [3, strangers],
        [4, again("publish")],
      ],
      "publish",
    ).surveyed?.recheck,
    true,
  );
  assert.equal(
    stepOf(
      [
        [1, started("publish")],
        [2, clear("publish")],
        [3, again("publish")],
      ],
      "publish",
    ).surveyed,
    undefined,
  );
});

// --- gates --------------------------------------------------------------------------------------

test("approvals count for the subject they name, and die with it", () => {
  assert.deepEqual(gateOf([[1, approved("ben")]]).approvals, []);
  assert.deepEqual(
    gateOf([
      [1, frozen],
      [2, approved("ben")],
    ]).approvals,
    [{ by: "ben", authenticated: false }],
  );
  assert.deepEqual(
    gateOf([
      [1, frozen],
      [2, approved("ben", other)],
    ]).approvals,
    [],
  );
  assert.deepEqual(
    gateOf([
      [1, frozen],
      [2, approved("ben")],
      [3, { ...frozen, digest: other }],
    ]).approvals,
    [],
  );
});

test("a rejection of another subject counts for nothing", () => {
  assert.deepEqual(
    gateOf([
      [1, frozen],
      [2, rejected],
    ]).rejection,
    { by: "ann", reason: "no" },
  );
  assert.equal(
    gateOf([
      [1, frozen],
      [2, { ...frozen, digest: other }],
      [3, rejected],
    ]).rejection,
    undefined,
  );
});

test("work above a gate that begins again voids what was frozen from it", () => {
  const before: readonly Told[] = [
    [1, started("build")],
    [2, done("build", [anArtifact("wheel", "a.whl")])],
    [3, frozen],
    [4, approved("ben")],
  ];

  assert.equal(gateOf(before).approvals.length, 1);
  assert.deepEqual(gateOf([...before, [5, started("build")]]), { subject: undefined, approvals: [], rejection: undefined });
});

test("a step that passes its gate does not close it behind itself", () => {
  const shared = planOf(
    [
      aPlannedStep({ id: "build" }),
      anActingStep({ id: "first", gate: "pypi", waitsFor: ["build"] }),
      anActingStep({ id: "second", gate: "pypi", waitsFor: ["first"] }),
    ],
    {
      environments: [anEnvironment({ gate: "pypi", approvals })],
    },
  );
  const state = stateOf(shared, [
    [1, done("build")],
    [2, frozen],
    [3, approved("ben")],
    [4, started("first")],
  ]);

  assert.deepEqual(state.gates.get("pypi")?.approvals, [{ by: "ben", authenticated: false }]);
});
