import assert from "node:assert/strict";
import { test } from "node:test";
import { aPlannedStep } from "../../test/support/ports.ts";
import {
  anActingStep,
  anEffect,
  ann,
  clear,
  intended,
  listed,
  passed,
  planOf,
  sha256OfText,
  started,
  verified,
} from "../../test/support/runs.ts";
import { SlipwayError } from "../domain/error.ts";
import { digestPlan } from "../domain/plan/plan.ts";
import type { Fact } from "../domain/run/fact.ts";
import { judgeAsk } from "../engine/asks.ts";
import type { Ask, LockTaken } from "../engine/journal/journal.ts";
import { createMemoryJournal } from "../engine/journal/memory.ts";
import { say, type SayParts } from "./decide-run.ts";
import { findRun } from "./open-runs.ts";

const plan = planOf([aPlannedStep({ id: "build" }), anActingStep({ id: "publish" }), aPlannedStep({ id: "after", waitsFor: ["publish"] })]);
const cancel: Ask = { kind: "cancel", by: ann };

function parts(
  takeLock: (journal: SayParts["journal"], released: () => void) => LockTaken,
): SayParts & { readonly released: () => number } {
  const journal = createMemoryJournal();
  const opened: Fact = { kind: "run-opened", run: "R1", mode: "run", plan, planDigest: digestPlan(plan, sha256OfText), by: ann };
  journal.append("R1", [opened, passed], { atMs: 0, answered: [] });
  let released = 0;
  return {
    journal,
    takeLock: () => takeLock(journal, () => (released += 1)),
    find: () => findRun(journal, undefined),
    judge: (state) => {
      const verdict = judgeAsk(state, cancel, () => undefined);
      if (verdict.kind === "refused") throw new SlipwayError("POLICY_REFUSED", verdict.why);
      return { ask: cancel, facts: verdict.facts };
    },
    id: () => "A1",
    nowMs: () => 5,
    released: () => released,
  };
}

const kinds = (from: SayParts): readonly string[] => from.journal.read("R1").map(({ fact }) => fact.kind);

test("a run that its driver ends while somebody waits for the lock is not cancelled after its end", () => {
  const saying = parts((journal, released) => {
    journal.append("R1", [{ kind: "run-closed", result: "complete" }], { atMs: 3, answered: [] });
    return { kind: "taken", lock: { release: released } };
  });
  assert.throws(() => say(saying), /the run is over \(complete\)/);
  assert.deepEqual(kinds(saying), ["run-opened", "preflight-reported", "run-closed"]);
  assert.equal(saying.released(), 1, "a refusal gives the lock back");
});

test("what is said while nobody drives is written down, and a cancel with nothing in doubt ends the run", () => {
  const saying = parts((_journal, released) => ({ kind: "taken", lock: { release: released } }));
  const { state, driven } = say(saying);
  assert.deepEqual([driven, state.closed?.result, saying.released()], [false, "cancelled", 1]);
  assert.deepEqual(kinds(saying).slice(2), ["cancel-asked", "run-closed"]);
});

test("work that was lost with its process and a step that had all its effects keep no cancelled run open", () => {
  const begun: readonly (readonly Fact[])[] = [
    [started("build")],
    [started("publish"), listed("publish", [anEffect({ key: "a" })]), clear("publish"), verified("a")],
  ];
  for (const facts of begun) {
    const saying = parts((_journal, released) => ({ kind: "taken", lock: { release: released } }));
    saying.journal.append("R1", facts, { atMs: 1, answered: [] });
    const { state } = say(saying);
    assert.equal(state.closed?.result, "cancelled");
  }
});

test("a cancel leaves a run open of which something is in doubt", () => {
  const saying = parts((_journal, released) => ({ kind: "taken", lock: { release: released } }));
  const facts: readonly Fact[] = [started("publish"), listed("publish", [anEffect({ key: "a" })]), clear("publish"), intended("a")];
  saying.journal.append("R1", facts, { atMs: 1, answered: [] });
  const { state } = say(saying);
  assert.equal(state.closed, undefined);
  assert.equal(kinds(saying).at(-1), "cancel-asked");
});

test("what is said while somebody drives goes to the inbox, and nothing is written past the driver", () => {
  const saying = parts(() => ({ kind: "held", by: "process 1" }));
  const { driven } = say(saying);
  assert.deepEqual([driven, kinds(saying).length, saying.journal.asks("R1").map(({ id, ask }) => [id, ask])], [true, 2, [["A1", cancel]]]);
});
