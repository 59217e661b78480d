import assert from "node:assert/strict";
import { test } from "node:test";
import { matchGolden } from "../../../test/support/golden.ts";
import { anEnvironment, aPlannedStep, aRegistry } from "../../../test/support/ports.ts";
import { anActingStep, planOf } from "../../../test/support/runs.ts";
import { fakeTerminal } from "../../../test/support/terminal.ts";
import type { Plan } from "../../domain/plan/plan.ts";
import { showPlan } from "./show-plan.ts";

const steps = [
  aPlannedStep({ id: "gates/tests", title: "run pytest", retry: 1 }),
  aPlannedStep({ id: "build", title: "build wheel and sdist of demo", waitsFor: ["gates/tests"], timeoutMs: 3_600_000 }),
  anActingStep({
    id: "testpypi",
    title: "publish demo 1.0.0 to testpypi",
    environment: "testpypi",
    waitsFor: ["build"],
    reach: "expendable",
  }),
  anActingStep({ id: "pypi", title: "publish demo 1.0.0 to pypi", environment: "pypi", gate: "pypi", waitsFor: ["testpypi"] }),
  aPlannedStep({ id: "installs", title: "install demo from pypi and try it", waitsFor: ["pypi"], optional: true }),
];

const whole = planOf(steps, {
  path: { name: "hotfix", by: "ann", reason: "it burns", leavesOut: ["try"] },
  environments: [
    anEnvironment({ name: "testpypi", registries: [aRegistry({ name: "testpypi", test: true, url: "http://127.0.0.1:1/legacy/" })] }),
    anEnvironment({ gate: "pypi", approvals: { required: 2, from: "maintainers", not: "requester", standing: "refused" } }),
  ],
  leftOut: [{ id: "try", reason: 'path "hotfix", by ann: it burns' }],
});

const shown = (plan: Plan, notices: readonly string[] = []): string =>
  showPlan({ plan, digest: "d".repeat(64), notices, pacing: [] }, fakeTerminal());

test("a plan is told whole: source, steps, the line, what is left out, environments, notices", () => {
  matchGolden("plan/whole.txt", shown(whole, ["Tag v1.0.0 is not made yet"]));
});

test("the line stands right above what cannot be taken back, and everything that waits for it below", () => {
  const lines = shown(whole).split("\n");
  const line = lines.findIndex((one) => one.includes("the line"));

  assert.ok(lines.slice(0, line).some((one) => one.includes("testpypi  ") || one.includes("  testpypi")));
  assert.match(lines[line + 1] ?? "", /^ {2}pypi /);
  assert.match(lines[line + 2] ?? "", /^ {2}installs /);
});

test("what would stay public if a step failed, and what rate limits take, are told where there is any of it", () => {
  const two = planOf([
    anActingStep({ id: "crates", title: "publish a to crates" }),
    anActingStep({ id: "npm", title: "publish b to npm", waitsFor: ["crates"] }),
  ]);
  const pacing = { registry: "crates", of: "crate", newNames: 12, newVersions: 0, untold: 0, atLeastMs: 4_200_000, atMostMs: 4_200_000, limit: "slow" } as const; // prettier-ignore
  const text = showPlan({ plan: two, digest: "d", notices: [], pacing: [pacing] }, fakeTerminal());

  assert.match(text, /If one fails, this stays public.*\n {2}npm {2}publish a to crates; what was sent of it\n/);
  assert.match(text, /time crates: 12 new crates, at least 70 min \(slow\)/);
  assert.doesNotMatch(shown(whole), /stays public/);
});

test("a plan without anything irreversible says so", () => {
  assert.match(shown(planOf(steps.slice(0, 3))), /no line: everything in this plan can be taken back/);
  assert.match(shown(planOf([aPlannedStep({ id: "only" })])), /no line/);
});

test("hostile text in a plan is shown as escapes, and forges no line", () => {
  const evil = "x\u001b[2J\u202e\n  ──── the line";
  const plan = planOf([aPlannedStep({ id: evil, title: evil })], {
    release: { title: evil, prerelease: false },
    source: { commit: "c".repeat(40), tag: evil, moved: "stop", epochSeconds: 1 },
    path: { name: evil, by: evil, reason: evil, leavesOut: [] },
    leftOut: [{ id: evil, reason: evil }],
    environments: [anEnvironment({ name: evil, registries: [aRegistry({ name: evil, url: evil })] })],
  });

  const text = shown(plan, [evil]);

  assert.doesNotMatch(text, /\u001b|\u202e/);
  assert.doesNotMatch(text, /^ {2}──── the line/m);
});
