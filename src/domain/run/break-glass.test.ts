import assert from "node:assert/strict";
import { test } from "node:test";
import { aRegistry, anEnvironment } from "../../../test/support/ports.ts";
import {
  anActingStep,
  anEffect,
  ann,
  done,
  failed,
  intended,
  listed,
  planOf,
  replied,
  started,
  stateOf,
  type Told,
} from "../../../test/support/runs.ts";
import type { FallbackRule } from "../configuration.ts";
import { breakGlass, breakGlassMs, incidentsOf, liveFallback, mayBreakGlass, type Breaking } from "./break-glass.ts";
import { decide } from "./decide.ts";
import type { Performed } from "./effect.ts";
import type { Fact, RunMode } from "./fact.ts";

const fallback: FallbackRule = { variable: "PYPI_FALLBACK", by: "engineers", uses: 1, tell: "tracker" };
const step = anActingStep({ environment: "pypi" });

function planWith(rule: FallbackRule | undefined = fallback) {
  const credentials = { kind: "trusted-publishing", ...(rule === undefined ? {} : { fallback: rule }) } as const;
  const registries = [aRegistry({ credentials }), aRegistry({ name: "other", credentials })];
  return planOf([step, anActingStep({ id: "elsewhere", environment: "pypi", waitsFor: ["publish"] })], {
    environments: [anEnvironment({ registries })],
  });
}

const { key } = anEffect();
const shut: Performed = { kind: "refused", why: "workflow differs", code: "LOGIN_REFUSED" };
const tried: readonly Told[] = [
  [1, started("publish")],
  [1, listed("publish", [anEffect()])],
  [2, intended(key)],
];
const refusedAt = (reply: Performed): readonly Told[] => [...tried, [3, replied(key, reply)], [4, failed("publish", "LOGIN_REFUSED")]];
const broken: Fact = {
  kind: "glass-broken",
  step: "publish",
  registry: "pypi",
  variable: "PYPI_FALLBACK",
  by: ann,
  reason: "nobody mints",
  forMs: breakGlassMs,
};
const again: Fact = { kind: "step-again", step: "publish", by: ann };

const judge = (
  told: readonly Told[],
  given: { readonly registry?: string; readonly rule?: FallbackRule; readonly mode?: RunMode } = {},
): Breaking => mayBreakGlass(stateOf(planWith(given.rule), told, given.mode), given.registry ?? "pypi", "nobody mints");
const whyNot = (...given: Parameters<typeof judge>): string => {
  const breaking = judge(...given);
  assert.ok(breaking.kind === "may-not", "it may");
  return breaking.why;
};

test("the glass may be broken for a step that the registry did not let in, and it is tried once more", () => {
  const breaking = judge(refusedAt(shut));

  assert.ok(breaking.kind === "may");
  const facts = breakGlass(breaking, { registry: "pypi", by: ann, reason: "nobody mints" });
  assert.deepEqual(facts, [{ ...again, reason: "nobody mints" }, broken]);
  const state = stateOf(planWith(), [...refusedAt(shut), ...facts.map((fact): Told => [10, fact])]);
  assert.equal(state.steps.get("publish")?.phase, "running");
});

test("a mint that did not answer until the step gave up counts as shut as well", () => {
  const unanswered: Performed = { kind: "later", atMs: 5, why: "no answer", code: "LOGIN_UNANSWERED" };
  assert.equal(judge(refusedAt(unanswered)).kind, "may");
});

test("a file that the registry itself refused, or one that waits for its turn, opens no glass", () => {
  const other: Performed = { kind: "refused", why: "the name is taken" };
  const paced: Performed = { kind: "later", atMs: 5, why: "rate limit" };

  for (const reply of [other, paced]) assert.match(whyNot(refusedAt(reply)), /no step has failed because "pypi" let no identity in/);
});

test("nothing is opened before the step has failed, at another registry, in a rehearsal, or without a reason", () => {
  assert.match(whyNot([...tried, [3, replied(key, shut)]]), /no step has failed/);
  assert.match(whyNot(refusedAt(shut), { registry: "other" }), /no step has failed because "other"/);
  assert.match(whyNot(refusedAt(shut), { mode: "rehearsal" }), /rehearsal/);
  const silent = mayBreakGlass(stateOf(planWith(), refusedAt(shut)), "pypi", "  ");
  assert.ok(silent.kind === "may-not" && silent.why === "there is no reason");
});

test("a plan that names no fallback token has none", () => {
  const plan = planOf([step], {
    environments: [anEnvironment({ registries: [aRegistry({ credentials: { kind: "trusted-publishing" } })] })],
  });
  const breaking = mayBreakGlass(stateOf(plan, refusedAt(shut)), "pypi", "nobody mints");

  assert.ok(breaking.kind === "may-not");
  assert.match(breaking.why, /names no fallback token/);
});

test("the token may be used as often as the rule says, and no more in one run", () => {
  const twice: readonly Told[] = [
    ...refusedAt(shut),
    [10, again],
    [10, broken],
    [11, replied(key, shut)],
    [12, failed("publish", "LOGIN_REFUSED")],
  ];

  assert.match(whyNot(twice), /may be used once in a run, and was/);
  assert.equal(judge(twice, { rule: { ...fallback, uses: 2 } }).kind, "may");
});

test("the token opens this step at this registry, for an hour, and for one try", () => {
  const told: readonly Told[] = [...refusedAt(shut), [10, again], [10, broken]];
  const live = (
    more: readonly Told[],
    at: { readonly registry?: string; readonly nowMs?: number; readonly step?: string } = {},
  ): boolean => {
    const state = stateOf(planWith(), [...told, ...more]);
    const asking = state.plan.steps.find(({ id }) => id === (at.step ?? "publish")) ?? assert.fail();
    return liveFallback(state, asking, { registry: at.registry ?? "pypi", nowMs: at.nowMs ?? 20 }) !== undefined;
  };

  assert.equal(live([]), true);
  assert.equal(live([], { nowMs: 9 + breakGlassMs }), true);
  assert.equal(live([], { nowMs: 10 + breakGlassMs }), false);
  assert.equal(live([], { registry: "other" }), false);
  assert.equal(live([], { step: "elsewhere" }), false);
  assert.equal(live([[30, failed("publish", "LOGIN_REFUSED")]]), false, "it failed again");
  assert.equal(live([[30, done("publish")]]), false, "it is done");
  assert.equal(live([[30, again]]), false, "it was begun anew without it");
  const driven: Fact = { kind: "run-driven", by: ann, tool: "slipway" };
  assert.equal(live([[30, driven]]), true, "a killed process spends nothing of it");
});

test("an incident is told and closed by facts that may come after the run is over", () => {
  const url = "https://forge.example/issues/7#1";
  const state = stateOf(planWith(), [
    ...refusedAt(shut),
    [10, again],
    [10, broken],
    [11, done("publish")],
    [12, { kind: "run-closed", result: "complete" }],
    [13, { kind: "incident-told", step: "publish", incident: 1, url }],
    [14, { kind: "incident-closed", step: "publish", incident: 1, by: ann, reason: "revoked" }],
  ]);

  const [incident, ...more] = incidentsOf(state);
  assert.deepEqual(more, []);
  assert.deepEqual([incident?.told, incident?.closed, incident?.spent], [url, { by: ann, reason: "revoked", atMs: 14 }, true]);
  assert.deepEqual(decide(state, { nowMs: 20, underWay: new Set(), limits: { work: 1, perTarget: 1 } }).moves, []);
});

test("each file knows what opened its registry when it was sent", () => {
  const other = anEffect({ key: "pypi/demo.tar.gz" });
  const sent: Performed = { kind: "sent", warnings: [] };
  const state = stateOf(planWith(), [
    [1, started("publish")],
    [1, listed("publish", [anEffect(), other])],
    [2, { kind: "credential-opened", step: "publish", registry: "pypi", how: { kind: "identity", provider: "github" } }],
    [2, replied(key, sent)],
    [3, { kind: "credential-opened", step: "publish", registry: "pypi", how: { kind: "fallback", variable: "PYPI_FALLBACK" } }],
    [3, replied(other.key, sent)],
  ]);

  const effects = [...(state.steps.get("publish")?.effects?.values() ?? [])];
  assert.deepEqual(
    effects.map(({ opened }) => opened?.how.kind),
    ["identity", "fallback"],
  );
});
