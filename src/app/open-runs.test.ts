import assert from "node:assert/strict";
import { test } from "node:test";
import { aPackage } from "../../test/support/ports.ts";
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
import { candidateTried } from "./open-runs.ts";

const key = "testpypi/demo.whl";
const publish = anActingStep({ id: "publish", reach: "expendable" });
const published: readonly Fact[] = [
  passed,
  started("publish"),
  listed("publish", [anEffect({ key, reach: "expendable" })]),
  clear("publish"),
  observed(key, { kind: "absent" }),
  intended(key),
  verified(key),
  done("publish"),
];
const final = planOf([publish], { packages: [aPackage({ version: "1.0" })] });

function candidate(parts: Partial<Plan> = {}): Plan {
  return planOf([publish], { packages: [aPackage({ version: "1.0rc1" })], release: { title: "demo 1.0rc1", prerelease: true }, ...parts });
}

function isTried(plan: Plan, facts: readonly Fact[], result: CloseResult): boolean {
  const journal = createMemoryJournal();
  const opened: Fact = { kind: "run-opened", run: "R1", mode: "run", plan, planDigest: digestPlan(plan, sha256OfText), by: ann };
  journal.append("R1", [opened, ...facts, { kind: "run-closed", result }], { atMs: 0, answered: [] });
  return candidateTried(journal, { plan: final });
}

const path = (leavesOut: readonly string[]): Pick<Plan, "path"> => ({ path: { name: "hotfix", by: "ann", reason: "now", leavesOut } });

test("a candidate that was published and whose run is complete was tried", () => {
  assert.equal(isTried(candidate(), published, "complete"), true);
});

test("a candidate whose run was cancelled was not tried", () => {
  assert.equal(isTried(candidate(), published, "cancelled"), false);
});

test("a candidate on a path that leaves steps out was not tried", () => {
  assert.equal(isTried(candidate(path(["try"])), published, "complete"), false);
  assert.equal(isTried(candidate(path(["candidate"])), published, "complete"), true);
});

test("a candidate that was published nowhere was not tried", () => {
  assert.equal(isTried(candidate(), [passed], "complete"), false);
});

test("a final version is no candidate of itself", () => {
  assert.equal(isTried({ ...candidate(), release: { title: "demo 1.0", prerelease: false } }, published, "complete"), false);
});
