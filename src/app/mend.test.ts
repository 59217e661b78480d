import assert from "node:assert/strict";
import { test } from "node:test";
import { anArtifact, anEnvironment, aPackage, aPlannedStep, aRegistry, fakeClock } from "../../test/support/ports.ts";
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
import { digestPlan, type Plan, type PlannedStep } from "../domain/plan/plan.ts";
import type { Head } from "../domain/run/head.ts";
import type { Fact } from "../domain/run/fact.ts";
import { fold, type RunState } from "../domain/run/state.ts";
import { createMemoryJournal } from "../engine/journal/memory.ts";
import type { Journal } from "../engine/journal/journal.ts";
import { mendRun, wasMended } from "./mend.ts";
import type { PlannedRun } from "./plan-release.ts";
import type { World } from "./world.ts";

const wheel = anArtifact("wheel", "demo-1.0.0-py3-none-any.whl");
const key = "pypi/demo.whl";
const build = aPlannedStep({ id: "build", uses: "build-wheel@1", makes: [{ kind: "wheel", package: "demo", countMin: 1, countMax: 1 }] });
const publish = anActingStep({ id: "publish", environment: "pypi", waitsFor: ["build"], takes: [{ kinds: ["wheel"] }] });
const plan = (steps: readonly PlannedStep[], parts: Partial<Plan> = {}): Plan =>
  planOf(steps, { environments: [anEnvironment()], ...parts });

/** One byte is public: the wheel was sent and verified, the step is not done. */
const halfPublic: readonly Fact[] = [
  passed,
  started("build"),
  done("build", [wheel]),
  started("publish"),
  listed("publish", [anEffect({ key }), anEffect({ key: "pypi/demo.tar.gz" })]),
  clear("publish"),
  observed(key, { kind: "absent" }),
  intended(key),
  verified(key),
];

/** Built, and listed what is to be sent: nothing is public. */
const nothingSent: readonly Fact[] = [
  passed,
  started("build"),
  done("build", [wheel]),
  started("publish"),
  listed("publish", [anEffect({ key })]),
];

interface Mended {
  readonly state: RunState;
  readonly old: RunState;
}

function mend(before: Plan, facts: readonly Fact[], after: Plan, journal: Journal = createMemoryJournal()): Mended {
  const clock = fakeClock();
  let made = 0;
  // Ids that nothing else of the world is asked for here.
  const world = { clock, random: { id: () => `R${(made += 1)}` }, sha256OfText } as unknown as World;
  journal.append(
    "R0",
    [{ kind: "run-opened", run: "R0", mode: "run", plan: before, planDigest: digestPlan(before, sha256OfText), by: ann }, ...facts],
    { atMs: 0, answered: [] },
  );
  const open = fold(journal.read("R0"));
  const planned = { plan: after, digest: digestPlan(after, sha256OfText) } as unknown as PlannedRun;
  const run = mendRun(world, journal, { open, planned });
  return { state: fold(journal.read(run)), old: fold(journal.read("R0")) };
}

test("a mend keeps what is done and what is public, and closes the old run", () => {
  const { state, old } = mend(
    plan([build, publish]),
    halfPublic,
    plan([build, publish, aPlannedStep({ id: "notify", waitsFor: ["publish"] })]),
  );

  assert.deepEqual(state.steps.get("build")?.artifacts, [wheel]);
  const effects = state.steps.get("publish")?.effects;
  assert.deepEqual(
    [effects?.get(key)?.evidence?.how, effects?.get(key)?.sends, effects?.get("pypi/demo.tar.gz")?.evidence],
    ["read back", 1, undefined],
  );
  assert.equal(old.closed?.result, "superseded");
  assert.equal(state.closed, undefined);
});

test("what is below a withdrawal is done again, and what is above it stays", () => {
  const withdraw = anActingStep({ id: "clear", uses: "withdraw@1", waitsFor: ["build"] });
  const { state } = mend(plan([build, publish]), halfPublic, plan([build, withdraw, { ...publish, waitsFor: ["build", "clear"] }]));

  assert.deepEqual(state.steps.get("build")?.artifacts, [wheel]);
  assert.equal(state.steps.get("publish")?.effects, undefined);
});

test("an intent whose outcome is not known stays one: the successor looks before it sends", () => {
  const { state } = mend(plan([build, publish]), halfPublic.slice(0, -1), plan([build, { ...publish, timeoutMs: 1 }]));

  assert.equal(state.steps.get("publish")?.effects?.get(key)?.open, true);
});

test("a step that changed is done anew, and so is what takes its files", () => {
  const { state } = mend(plan([build, publish]), nothingSent, plan([{ ...build, input: { builder: "hatch" } }, publish]));

  assert.equal(state.steps.get("build")?.phase, "pending");
  assert.equal(state.steps.get("publish")?.effects, undefined);
});

for (const [what, facts, words] of [
  ["is public", halfPublic, /"pypi\/demo\.whl", which it made, is public already/],
  ["may be public", halfPublic.slice(0, -1), /which it made, may be public already/],
] as const) {
  test(`nothing is built again of which a byte ${what}`, () => {
    const changed = plan([{ ...build, input: { builder: "hatch" } }, publish]);

    assert.throws(() => mend(plan([build, publish]), facts, changed), { code: "POLICY_REFUSED", message: words });
    assert.throws(() => mend(plan([build, publish]), facts, plan([publish])), { code: "POLICY_REFUSED" });
  });
}

test("a step that is put above the build makes nothing be built again: one byte of it is public", () => {
  const check = aPlannedStep({ id: "check", uses: "run@1", input: { commands: [["pytest"]] } });

  const { state } = mend(plan([build, publish]), halfPublic, plan([check, { ...build, waitsFor: ["check"] }, publish]));

  assert.deepEqual(state.steps.get("build")?.artifacts, [wheel]);
  assert.equal(state.steps.get("publish")?.effects?.get(key)?.evidence?.how, "read back");
  assert.equal(state.steps.get("check")?.phase, "pending");
});

const bump = aPlannedStep({ id: "bump", uses: "bump@1", writesSource: true });
const builtAfter = { ...build, waitsFor: ["bump"] };
const head: Head = { commit: "d".repeat(40), epochSeconds: 2, tags: [] };
const bumped: readonly Fact[] = [
  passed,
  started("bump"),
  { kind: "step-done", step: "bump", output: null, artifacts: [], head },
  ...nothingSent.slice(1),
];

test("tags are made anew when a package got another tag, and stay when only a time-out changed", () => {
  const tag = aPlannedStep({ id: "tag", uses: "tag@1", writesSource: true });
  const tagged = { ...head, tags: [{ name: "v1.0.0", object: "e".repeat(40), commit: head.commit }] };
  const facts: readonly Fact[] = [passed, started("tag"), { kind: "step-done", step: "tag", output: null, artifacts: [], head: tagged }];
  const of = (name: string): Partial<Plan> => ({ packages: [aPackage({ tag: name })] });
  const before = plan([tag, build], of("v1.0.0"));

  const same = mend(before, facts, plan([tag, { ...build, timeoutMs: 1 }], of("v1.0.0")));
  const other = mend(before, facts, plan([tag, build], of("demo-1.0.0")));

  assert.deepEqual(same.state.head.tags, tagged.tags);
  assert.equal(other.state.steps.get("tag")?.phase, "pending");
  assert.deepEqual(other.state.head.tags, []);
});

test("a mend goes on from the source as the run before left it", () => {
  const { state } = mend(plan([bump, builtAfter, publish]), bumped, plan([bump, builtAfter, { ...publish, timeoutMs: 1 }]));

  assert.deepEqual(state.head, head);
  assert.deepEqual(state.steps.get("build")?.artifacts, [wheel]);
});

test("what was built from a source that changes otherwise now is built again, or the mend is refused", () => {
  const otherwise = plan([{ ...bump, input: { compile: true } }, builtAfter, publish]);

  const { state } = mend(plan([bump, builtAfter, publish]), bumped, otherwise);

  assert.equal(state.steps.get("build")?.phase, "pending");
  assert.equal(state.head.commit, "c".repeat(40));
  const sent = [...bumped, ...halfPublic.slice(3)];
  assert.throws(() => mend(plan([bump, builtAfter, publish]), sent, otherwise), { code: "POLICY_REFUSED" });
});

test("what stands at another address is no evidence for this one", () => {
  const elsewhere = { environments: [anEnvironment({ registries: [aRegistry({ url: "http://127.0.0.1:2/legacy/" })] })] };

  const { state } = mend(plan([build, publish]), halfPublic, plan([build, publish], elsewhere));

  assert.equal(state.steps.get("build")?.phase, "done");
  assert.equal(state.steps.get("publish")?.effects, undefined);
});

test("another credential for the same registry keeps what is public", () => {
  const renamed = { environments: [anEnvironment({ registries: [aRegistry({ credentials: { kind: "token", variable: "OTHER" } })] })] };

  const { state } = mend(plan([build, publish]), halfPublic, plan([build, publish], renamed));

  assert.equal(state.steps.get("publish")?.effects?.get(key)?.evidence?.how, "read back");
});

test("an acknowledgement is asked again", () => {
  const binding = sha256OfText("b");
  const gate = aPlannedStep({ id: "look", uses: "acknowledge@1", kind: "gate" });
  const facts: readonly Fact[] = [
    passed,
    started("look"),
    { kind: "question-asked", step: "look", text: "Seen?", binding, paths: [] },
    { kind: "question-answered", step: "look", binding, by: ann },
    done("look"),
  ];

  const { state } = mend(plan([gate]), facts, plan([gate, build]));

  assert.notEqual(state.steps.get("look")?.phase, "done");
});

test("another commit is another release", () => {
  const other = plan([build], { source: { commit: "d".repeat(40), moved: "stop", epochSeconds: 1 } });

  assert.throws(() => mend(plan([build]), [passed], other), { code: "PLAN_STALE" });
});

test("another version on the same commit is another release: its bytes are never taken over", () => {
  const candidate = [aPackage({ version: "1.0rc1" })];
  const final = [aPackage({ version: "1.0" })];

  assert.throws(() => mend(plan([build, publish], { packages: candidate }), halfPublic, plan([build, publish], { packages: final })), {
    code: "PLAN_STALE",
    message: /it releases .* 1\.0rc1, and the new plan releases .* 1\.0$/,
  });
});

test("a mend is no way around a gate: its rule and what it opens stay as the release was begun", () => {
  const gated = { gate: "pypi", approvals: { required: 1, from: "maintainers", standing: "refused" } } as const;
  const before = plan([build, publish], { environments: [anEnvironment(gated)] });
  const others = [
    anEnvironment(),
    anEnvironment({ ...gated, approvals: { ...gated.approvals, from: "everybody" } }),
    anEnvironment({ ...gated, registries: [aRegistry({ url: "http://127.0.0.1:2/legacy/" })] }),
  ];

  for (const other of others) {
    assert.throws(() => mend(before, nothingSent, plan([build, publish], { environments: [other] })), {
      code: "POLICY_REFUSED",
      message: /under the old rule/,
    });
  }
  assert.equal(
    mend(before, nothingSent, plan([{ ...build, timeoutMs: 1 }, publish], { environments: [anEnvironment(gated)] })).state.steps.get(
      "build",
    )?.phase,
    "done",
  );
});

test("a mend lets no fallback token in that the release was begun without", () => {
  const withFallback = (by?: string): Plan => {
    const fallback = by === undefined ? {} : { fallback: { variable: "PYPI_FALLBACK", by, uses: 1 } };
    const registries = [aRegistry({ credentials: { kind: "trusted-publishing", ...fallback } })];
    return plan([{ ...build, timeoutMs: by === undefined ? 1 : 2 }, publish], { environments: [anEnvironment({ registries })] });
  };

  for (const before of [undefined, "engineers"]) {
    const refusal = { code: "POLICY_REFUSED", message: /its fallback tokens changed/ };
    assert.throws(() => mend(withFallback(before), nothingSent, withFallback("everybody")), refusal);
  }
  assert.equal(mend(withFallback("engineers"), nothingSent, withFallback()).old.closed?.result, "superseded");
});

test("a release that was mended is known as such, and no other", () => {
  const journal = createMemoryJournal();
  const { plan: after } = mend(plan([build, publish]), nothingSent, plan([build, { ...publish, timeoutMs: 1 }]), journal).state;

  assert.equal(wasMended(journal, after), true);
  assert.equal(wasMended(journal, plan([build], { source: { commit: "d".repeat(40), moved: "stop", epochSeconds: 1 } })), false);
});

test("mendRun() takes over what another machine made, with the word of whoever brought it, whether its turn had come or not", () => {
  const brought: Fact = { kind: "artifacts-imported", step: "build", artifacts: [wheel], by: ann, reason: "from the Mac" };
  const imported = { artifacts: [wheel], by: ann, reason: "from the Mac" };
  const more = plan([build, publish, aPlannedStep({ id: "after", waitsFor: ["publish"] })]);

  const waiting = mend(plan([build, publish]), [brought], more).state.steps.get("build");
  const over = mend(plan([build, publish]), [passed, brought, done("build", [wheel])], more).state.steps.get("build");

  assert.deepEqual([waiting?.phase, waiting?.imported], ["pending", imported]);
  assert.deepEqual([over?.phase, over?.imported, over?.artifacts], ["done", imported, [wheel]]);
});
