import assert from "node:assert/strict";
import { test } from "node:test";
import { anArtifact, anEnvironment, aPlannedStep, aRegistry } from "../../test/support/ports.ts";
import {
  anActingStep,
  anEffect,
  ann,
  failed,
  intended,
  listed,
  passed,
  planOf,
  replied,
  sha256OfText,
  started,
  stateOf,
  type Told,
} from "../../test/support/runs.ts";
import type { Fact, Person } from "../domain/run/fact.ts";
import { evolve, type RunState } from "../domain/run/state.ts";
import { judgeAsk, judgeRows } from "./asks.ts";
import type { Ask } from "./journal/journal.ts";

const approvals = { required: 1, from: "managers", not: "requester", standing: "refused" } as const;
const question = aPlannedStep({ id: "ask", kind: "gate", input: { from: "managers" } });
const plan = planOf([question, aPlannedStep({ id: "open", kind: "gate" }), anActingStep({ gate: "pypi", environment: "pypi" })], {
  environments: [anEnvironment({ gate: "pypi", approvals })],
});
const digest = sha256OfText("subject");
const binding = sha256OfText("question");
const frozen: Fact = {
  kind: "subject-frozen",
  gate: "pypi",
  subject: { planDigest: digest, commit: "c", title: "demo", artifacts: [], targets: [] },
  digest,
};
const asked = (step: string): Fact => ({ kind: "question-asked", step, text: "Looked?", binding, paths: [] });
const person = (name: string): Person => ({ name, authenticated: false });
const ben = person("ben");
const members = (group: string): readonly string[] | undefined => (group === "managers" ? ["ann", "ben"] : undefined);

function judge(told: readonly Told[], ask: Ask): ReturnType<typeof judgeAsk> {
  return judgeAsk(stateOf(plan, told), ask, members);
}

function whyRefused(told: readonly Told[], ask: Ask): string {
  const verdict = judge(told, ask);
  assert.ok(verdict.kind === "refused", "it counts");
  assert.notEqual(verdict.hint, "");
  return verdict.why;
}

const approve: Ask = { kind: "approve", gate: "pypi", digest, by: ben };
const retry: Ask = { kind: "retry", step: "publish", by: ben, reason: "mended" };

test("an approval of the present subject counts", () => {
  assert.deepEqual(judge([[1, frozen]], { ...approve, note: "fine" }), {
    kind: "counts",
    facts: [{ kind: "gate-approved", gate: "pypi", digest, by: ben, note: "fine" }],
  });
});

test("an approval of another subject is refused and names what is asked for", () => {
  assert.match(whyRefused([[1, frozen]], { ...approve, digest: sha256OfText("other") }), new RegExp(`consent to ${digest.slice(0, 12)}`));
});

test("an approval before the gate asks is early", () => {
  const verdict = judge([], approve);

  assert.ok(verdict.kind === "refused" && verdict.early === true);
  assert.match(verdict.why, /does not ask yet/);
});

test("an approval at a gate that the plan does not have is refused for good", () => {
  const verdict = judge([], { ...approve, gate: "none" });

  assert.ok(verdict.kind === "refused" && verdict.early === undefined);
});

test("the requester and a stranger are refused where the rule says so", () => {
  assert.match(whyRefused([[1, frozen]], { ...approve, by: ann }), /asked for this release/);
  assert.match(whyRefused([[1, frozen]], { ...approve, by: person("eve") }), /not one of managers/);
});

test("a rejection needs the present subject too", () => {
  const reject: Ask = { kind: "reject", gate: "pypi", digest, by: ben, reason: "wrong changelog" };

  assert.deepEqual(judge([[1, frozen]], reject), {
    kind: "counts",
    facts: [{ kind: "gate-rejected", gate: "pypi", digest, by: ben, reason: "wrong changelog" }],
  });
  assert.match(whyRefused([[1, frozen]], { ...reject, digest: sha256OfText("other") }), /asks for consent/);
});

test("an answer counts from those who are asked, for what they were asked", () => {
  const answer: Ask = { kind: "answer", step: "ask", binding, by: ben };

  assert.deepEqual(judge([[1, asked("ask")]], answer), {
    kind: "counts",
    facts: [{ kind: "question-answered", step: "ask", binding, by: ben }],
  });
  assert.match(whyRefused([], answer), /asks nothing now/);
  assert.match(whyRefused([[1, asked("ask")]], { ...answer, by: person("eve") }), /not one of managers/);
  assert.match(whyRefused([[1, asked("ask")]], { ...answer, binding: sha256OfText("old") }), /changed since/);
  assert.equal(judge([[1, asked("open")]], { ...answer, step: "open", by: person("eve") }).kind, "counts");
});

test("a retry is for a step that failed", () => {
  assert.deepEqual(
    judge(
      [
        [1, started("publish")],
        [2, failed("publish")],
      ],
      retry,
    ),
    { kind: "counts", facts: [{ kind: "step-again", step: "publish", by: ben, reason: "mended" }] },
  );
  assert.match(whyRefused([[1, started("publish")]], retry), /has not failed/);
  assert.match(whyRefused([], { ...retry, step: "none" }), /has not failed/);
});

test("a named person's retry settles what only a person can tell, and nothing else", () => {
  const effects = [
    anEffect({ key: "a", again: "by-person" }),
    anEffect({ key: "b", again: "after-look" }),
    anEffect({ key: "c", again: "by-person" }),
    anEffect({ key: "d", again: "after-look" }),
  ];
  const told: readonly Told[] = [
    [0, started("publish")],
    [0, listed("publish", effects)],
    [1, intended("a")],
    [1, intended("b")],
    [1, intended("d")],
    [2, replied("d", { kind: "by-person", why: "approve it there" })],
    [3, failed("publish", "DECISION_NEEDED")],
  ];
  const verdict = judge(told, retry);

  assert.ok(verdict.kind === "counts");
  assert.deepEqual(
    verdict.facts.map((fact) => (fact.kind === "effect-settled" ? `settled ${fact.effect} by ${fact.by?.name}` : fact.kind)),
    ["settled a by ben", "settled d by ben", "step-again"],
  );
});

test("a cancel counts once, and nothing counts when the run is over", () => {
  const cancel: Ask = { kind: "cancel", by: ben };

  assert.deepEqual(judge([], { ...cancel, reason: "not today" }), {
    kind: "counts",
    facts: [{ kind: "cancel-asked", by: ben, reason: "not today" }],
  });
  assert.match(whyRefused([[1, { kind: "cancel-asked", by: ann }]], cancel), /being cancelled already/);
  for (const ask of [cancel, approve, retry])
    assert.match(
      whyRefused(
        [
          [1, frozen],
          [2, { kind: "run-closed", result: "complete" }],
        ],
        ask,
      ),
      /the run is over \(complete\)/,
    );
});

// --- the inbox ----------------------------------------------------------------------------------

function row(id: string, ask: Ask): { readonly id: string; readonly atMs: number; readonly ask: Ask } {
  return { id, atMs: 1, ask };
}

test("judgeRows() takes the first ask that counts, with those before it that do not", () => {
  const rows = [row("1", { ...approve, by: person("eve") }), row("2", approve), row("3", { kind: "cancel", by: ben })];

  const taken = judgeRows(stateOf(plan, [[1, frozen]]), rows, members);

  assert.deepEqual(taken?.answered, ["1", "2"]);
  assert.deepEqual(
    taken?.facts.map((fact) => fact.kind),
    ["gate-approved"],
  );
});

test("judgeRows() judges each ask against what the one before it left", () => {
  const state: RunState = stateOf(plan, [
    [0, passed],
    [1, started("publish")],
    [2, failed("publish")],
  ]);
  let rows = [row("1", retry), row("2", retry)];
  const kinds: string[] = [];
  for (let taken = judgeRows(state, rows, members); taken !== undefined; taken = judgeRows(state, rows, members)) {
    const { answered, facts } = taken;
    rows = rows.filter((one) => !answered.includes(one.id));
    for (const fact of facts) evolve(state, { seq: state.lastSeq + 1, atMs: 3, fact });
    kinds.push(...facts.map((fact) => fact.kind));
  }

  assert.deepEqual(kinds, ["step-again"]);
  assert.deepEqual(rows, []);
});

test("judgeRows() keeps early asks until they can be judged, without stopping at them", () => {
  const rows = [row("1", approve), row("2", { kind: "cancel", by: ben })];

  assert.deepEqual(judgeRows(stateOf(plan, []), rows, members)?.answered, ["2"]);
  assert.equal(judgeRows(stateOf(plan, []), rows.slice(0, 1), members), undefined);
  assert.deepEqual(judgeRows(stateOf(plan, [[1, frozen]]), rows.slice(0, 1), members)?.answered, ["1"]);
});

test("judgeRows() of an empty inbox is nothing", () => {
  assert.equal(judgeRows(stateOf(plan, [[0, clearNothing]]), [], members), undefined);
});

const clearNothing: Fact = passed;

// --- files of another machine ---------------------------------------------------------------------

const leg = aPlannedStep({
  id: "build[platform=macos]",
  leg: { platform: "macos" },
  makes: [{ kind: "wheel", package: "demo", countMin: 1, countMax: 1 }],
});
const other = { ...leg, id: "build[platform=windows]", leg: { platform: "windows" } };
const brought = (step: string, name: string) => ({ step, artifacts: [anArtifact("wheel", name)] });

test("an import becomes a fact for each leg, with who said so and why", () => {
  const legs = [brought(leg.id, "a.whl"), brought(other.id, "b.whl")];

  const verdict = judgeAsk(stateOf(planOf([leg, other]), []), { kind: "import", legs, by: ben, reason: "from the Mac" }, members);

  assert.deepEqual(verdict, {
    kind: "counts",
    facts: legs.map((one) => ({ kind: "artifacts-imported", ...one, by: ben, reason: "from the Mac" })),
  });
});

test("an import of which one leg cannot be taken is refused whole", () => {
  const state = stateOf(planOf([leg, other]), [[1, started(other.id)]]);
  const legs = [brought(leg.id, "a.whl"), brought(other.id, "b.whl")];

  const verdict = judgeAsk(state, { kind: "import", legs, by: ben, reason: "from the Mac" }, members);

  assert.match(verdict.kind === "refused" ? verdict.why : "", /"build\[platform=windows\]" is being worked on/);
});

test("only a person of the group that the plan names breaks the glass, and only where a login was refused", () => {
  const credentials = { kind: "trusted-publishing", fallback: { variable: "PYPI_FALLBACK", by: "managers", uses: 1 } } as const;
  const shutPlan = planOf([anActingStep({ environment: "pypi" })], {
    environments: [anEnvironment({ registries: [aRegistry({ credentials })] })],
  });
  const { key } = anEffect();
  const told: readonly Told[] = [
    [1, started("publish")],
    [1, listed("publish", [anEffect()])],
    [2, intended(key)],
    [3, replied(key, { kind: "refused", why: "no", code: "LOGIN_REFUSED" })],
    [4, failed("publish", "LOGIN_REFUSED")],
  ];
  const breaking = (by: string, people: typeof members = members) =>
    judgeAsk(stateOf(shutPlan, told), { kind: "break-glass", registry: "pypi", by: person(by), reason: "down" }, people);
  const why = (verdict: ReturnType<typeof judgeAsk>): string => (verdict.kind === "refused" ? verdict.why : "it counts");

  const verdict = breaking("ben");
  assert.deepEqual(verdict.kind === "counts" && verdict.facts.map(({ kind }) => kind), ["step-again", "glass-broken"]);
  assert.equal(why(breaking("cleo")), '"cleo" is not one of managers');
  assert.match(why(breaking("ben", () => undefined)), /cannot tell who belongs to "managers"/);
  assert.match(
    why(judgeAsk(stateOf(shutPlan, told.slice(0, 3)), { kind: "break-glass", registry: "pypi", by: ben, reason: "down" }, members)),
    /no step has failed/,
  );
});
