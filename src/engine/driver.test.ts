import assert from "node:assert/strict";
import { test } from "node:test";
import { anEnvironment, aPlannedStep } from "../../test/support/ports.ts";
import {
  absentFact,
  anActingStep,
  anEffect,
  ann,
  clear,
  done,
  failed,
  intended,
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
} from "../../test/support/runs.ts";
import { canonicalJson } from "../domain/digest.ts";
import type { Plan } from "../domain/plan/plan.ts";
import type { Fact } from "../domain/run/fact.ts";
import type { RunState } from "../domain/run/state.ts";
import { drive, type Drove, type Input, type Runtime } from "./driver.ts";

interface Script {
  readonly plan: Plan;
  readonly told?: readonly Told[];
  /** What comes of a move, by its key; a move that is not named never ends. */
  readonly ends?: Readonly<Record<string, readonly Fact[]>>;
  /** What people say when the inbox is looked at; each once. */
  readonly asks?: readonly Input[];
  readonly waitForPeople?: boolean;
  /** Interrupts when this move is begun. */
  readonly interruptAt?: string;
  readonly isGrouped?: boolean;
}

interface Story {
  readonly drove: Drove;
  readonly state: RunState;
  /** Commits (`+kind,kind`), moves that begin (`>key`) and waits (`.`), in order. */
  readonly log: readonly string[];
}

async function driven(script: Script): Promise<Story> {
  const { ends = {}, waitForPeople = false, isGrouped = false } = script;
  const state = stateOf(script.plan, script.told ?? []);
  const log: string[] = [];
  const queue: Input[] = [];
  const asks = [...(script.asks ?? [])];
  const interrupted = new AbortController();
  let nowMs = 0;
  let seq = state.lastSeq;
  const runtime: Runtime = {
    nowMs: () => nowMs,
    digestSubject: (subject) => sha256OfText(canonicalJson(subject)),
    commit(facts) {
      log.push(`+${facts.map((fact) => fact.kind).join()}`);
      return facts.map((fact) => ({ seq: (seq += 1), atMs: nowMs, fact }));
    },
    perform(move) {
      log.push(`>${move.key}`);
      if (move.key === script.interruptAt) interrupted.abort();
      const facts = ends[move.key];
      if (facts !== undefined) queue.push({ kind: "ended", key: move.key, facts });
    },
    async next(wakeAtMs) {
      const input = queue.shift() ?? asks.shift();
      if (input !== undefined) return input;
      log.push(".");
      assert.ok(wakeAtMs !== undefined, `nothing happens any more: ${log.join(" ")}`);
      nowMs = Math.max(nowMs, wakeAtMs);
      return { kind: "woken" };
    },
    ...(isGrouped
      ? {
          together: (act) => {
            log.push("[");
            const result = act();
            log.push("]");
            return result;
          },
          more: () => queue.splice(0),
        }
      : {}),
  };
  const drove = await drive(state, runtime, { limits: { work: 4, perTarget: 4 }, waitForPeople, interrupted: interrupted.signal });
  return { drove, state, log };
}

const publish = anActingStep();
const effect = anEffect({ key: "a" });
const begun: readonly Told[] = [
  [0, passed],
  [0, started("publish")],
  [0, listed("publish", [effect])],
  [0, clear("publish")],
];
const allWell = {
  preflight: [passed],
  "list:publish": [listed("publish", [effect])],
  "survey:publish": [clear("publish")],
  "send:publish:a": [replied("a", { kind: "sent", warnings: [] })],
  "verify:publish:a": [verified("a")],
} as const;

test("drive() takes a run from preflight to its end, each conclusion written down before what follows from it", async () => {
  const { drove, log } = await driven({
    plan: planOf([aPlannedStep({ id: "build" })]),
    ends: { preflight: [passed], "work:build": [done("build")] },
  });

  assert.deepEqual(drove, { kind: "closed", result: "complete" });
  assert.deepEqual(log, [">preflight", "+preflight-reported", "+step-started", ">work:build", "+step-done", "+run-closed"]);
});

test("drive() writes the intent down before it sends", async () => {
  const { log } = await driven({
    plan: planOf([publish]),
    told: [...begun, [0, absentFact("a")]],
    ends: { ...allWell, "observe:publish:a": [observed("a", { kind: "present", evidence: { how: "x" } })] },
  });

  assert.deepEqual(log, [
    "+effect-intended",
    ">send:publish:a",
    "+effect-replied",
    ">observe:publish:a",
    "+effect-observed",
    ">verify:publish:a",
    "+effect-verified",
    "+step-done",
    "+run-closed",
  ]);
});

test("drive() writes down what happens at once in one group, and begins nothing before the group is whole", async () => {
  const wide = planOf([aPlannedStep({ id: "a" }), aPlannedStep({ id: "b" }), aPlannedStep({ id: "c", waitsFor: ["a", "b"] })]);
  const { drove, log } = await driven({
    plan: wide,
    told: [[0, passed]],
    ends: { "work:a": [done("a")], "work:b": [done("b")], "work:c": [done("c")] },
    isGrouped: true,
  });

  assert.equal(drove.kind, "closed");
  assert.deepEqual(log, [
    "[",
    "+step-started,step-started",
    "]",
    ">work:a",
    ">work:b",
    "[",
    "+step-done",
    "+step-done",
    "+step-started",
    "]",
    ">work:c",
    "[",
    "+step-done",
    "+run-closed",
    "]",
  ]);
});

test("drive() waits until something is due", async () => {
  const later: Fact = { kind: "step-later", step: "build", atMs: 5_000, why: "not there yet" };
  const plan = planOf([aPlannedStep({ id: "build" })]);
  const { log } = await driven({
    plan,
    told: [
      [0, passed],
      [0, started("build")],
      [0, later],
    ],
    ends: { "work:build": [done("build")] },
  });

  assert.deepEqual(log, [".", "+step-started", ">work:build", "+step-done", "+run-closed"]);
});

test("drive() returns at a failed step, and says so", async () => {
  const plan = planOf([aPlannedStep({ id: "build" })]);
  const { drove } = await driven({ plan, told: [[0, passed]], ends: { "work:build": [failed("build")] } });

  assert.deepEqual(drove, { kind: "failed", steps: ["build"] });
});

const approvals = { required: 1, from: "managers", standing: "refused" } as const;
const gated = planOf([anActingStep({ gate: "pypi", environment: "pypi" })], { environments: [anEnvironment({ gate: "pypi", approvals })] });

function approve(plan: Plan): Input {
  const subject = {
    planDigest: stateOf(plan, []).planDigest,
    commit: plan.source.commit,
    title: plan.release.title,
    artifacts: [],
    targets: ["pypi"],
  };
  const digest = sha256OfText(canonicalJson(subject));
  return {
    kind: "asked",
    facts: [{ kind: "gate-approved", gate: "pypi", digest, by: { name: "ben", authenticated: false } }],
    answered: ["1"],
  };
}

test("drive() freezes the subject and returns to be asked again", async () => {
  const { drove, log, state } = await driven({ plan: gated, told: [[0, passed]] });

  assert.deepEqual(drove, { kind: "waiting", gates: ["pypi"], questions: [] });
  assert.deepEqual(log, ["+subject-frozen", "."]);
  assert.equal(state.gates.get("pypi")?.subject?.subject.targets[0], "pypi");
});

test("drive() takes up what people said before it returns", async () => {
  const { drove, log } = await driven({
    plan: gated,
    told: [[0, passed]],
    asks: [approve(gated)],
    ends: { ...allWell, "list:publish": [listed("publish", [])] },
  });

  assert.equal(drove.kind, "closed");
  assert.deepEqual(log.slice(0, 4), ["+subject-frozen", "+gate-approved", "+step-started", ">list:publish"]);
});

test("drive() stays at a gate where it is to wait for people", async () => {
  await assert.rejects(driven({ plan: gated, told: [[0, passed]], waitForPeople: true }), /nothing happens any more: \+subject-frozen \./);
});

const unmerged: Fact = observed("a", { kind: "pending", againMs: 30_000, why: "not merged yet", forPerson: true });

test("drive() returns where a person elsewhere is waited for, having looked once", async () => {
  const told: readonly Told[] = [...begun, [0, { kind: "run-driven", by: ann, tool: "slipway" }], [0, passed], [0, clear("publish")]];
  const { drove, log } = await driven({ plan: planOf([publish]), told, ends: { "observe:publish:a": [unmerged] } });

  assert.deepEqual(drove, { kind: "waiting", gates: [], questions: [], elsewhere: ["publish"] });
  assert.deepEqual(log, [">observe:publish:a", "+effect-observed", "."]);
});

test("drive() goes on looking where it is to wait for people, and ends with the merge", async () => {
  let looks = 0;
  const ends = {
    ...allWell,
    get "observe:publish:a"(): readonly Fact[] {
      looks += 1;
      return [looks < 4 ? unmerged : observed("a", { kind: "present", evidence: { how: "read back" } })];
    },
  };

  const { drove } = await driven({ plan: planOf([publish]), told: begun, ends, waitForPeople: true });

  assert.deepEqual([drove.kind, looks], ["closed", 4]);
});

test("drive() begins nothing new once it is interrupted, ends what is under way, and says so", async () => {
  const plan = planOf([aPlannedStep({ id: "a" }), aPlannedStep({ id: "b", waitsFor: ["a"] })]);
  const { drove, log } = await driven({ plan, told: [[0, passed]], ends: { "work:a": [done("a")] }, interruptAt: "work:a" });

  assert.deepEqual(drove, { kind: "interrupted" });
  assert.deepEqual(log, ["+step-started", ">work:a", "+step-done"]);
});

test("drive() returns at once for a run that is over", async () => {
  const { drove, log } = await driven({ plan: gated, told: [[0, { kind: "run-closed", result: "cancelled" }]] });

  assert.deepEqual(drove, { kind: "closed", result: "cancelled" });
  assert.deepEqual(log, []);
});

test("drive() takes out asks that lead to nothing", async () => {
  const { drove, log } = await driven({ plan: gated, told: [[0, passed]], asks: [{ kind: "asked", facts: [], answered: ["1"] }] });

  assert.equal(drove.kind, "waiting");
  assert.deepEqual(log, ["+subject-frozen", "+", "."]);
});

// --- what a failure is called -------------------------------------------------------------------

const atHand = anEffect({ key: "a", again: "by-person", settleMs: 0 });
const failures: readonly (readonly [string, readonly Told[], string, RegExp])[] = [
  [
    "refused",
    [
      [0, intended("a")],
      [0, replied("a", { kind: "refused", why: "bad metadata" })],
      [0, absentFact("a")],
    ],
    "STEP_FAILED",
    /^a: bad metadata$/,
  ],
  [
    "refused for its credential",
    [
      [0, intended("a")],
      [0, replied("a", { kind: "refused", why: "403", code: "CREDENTIAL_REFUSED" })],
      [0, absentFact("a")],
    ],
    "CREDENTIAL_REFUSED",
    /^a: 403$/,
  ],
  [
    "never seen",
    [
      [0, intended("a")],
      [0, replied("a", { kind: "sent", warnings: [] })],
      [0, absentFact("a")],
      [9e8, absentFact("a")],
    ],
    "RUN_INCOMPLETE",
    /^a: accepted, not visible yet$/,
  ],
  [
    "another's",
    [[0, observed("a", { kind: "conflict", theirs: "sha256:ff" })]],
    "REGISTRY_CONFLICT",
    /^a: the target holds something else: sha256:ff$/,
  ],
  [
    "a stranger's",
    [[0, { kind: "targets-surveyed", step: "publish", surveyed: { kind: "strangers", strangers: [{ target: "pypi", name: "x.whl" }] } }]],
    "REGISTRY_CONFLICT",
    /^the target holds something else: x.whl$/,
  ],
  [
    "only for a person",
    [
      [0, intended("a")],
      [0, absentFact("a")],
    ],
    "DECISION_NEEDED",
    /^a: an attempt was interrupted/,
  ],
];

for (const [name, told, code, message] of failures) {
  test(`drive() fails a step whose effect is ${name} with ${code}`, async () => {
    const effects = name === "only for a person" ? [atHand] : [effect];
    const { state } = await driven({
      plan: planOf([publish]),
      told: [[0, passed], [0, started("publish")], [0, listed("publish", effects)], [0, clear("publish")], ...told],
    });

    const failure = state.steps.get("publish")?.failure;
    assert.equal(failure?.code, code);
    assert.match(failure?.message ?? "", message);
  });
}

test("drive() has a cancelled run say what became of what was sent before it closes", async () => {
  const told: readonly Told[] = [
    ...begun,
    [0, intended("a")],
    [0, replied("a", { kind: "unknown", why: "lost" })],
    [0, { kind: "cancel-asked", by: ann }],
  ];
  const { drove, log } = await driven({ plan: planOf([publish]), told, ends: { ...allWell, "observe:publish:a": [absentFact("a")] } });

  assert.deepEqual(drove, { kind: "closed", result: "cancelled" });
  assert.deepEqual(log.slice(-2), ["+effect-settled", "+run-closed"]);
  assert.ok(!log.includes(">send:publish:a"));
});
