import assert from "node:assert/strict";
import { test } from "node:test";
import { anArtifact, aPackage, aPlannedStep } from "../../test/support/ports.ts";
import {
  anActingStep,
  anEffect,
  ann,
  clear,
  done,
  intended,
  listed,
  observed,
  passed,
  planOf,
  sha256OfText,
  started,
  verified,
} from "../../test/support/runs.ts";
import { digestPlan, type Plan } from "../domain/plan/plan.ts";
import type { CloseResult, Fact } from "../domain/run/fact.ts";
import { createMemoryJournal } from "../engine/journal/memory.ts";
import type { Journal } from "../engine/journal/journal.ts";
import { findEarlier, type Earlier } from "./earlier-run.ts";

const key = "pypi/demo.whl";
const build = aPlannedStep({ id: "build", uses: "build-wheel@1", makes: [{ kind: "wheel", package: "demo", countMin: 1, countMax: 1 }] });
const publish = anActingStep({ id: "publish", waitsFor: ["build"], takes: [{ kinds: ["wheel"] }] });
const plan = planOf([build, publish]);
const built: readonly Fact[] = [passed, started("build"), done("build", [anArtifact("wheel", "demo-1.0.0-py3-none-any.whl")])];
const sent: readonly Fact[] = [
  ...built,
  started("publish"),
  listed("publish", [anEffect({ key })]),
  clear("publish"),
  observed(key, { kind: "absent" }),
  intended(key),
];
const published: readonly Fact[] = [...sent, verified(key), done("publish")];

function add(
  journal: Journal,
  run: string,
  what: { readonly plan: Plan; readonly facts: readonly Fact[]; readonly result: CloseResult | undefined },
): void {
  const opened: Fact = { kind: "run-opened", run, mode: "run", plan: what.plan, planDigest: digestPlan(what.plan, sha256OfText), by: ann };
  const closed: readonly Fact[] = what.result === undefined ? [] : [{ kind: "run-closed", result: what.result }];
  journal.append(run, [opened, ...what.facts, ...closed], { atMs: 0, answered: [] });
}

function look(facts: readonly Fact[], result: CloseResult | undefined, wanted: Plan = plan): Earlier["kind"] {
  const journal = createMemoryJournal();
  add(journal, "R1", { plan, facts, result });
  return findEarlier(journal, wanted, digestPlan(wanted, sha256OfText)).kind;
}

test("a plan that was carried out to its end is complete", () => {
  assert.equal(look(published, "complete"), "complete");
});

for (const [what, facts] of [
  ["was published", published],
  ["may have been published", sent],
] as const) {
  test(`what ${what} by a run that was cancelled is taken over`, () => {
    assert.equal(look(facts, "cancelled"), "sent");
  });
}

test("a run that sent nothing leaves nothing", () => {
  assert.equal(look(built, "cancelled"), "none");
});

test("a complete run under another plan of the same release leaves what it published", () => {
  assert.equal(look(published, "complete", planOf([build, publish, aPlannedStep({ id: "notify", waitsFor: ["publish"] })])), "sent");
});

test("an unfinished run is not over", () => {
  assert.equal(look(published, undefined), "none");
});

test("another commit, or another version, is another release", () => {
  assert.equal(look(published, "cancelled", planOf([build, publish], { source: { ...plan.source, commit: "d".repeat(40) } })), "none");
  assert.equal(look(published, "cancelled", planOf([build, publish], { packages: [aPackage({ version: "9.9" })] })), "none");
});

test("what another pipeline of the file made public is none of this one's", () => {
  assert.equal(look(published, "complete", planOf([build, publish], { pipeline: "another" })), "none");
});

test("a superseded run leaves all to its successor", () => {
  const journal = createMemoryJournal();
  add(journal, "R1", { plan, facts: published, result: "superseded" });
  add(journal, "R2", { plan, facts: published, result: "cancelled" });

  const found = findEarlier(journal, plan, digestPlan(plan, sha256OfText));

  assert.equal(found.kind === "none" ? "" : found.run.run, "R2");
});
