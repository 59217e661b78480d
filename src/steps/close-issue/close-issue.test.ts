import assert from "node:assert/strict";
import { test } from "node:test";
import { aFrozen, aPlan, aPlanned, fakePorts } from "../../../test/support/ports.ts";
import { fakeForge, type FakeForge } from "../../../test/support/fake-forge.ts";
import { closeIssueStep } from "./close-issue.ts";

const plan = aPlan({ tracker: { label: "release", title: "demo 1.0.0" } });
const issue = (number: number, parts: { readonly title?: string; readonly state?: "open" | "closed" } = {}) => ({
  number,
  title: "demo 1.0.0",
  state: "open" as const,
  labels: ["release"],
  url: `https://forge.example/issues/${number}`,
  comments: [],
  ...parts,
});

function forgeWith(...issues: readonly ReturnType<typeof issue>[]): FakeForge {
  const forge = fakeForge();
  forge.held.issues.push(...issues);
  return forge;
}

test("close-issue: tells the release's issue what was released, once, and closes it", async () => {
  const forge = forgeWith(issue(7), issue(8, { title: "demo 1.0.1" }));
  const ports = fakePorts({ forge });
  const effects = await closeIssueStep.effects(aFrozen({ issue: "tracker" }, { plan }), ports);

  for (const effect of effects) {
    const seen = await closeIssueStep.observe(effect, ports);
    if (seen.kind === "absent") await closeIssueStep.perform(effect, seen, ports);
    assert.equal((await closeIssueStep.verify(effect, ports)).kind, "verified");
    assert.equal((await closeIssueStep.observe(effect, ports)).kind, "present");
  }

  assert.deepEqual(forge.held.calls, ["comment 7", "close 7"]);
  assert.match(forge.held.issues[0]?.comments[0] ?? "", /- demo 1\.0\.0/);
});

test("close-issue: without a comment it closes alone", async () => {
  const effects = await closeIssueStep.effects(
    aFrozen({ issue: "tracker", comment: false }, { plan }),
    fakePorts({ forge: forgeWith(issue(7)) }),
  );

  assert.deepEqual(
    effects.map(({ title }) => title),
    ["issue 7 closed"],
  );
});

test("close-issue: no issue, or two that are open, is told with the way out", async () => {
  const none = closeIssueStep.effects(aFrozen({ issue: "tracker" }, { plan }), fakePorts({ forge: fakeForge() }));
  const two = closeIssueStep.effects(aFrozen({ issue: "tracker" }, { plan }), fakePorts({ forge: forgeWith(issue(7), issue(9)) }));

  await assert.rejects(none, { code: "STEP_FAILED", message: /there is none/ });
  await assert.rejects(two, { code: "STEP_FAILED", message: /there are several/ });
});

test("close-issue: preflight wants a tracker in the file", async () => {
  const levels = async (of: typeof plan): Promise<readonly string[]> =>
    (await closeIssueStep.preflight(aPlanned({ issue: "tracker" }, { plan: of }), fakePorts())).map(({ level }) => level);

  assert.deepEqual(await levels(aPlan()), ["blocks"]);
  assert.deepEqual(await levels(plan), ["cannot-be-tried"]);
});
