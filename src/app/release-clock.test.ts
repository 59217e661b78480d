import assert from "node:assert/strict";
import { test } from "node:test";
import { anEnvironment, aRegistry, fakeClock, fakeRegistry } from "../../test/support/ports.ts";
import { anActingStep, passed, planOf, stateOf } from "../../test/support/runs.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import type { PlannedRegistry } from "../domain/plan/plan.ts";
import type { Registry } from "../registries/registry.ts";
import { judgeClock, judgeWindow, windowMs } from "./release-clock.ts";
import type { WorkshopParts } from "./workshop.ts";

const hour = 3_600_000;

for (const [what, ageMs, expected] of [
  ["just begun", 0, { kind: "open" }],
  ["less than half over", windowMs / 2 - 1, { kind: "open" }],
  ["half over", windowMs / 2, { kind: "closing", leftMs: windowMs / 2 }],
  ["at its last millisecond", windowMs, { kind: "closing", leftMs: 0 }],
  ["over", windowMs + 1, { kind: "closed", sinceMs: 1 }],
  ["of a clock that is behind the registry's", -hour, { kind: "open" }],
] as const) {
  test(`judgeWindow() of a window ${what}`, () => {
    assert.deepEqual(judgeWindow(1_000_000, 1_000_000 + ageMs), expected);
  });
}

async function findings(
  uploadedHoursAgo: readonly (number | undefined)[],
  registry: Partial<PlannedRegistry> = {},
  survey?: Registry["survey"],
): Promise<readonly FindingFact[]> {
  const clock = fakeClock();
  const files = uploadedHoursAgo.map((hours, index) => {
    const uploadedAt = hours === undefined ? {} : { uploadedAt: new Date(clock.nowMs() - hours * hour).toISOString() };
    return { name: `demo-${index}.whl`, url: "http://127.0.0.1:1/", ...uploadedAt };
  });
  const step = anActingStep({ id: "pypi", environment: "pypi" });
  const plan = planOf([step], { environments: [anEnvironment({ registries: [aRegistry(registry)] })] });
  const opened = fakeRegistry("pypi", { survey: survey ?? (async () => ({ kind: "listed", files })) });
  // The clock looks at registries and at the time, and at nothing else of a run's workshop.
  const parts = {
    world: { clock },
    stop: new AbortController().signal,
    preflightRegistries: { world: "real", open: () => opened },
  } as unknown as WorkshopParts;
  return judgeClock(parts, stateOf(plan, [[0, passed]]), [step]);
}

test("a window counts from the first file of the version", async () => {
  assert.deepEqual(await findings([1, 2]), []);
  const [closing] = await findings([1, 14 * 24 - 30]);
  assert.deepEqual([closing?.id, closing?.level, closing?.step], ["PF-WINDOW-CLOSING", "warns", "pypi"]);
  assert.match(closing?.message ?? "", /only for another 30 hours$/);
});

test("a window that is over stops the release before anything is sent", async () => {
  const [closed] = await findings([14 * 24 + 72]);

  assert.deepEqual([closed?.id, closed?.level], ["PF-WINDOW-CLOSED", "blocks"]);
  assert.match(closed?.message ?? "", /closed 3 days ago$/);
});

test("a version that is not there, files without times and other people's indexes have no window", async () => {
  assert.deepEqual(await findings([undefined]), []);
  assert.deepEqual(await findings([400], { url: "http://127.0.0.1:1/legacy/" }), []);
  assert.deepEqual(await findings([], {}, async () => ({ kind: "absent", package: "exists" })), []);
  assert.deepEqual(await findings([], {}, async () => ({ kind: "unknown", why: "no route" })), []);
});
