import assert from "node:assert/strict";
import { test } from "node:test";
import {
  absentFact,
  again,
  anActingStep,
  anEffect,
  ann,
  clear,
  decided,
  done,
  intended,
  keysOf,
  listed,
  observed,
  passed,
  planOf,
  replied,
  started,
  stateOf,
  type Told,
} from "../../../test/support/runs.ts";
import { aPlannedStep } from "../../../test/support/ports.ts";
import { personWithinMs } from "./decide-effect.ts";
import type { Fact } from "./fact.ts";
import type { RunState } from "./state.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const plan = planOf([anActingStep({ timeoutMs: 10 * minute }), aPlannedStep({ id: "tag", waitsFor: ["publish"] })]);
const waits = observed("a", { kind: "pending", againMs: 30_000, why: "not merged yet", forPerson: true });
const unknown = observed("a", { kind: "unknown", why: "no answer" });

/** Sent, answered, and seen to wait for a person since 1 second; then what is told. */
function waiting(told: readonly Told[] = []): RunState {
  return stateOf(plan, [
    [0, passed],
    [0, started("publish")],
    [0, listed("publish", [anEffect({ key: "a", again: "harmless" })])],
    [0, clear("publish")],
    [0, intended("a")],
    [0, replied("a", { kind: "sent", warnings: [] })],
    [1_000, waits],
    ...told,
  ]);
}

test("what waits for a person is named as such, and nothing of it is in doubt", () => {
  const state = waiting();
  const decision = decided(state, 1_001);

  assert.deepEqual(decision.standing, { kind: "waiting", gates: [], questions: [], elsewhere: ["publish"] });
  assert.equal(state.steps.get("publish")?.effects?.get("a")?.open, false);
  assert.deepEqual(
    { moves: decision.moves, wakeAtMs: decision.wakeAtMs, isForPeople: decision.isForPeople },
    { moves: [], wakeAtMs: 31_000, isForPeople: true },
  );
});

test("a person has days: neither the step's time nor the effect's ends the waiting, and there is an end all the same", () => {
  const later: readonly Told[] = [[9 * day, waits]];

  assert.deepEqual(keysOf(decided(waiting(later), 9 * day + 10 * minute).moves), ["observe:publish:a"]);
  const last: readonly Told[] = [[1_000 + personWithinMs, waits]];
  assert.deepEqual(keysOf(decided(waiting(last), 1_001 + personWithinMs).moves), ["fail:publish"]);
});

test("looks come further apart the longer a person takes, and never further than ten minutes", () => {
  const pauses = [minute, 20 * minute, 200 * minute, day].map((atMs) => (decided(waiting([[atMs, waits]]), atMs + 1).wakeAtMs ?? 0) - atMs);

  assert.deepEqual(pauses, [30_000, 59_950, 599_950, 600_000]);
});

test("after days of waiting a target that does not answer has its own time again, and so has the step", () => {
  const silent = waiting([
    [9 * day, waits],
    [9 * day + minute, unknown],
  ]);

  assert.equal(decided(silent, 9 * day + minute + 1).isForPeople, false);
  assert.deepEqual(keysOf(decided(silent, 9 * day + 2 * minute).moves), ["observe:publish:a"]);
  const merged = waiting([[9 * day, observed("a", { kind: "present", evidence: { how: "read back" } })]]);
  assert.deepEqual(keysOf(decided(merged, 9 * day + minute).moves), ["verify:publish:a"]);
});

test("another process looks at once, whatever the last one saw", () => {
  const driven: Fact = { kind: "run-driven", by: ann, tool: "slipway" };
  const state = waiting([
    [2_000, driven],
    [2_000, passed],
    [2_000, clear("publish")],
  ]);

  assert.deepEqual(keysOf(decided(state, 2_001).moves), ["observe:publish:a"]);
});

test("what is gone while a person was waited for is sent again", () => {
  const state = waiting([[31_000, absentFact("a")]]);

  assert.deepEqual(keysOf(decided(state, 60_000).moves), ["send:publish:a"]);
});

test("a cancelled run does not wait for a person: it is over at once", () => {
  const state = waiting([[2_000, { kind: "cancel-asked", by: ann }]]);

  assert.deepEqual(keysOf(decided(state, 2_001).moves), ["close"]);
});

test("a failed step asks no person elsewhere", () => {
  const state = waiting([
    [31_000, observed("a", { kind: "conflict", theirs: "closed" })],
    [31_000, again("publish")],
  ]);

  assert.notEqual(decided(state, 31_001).standing.kind, "waiting");
});

// --- the head follows a merge --------------------------------------------------------------------

const ours = "d".repeat(40);
const merged = "e".repeat(40);
const tags = [{ name: "v0", object: "f".repeat(40), commit: ours }];

function headAfter(head: { readonly from: string; readonly commit: string; readonly epochSeconds: number } | undefined): unknown {
  const made: Fact = { ...(done("build") as Extract<Fact, { kind: "step-done" }>), head: { commit: ours, epochSeconds: 5, tags } };
  const evidence = { how: "read back", ...(head === undefined ? {} : { head }) };
  return stateOf(planOf([aPlannedStep({ id: "build" }), anActingStep({ waitsFor: ["build"] })]), [
    [0, passed],
    [0, started("build")],
    [0, made],
    [0, started("publish")],
    [0, listed("publish", [anEffect({ key: "a" })])],
    [1, { kind: "effect-verified", step: "publish", effect: "a", evidence }],
  ]).head;
}

test("the run goes on from the commit that a merge made with the same files", () => {
  assert.deepEqual(headAfter({ from: ours, commit: merged, epochSeconds: 9 }), { commit: merged, epochSeconds: 9, tags });
});

test("evidence without another commit, or about a commit that is not the head, moves nothing", () => {
  const stays = { commit: ours, epochSeconds: 5, tags };

  assert.deepEqual(headAfter(undefined), stays);
  assert.deepEqual(headAfter({ from: "a".repeat(40), commit: merged, epochSeconds: 9 }), stays);
});
