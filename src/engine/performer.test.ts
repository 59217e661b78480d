import assert from "node:assert/strict";
import { test } from "node:test";
import { anArtifact, aPlannedStep, fakePorts } from "../../test/support/ports.ts";
import {
  anActingStep,
  anEffect,
  absentFact,
  done,
  intended,
  listed,
  observed,
  passed,
  planOf,
  sha256OfText,
  started,
  stateOf,
  type Told,
} from "../../test/support/runs.ts";
import { SlipwayError } from "../domain/error.ts";
import type { PlannedStep } from "../domain/plan/plan.ts";
import type { Move } from "../domain/run/decide.ts";
import type { Effect, Observation, Performed } from "../domain/run/effect.ts";
import type { Fact } from "../domain/run/fact.ts";
import type { OpenedHow } from "../domain/run/opened.ts";
import type { ActingStep, GateStep, Step, Verified, WorkStep } from "../steps/step.ts";
import { perform, type Workshop } from "./performer.ts";

const common = {
  name: "fake",
  revision: 1,
  summary: "",
  zone: "tool",
  timeoutMs: 1,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  describe: () => "",
  preflight: async () => [],
  input: undefined as unknown as Step["input"],
} as const;

const effect = anEffect({ key: "a" });
const acting: ActingStep = {
  ...common,
  kind: "acting",
  reach: () => "irreversible",
  effects: async () => [effect],
  survey: async () => ({ kind: "clear" }),
  observe: async () => ({ kind: "absent" }),
  perform: async () => ({ kind: "sent", warnings: [] }),
  verify: async () => ({ kind: "verified", evidence: { how: "read back" } }),
};
const working: WorkStep = { ...common, kind: "work", perform: async () => ({ kind: "done", output: { ok: true }, artifacts: [] }) };

const build = aPlannedStep({ id: "build", makes: [{ kind: "wheel", package: "demo", countMin: 0, countMax: 9 }] });
const publish = anActingStep({ waitsFor: ["build"], takes: [{ kinds: ["wheel"] }] });
const plan = planOf([build, publish, aPlannedStep({ id: "ask", kind: "gate", uses: "ask@1" })]);
const listedTold: readonly Told[] = [
  [0, passed],
  [0, done("build", [anArtifact("wheel", "demo.whl")])],
  [0, started("publish")],
  [0, listed("publish", [effect])],
];

interface Around {
  readonly step?: Step;
  readonly told?: readonly Told[];
  readonly workshop?: Partial<Workshop>;
  readonly reached?: string[];
}

function workshopOf(around: Around): Workshop {
  const { step = acting, reached = [], workshop } = around;
  const ports = fakePorts();
  return {
    nowMs: () => 0,
    crashPoints: { reach: (name) => void reached.push(name) },
    stepOf: () => step,
    preflight: async () => ({ passed: true, findings: [] }),
    readPorts: async () => ports,
    effectPorts: async () => ports,
    workPorts: async () => ({ ports, close: async () => void reached.push("closed") }),
    freeze: async (made, maker) => ({ ...anArtifact(made.kind, made.name), maker }),
    advance: async () => undefined,
    lookAtSource: async () => ({ kind: "same" }),
    bind: async (_state, planned, question) => ({
      kind: "question-asked",
      step: planned.id,
      text: question.text,
      binding: sha256OfText("b"),
      paths: [],
    }),
    ...workshop,
  };
}

function performed(move: Move, around: Around = {}): Promise<readonly Fact[]> {
  return perform(move, stateOf(plan, around.told ?? listedTold), workshopOf(around));
}

const look: Move = { key: "observe:publish:a", kind: "observe", step: "publish", effect: "a" };
const send: Move = { key: "send:publish:a", kind: "send", step: "publish", effect: "a" };
const check: Move = { key: "verify:publish:a", kind: "verify", step: "publish", effect: "a" };
const work: Move = { key: "work:build", kind: "work", step: "build", attempt: 1 };
const list: Move = { key: "list:publish", kind: "list-effects", step: "publish" };
const survey: Move = { key: "survey:publish", kind: "survey", step: "publish" };

function throwing(error: unknown): () => Promise<never> {
  return async () => {
    throw error;
  };
}

// --- what is learned ----------------------------------------------------------------------------

test("a look tells what was seen, and a source that moved", async () => {
  assert.deepEqual(await performed(look), [absentFact("a")]);
  const lookAtSource: Workshop["lookAtSource"] = async () => ({ kind: "moved", what: "refs/tags/v1", from: "x", to: "y" });
  const moved: Fact = { kind: "source-moved", what: "refs/tags/v1", from: "x", to: "y" };

  assert.deepEqual(await performed(look, { workshop: { lookAtSource } }), [moved, absentFact("a")]);
  assert.deepEqual(await performed(look, { workshop: { lookAtSource }, told: [...listedTold, [1, moved]] }), [absentFact("a")]);
});

test("a send is told what was seen before the intent was written down", async () => {
  const seen: Observation[] = [];
  const step: ActingStep = { ...acting, perform: async (_effect, before) => (seen.push(before), { kind: "sent", warnings: [] }) };

  await performed(send, { step, told: [...listedTold, [1, observed("a", { kind: "damaged", how: "cut" })], [2, intended("a")]] });
  await performed(send, { step, told: [...listedTold, [1, absentFact("a")], [2, intended("a")]] });

  assert.deepEqual(seen, [{ kind: "damaged", how: "cut" }, { kind: "absent" }]);
});

test("a send passes a crash point before and after", async () => {
  const reached: string[] = [];

  await performed(send, { reached, told: [...listedTold, [2, intended("a")]] });

  assert.deepEqual(reached, ["effect/a/before-send", "effect/a/after-send"]);
});

const verdicts: readonly (readonly [Verified, Fact])[] = [
  [
    { kind: "verified", evidence: { how: "x" } },
    { kind: "effect-verified", step: "publish", effect: "a", evidence: { how: "x" } },
  ],
  [{ kind: "differs", theirs: "ff" }, observed("a", { kind: "conflict", theirs: "ff" })],
  [{ kind: "unknown", why: "slow" }, observed("a", { kind: "unknown", why: "slow" })],
];

for (const [verdict, fact] of verdicts) {
  test(`a verification that says "${verdict.kind}" becomes "${fact.kind}"`, async () => {
    assert.deepEqual(await performed(check, { step: { ...acting, verify: async () => verdict } }), [fact]);
  });
}

test("a step is given the artifacts it takes, its use and since when it is tried", async () => {
  let given: unknown;
  const step: ActingStep = {
    ...acting,
    effects: async (frozen) => ((given = [frozen.artifacts.map((one) => one.name), frozen.sinceMs, frozen.step.id]), []),
  };

  await performed(list, {
    step,
    told: [
      [0, passed],
      [0, done("build", [anArtifact("wheel", "demo.whl"), anArtifact("sbom", "x")])],
      [7, started("publish")],
    ],
  });

  assert.deepEqual(given, [["demo.whl"], 7, "publish"]);
});

test("a survey is told of all effects of the step", async () => {
  let keys: readonly string[] = [];
  const step: ActingStep = { ...acting, survey: async (all) => ((keys = all.map((one) => one.key)), { kind: "clear" }) };

  assert.deepEqual(await performed(survey, { step }), [{ kind: "targets-surveyed", step: "publish", surveyed: { kind: "clear" } }]);
  assert.deepEqual(keys, ["a"]);
});

test("a question is bound to what it is about", async () => {
  const step: GateStep = { ...common, kind: "gate", question: () => ({ text: "Looked?", paths: [] }) };

  assert.deepEqual(await performed({ key: "ask:ask", kind: "ask", step: "ask" }, { step }), [
    { kind: "question-asked", step: "ask", text: "Looked?", binding: sha256OfText("b"), paths: [] },
  ]);
});

test("preflight reports what it found", async () => {
  const findings = [{ id: "PF-X", level: "blocks", message: "no" }] as const;

  assert.deepEqual(
    await performed({ key: "preflight", kind: "preflight" }, { workshop: { preflight: async () => ({ passed: false, findings }) } }),
    [{ kind: "preflight-reported", passed: false, findings }],
  );
});

// --- work ---------------------------------------------------------------------------------------

const made = (name: string) => ({ kind: "wheel", package: "demo", name, file: `/work/${name}` }) as const;

test("work that is done freezes what it made and closes its folders", async () => {
  const reached: string[] = [];
  const step: WorkStep = { ...working, perform: async () => ({ kind: "done", output: 1, artifacts: [made("a.whl")] }) };

  const [fact] = await performed(work, { step, reached });

  assert.ok(fact?.kind === "step-done");
  assert.deepEqual(
    fact.artifacts.map((one) => [one.name, one.maker]),
    [["a.whl", "build"]],
  );
  assert.deepEqual(reached, ["work/build/performed", "work/build/frozen", "closed"]);
});

test("work that is done says how what it made stands to an earlier build, where there is one", async () => {
  const step: WorkStep = { ...working, perform: async () => ({ kind: "done", output: 1, artifacts: [made("a.whl")] }) };
  const earlier = { run: "r0", mode: "rehearsal", sha256: sha256OfText("other") } as const;
  const compare: Workshop["compare"] = async (_state, { artifacts }) =>
    artifacts.map(({ kind, package: id, name, digest }) => ({ kind, package: id, name, sha256: digest, earlier, differences: ["time"] }));

  const [fact] = await performed(work, { step, workshop: { compare } });
  const [without] = await performed(work, { step, workshop: { compare: async () => [] } });

  assert.deepEqual(fact?.kind === "step-done" && fact.compared?.map(({ name, differences }) => [name, differences]), [["a.whl", ["time"]]]);
  assert.equal(without?.kind === "step-done" && "compared" in without, false);
});

test("work that made something else than the plan expects has failed, and freezes nothing", async () => {
  const step: WorkStep = {
    ...working,
    perform: async () => ({ kind: "done", output: 1, artifacts: [{ ...made("a.whl"), package: "other" }] }),
  };
  let frozen = 0;

  const [fact] = await performed(work, {
    step,
    workshop: { freeze: async (one, maker) => ((frozen += 1), { ...anArtifact("wheel", one.name), maker }) },
  });

  assert.ok(fact?.kind === "step-failed" && fact.code === "ARTIFACT_SET");
  assert.match(fact.message, /not expected: wheel "a.whl" of other/);
  assert.equal(frozen, 0);
});

test("work that failed, or is not possible yet, is told as it is", async () => {
  const failing: WorkStep = {
    ...working,
    perform: async () => ({ kind: "failed", code: "TOOL_MISSING", message: "no uv", hint: "Install uv", details: { a: 1 } }),
  };
  const late: WorkStep = { ...working, perform: async () => ({ kind: "later", atMs: 9, why: "not there yet" }) };

  assert.deepEqual(await performed(work, { step: failing }), [
    { kind: "step-failed", step: "build", code: "TOOL_MISSING", message: "no uv", hint: "Install uv", details: { a: 1 } },
  ]);
  assert.deepEqual(await performed(work, { step: late }), [{ kind: "step-later", step: "build", atMs: 9, why: "not there yet" }]);
});

function stoppedBy(reason: Error): Workshop["workPorts"] {
  const controller = new AbortController();
  controller.abort(reason);
  return async () => ({ ports: { ...fakePorts(), signal: controller.signal }, close: async () => {} });
}

test("work stopped by its time-out has failed; stopped by a person it is only lost", async () => {
  const timeout = new DOMException("over", "TimeoutError");
  for (const perform of [
    throwing(new Error("killed")),
    async () => ({ kind: "failed", code: "STEP_FAILED", message: "killed" }) as const,
  ]) {
    const step: WorkStep = { ...working, perform };
    const [late] = await performed(work, { step, workshop: { workPorts: stoppedBy(timeout) } });
    assert.ok(late?.kind === "step-failed" && late.code === "TIMED_OUT");
    assert.deepEqual(await performed(work, { step, workshop: { workPorts: stoppedBy(new Error("The run was stopped")) } }), [
      { kind: "step-lost", step: "build" },
    ]);
  }
});

test("work that got done before it was stopped is done", async () => {
  const [fact] = await performed(work, { step: working, workshop: { workPorts: stoppedBy(new Error("stopped")) } });

  assert.equal(fact?.kind, "step-done");
});

// --- what the plan promised about effects -------------------------------------------------------

const lists: readonly (readonly [string, readonly Effect[], RegExp, Partial<PlannedStep>?])[] = [
  ["the same effect twice", [effect, anEffect({ key: "a" })], /lists the effect "a" twice/],
  [
    "an effect that follows one that is not there",
    [anEffect({ key: "a", after: ["b"] })],
    /"a" of step "publish" follows "b", which does not stand before it/,
  ],
  ["effects that follow each other", [anEffect({ key: "a", after: ["b"] }), anEffect({ key: "b", after: ["a"] })], /follows "b"/],
  [
    "an effect that reaches farther than the plan says",
    [effect],
    /"a" of step "publish" is irreversible, and the plan says reversible/,
    { reach: "reversible" },
  ],
];

for (const [name, effects, message, parts] of lists) {
  test(`a step that lists ${name} has failed, and nothing is sent`, async () => {
    const changed = planOf([build, { ...publish, ...parts }]);
    const [fact] = await perform(list, stateOf(changed, [[0, passed]]), workshopOf({ step: { ...acting, effects: async () => effects } }));

    assert.ok(fact?.kind === "step-failed" && fact.code === "INTERNAL_ASSERTION");
    assert.match(fact.message, message);
  });
}

test("effects that reach less far than the plan says are fine", async () => {
  const [fact] = await performed(list, {
    step: { ...acting, effects: async () => [anEffect({ reach: "expendable" }), anEffect({ key: "b", reach: "reversible" })] },
  });

  assert.equal(fact?.kind, "effects-listed");
});

// --- faults of our own --------------------------------------------------------------------------

const boom = new Error("boom");
const unknowns: readonly (readonly [Move, Partial<ActingStep>, Fact])[] = [
  [look, { observe: throwing(boom) }, observed("a", { kind: "unknown", why: "boom" })],
  [check, { verify: throwing(boom) }, observed("a", { kind: "unknown", why: "boom" })],
  [send, { perform: throwing(boom) }, { kind: "effect-replied", step: "publish", effect: "a", reply: { kind: "unknown", why: "boom" } }],
  [survey, { survey: throwing(boom) }, { kind: "targets-surveyed", step: "publish", surveyed: { kind: "unknown", why: "boom" } }],
  [list, { effects: throwing(boom) }, { kind: "step-failed", step: "publish", code: "STEP_FAILED", message: "boom" }],
];

for (const [move, parts, fact] of unknowns) {
  test(`a fault during "${move.kind}" leaves no wrong conclusion`, async () => {
    assert.deepEqual(await performed(move, { step: { ...acting, ...parts } }), [fact]);
  });
}

test("a fault during work, preflight or a look at the source leaves no wrong conclusion", async () => {
  const hinted = new SlipwayError("TOOL_MISSING", "no uv", { hint: "Install uv" });

  assert.deepEqual(await performed(work, { step: { ...working, perform: throwing(hinted) } }), [
    { kind: "step-failed", step: "build", code: "TOOL_MISSING", message: "no uv", hint: "Install uv" },
  ]);
  assert.deepEqual(await performed({ key: "preflight", kind: "preflight" }, { workshop: { preflight: throwing(boom) } }), [
    { kind: "preflight-reported", passed: false, findings: [{ id: "PF-FAILED", level: "blocks", message: "boom" }] },
  ]);
  assert.deepEqual(await performed(look, { workshop: { lookAtSource: throwing(boom) } }), [
    observed("a", { kind: "unknown", why: "boom" }),
  ]);
});

test("a step thrown at by something that is no error is told all the same", async () => {
  assert.deepEqual(await performed(look, { step: { ...acting, observe: throwing("just a text") } }), [
    observed("a", { kind: "unknown", why: "just a text" }),
  ]);
});

test("a credential that cannot be had means that nothing was sent", async () => {
  const replies: Performed[] = [];
  for (const code of ["CREDENTIAL_MISSING", "CREDENTIAL_INVALID", "FILE_UNREADABLE"] as const) {
    const [fact] = await performed(send, { step: { ...acting, perform: throwing(new SlipwayError(code, "no token")) } });
    if (fact?.kind === "effect-replied") replies.push(fact.reply);
  }

  assert.deepEqual(replies, [
    { kind: "refused", why: "no token", code: "CREDENTIAL_MISSING" },
    { kind: "refused", why: "no token", code: "CREDENTIAL_INVALID" },
    { kind: "unknown", why: "no token" },
  ]);
});

test("what opened a registry is told before the reply, once for as long as it is the same, and though the sending threw", async () => {
  const how: OpenedHow = { kind: "fallback", variable: "PYPI_FALLBACK" };
  const opened: Fact = { kind: "credential-opened", step: "publish", registry: "pypi", how };
  const kinds = async (told: readonly Told[], perform: ActingStep["perform"]): Promise<readonly unknown[]> => {
    const effectPorts: Workshop["effectPorts"] = async (_state, _step, note) => {
      note("pypi", how);
      return fakePorts();
    };
    const facts = await performed(send, { told, step: { ...acting, perform }, workshop: { effectPorts } });
    return facts.map((fact) => (fact.kind === "effect-replied" ? fact.reply.kind : fact));
  };
  const other: Fact = { ...opened, how: { kind: "identity", provider: "github" } };

  assert.deepEqual(await kinds(listedTold, acting.perform), [opened, "sent"]);
  assert.deepEqual(await kinds([...listedTold, [1, opened]], acting.perform), ["sent"]);
  assert.deepEqual(await kinds([...listedTold, [1, opened], [2, other]], acting.perform), [opened, "sent"]);
  assert.deepEqual(await kinds(listedTold, throwing(new Error("cut"))), [opened, "unknown"]);
});

test("a mint that does not answer is asked again, and the reason stays known", async () => {
  const silent = new SlipwayError("LOGIN_UNANSWERED", "no answer");
  const [fact] = await performed(send, { step: { ...acting, perform: throwing(silent) } });

  assert.deepEqual(fact?.kind === "effect-replied" && fact.reply, {
    kind: "later",
    atMs: 10_000,
    why: "no answer",
    code: "LOGIN_UNANSWERED",
  });
});

test("a disk that cannot be written stops everything, whatever was under way", async () => {
  const full = new SlipwayError("STORAGE_FAILED", "the disk is full");
  for (const [move, step] of [
    [look, { ...acting, observe: throwing(full) }],
    [send, { ...acting, perform: throwing(full) }],
    [work, { ...working, perform: throwing(full) }],
  ] as const) {
    await assert.rejects(performed(move, { step }), full);
  }
});

test("a conclusion is nothing that could be performed", async () => {
  await assert.rejects(
    performed({ key: "end:publish", kind: "end", step: "publish" }),
    (error: unknown) => error instanceof SlipwayError && error.code === "INTERNAL_ASSERTION",
  );
});
