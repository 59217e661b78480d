import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryJournal } from "../../engine/journal/memory.ts";
import type { Plan } from "../../domain/plan/plan.ts";
import type { RunMode } from "../../domain/run/fact.ts";
import type { Survey, Versions } from "../../registries/registry.ts";
import { aPackage, anEnvironment } from "../../../test/support/ports.ts";
import { idsOf, journalAlways, lines, type Shown } from "../../../test/support/doctor.ts";
import { anActingStep, journalOf, planOf } from "../../../test/support/runs.ts";
import { runWindowFindings, tokenLifeFindings } from "./windows.ts";

const day = 24 * 60 * 60 * 1000;
const now = 1_000_000_000_000;
const tokenless = "pypi: { registry: pypi, credentials: trusted-publishing }";

interface Opened {
  readonly mode?: RunMode;
  readonly openedAtMs?: number;
}

function journalWith(parts: Partial<Plan>, { mode = "run", openedAtMs = now }: Opened = {}) {
  const journal = createMemoryJournal();
  const [opened] = journalOf(planOf([anActingStep()], parts), [], mode);
  assert.ok(opened !== undefined);
  journal.append("R1", [opened.fact], { atMs: openedAtMs, answered: [] });
  return journalAlways(journal);
}

function uploaded(daysAgo: number, parts: Partial<Shown> = {}): Shown {
  const survey = async (): Promise<Survey> => ({
    kind: "listed",
    files: [{ name: "demo.whl", url: "http://127.0.0.1:1/", uploadedAt: new Date(now - daysAgo * day).toISOString() }],
  });
  return { environments: [tokenless], nowMs: now, registry: { survey }, journal: journalWith({ packages: [aPackage()] }), ...parts };
}

test("DR-WINDOW-01: how long PyPI takes files of a version that is not finished", async () => {
  for (const [daysAgo, expected] of [
    [1, /^DR-WINDOW-01 fine: "pypi" takes files for demo 1\.0\.0 until 2001-09-22 01:46 UTC, 14 days after its first/],
    [8, /^DR-WINDOW-01 warns: .*→ Finish the release soon/],
    [15, /^DR-WINDOW-01 blocks: "pypi" takes no more files .*→ Release what is missing under the next version/],
  ] as const)
    assert.match((await lines(runWindowFindings, uploaded(daysAgo)))[0] ?? "", expected);
});

test("DR-WINDOW-01: nothing runs out without a run, in a rehearsal, before the first file, and at an index of one's own", async () => {
  const rehearsal = journalWith({ packages: [aPackage()] }, { mode: "rehearsal" });
  for (const shown of [
    uploaded(15, { journal: () => createMemoryJournal() }),
    uploaded(15, { journal: rehearsal }),
    uploaded(15, { registry: { survey: async () => ({ kind: "absent", package: "exists" }) } }),
    uploaded(15, { environments: ["own: { registry: own, credentials: trusted-publishing }"] }),
  ])
    assert.deepEqual(await lines(runWindowFindings, shown), []);
});

const reviewed = (daysOld: number, place = "github-actions"): Shown => ({
  environments: [`pypi: { registry: pypi, credentials: trusted-publishing, place: ${place}, approvals: { required: 1, from: engineers } }`],
  nowMs: now,
  journal: journalWith({ environments: [anEnvironment({ name: "pypi" })] }, { openedAtMs: now - daysOld * day }),
});

test("DR-WINDOW-02: a review at GitHub waits thirty days, and is told from the fifteenth on", async () => {
  assert.deepEqual(idsOf(await lines(runWindowFindings, reviewed(14))), ["DR-WINDOW-02 fine"]);
  assert.match(
    (await lines(runWindowFindings, reviewed(15)))[0] ?? "",
    /^DR-WINDOW-02 warns: .* is 15 days old, .* a review of "pypi" fails after 30 days .*slipway cancel/,
  );
  assert.deepEqual(await lines(runWindowFindings, reviewed(15, "here")), []);
});

const github = { GITHUB_ACTIONS: "true", ACTIONS_ID_TOKEN_REQUEST_URL: "https://runner", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "x" };
const gitlab = { GITLAB_CI: "true", PYPI_ID_TOKEN: "x" };
const life = { login: { lifetimeMs: 30 * 60_000 } };

/** First versions are slowed down: five at once, then one every ten minutes. */
function workspace(names: number, env: Readonly<Record<string, string>>): Shown {
  return {
    ...life,
    environments: ["c: { registry: crates, credentials: { use: trusted-publishing, first: { token: FIRST } } }"],
    ecosystem: "crates",
    names: Array.from({ length: names }, (_, index) => `c${index}`),
    versions: (): Versions => ({ kind: "absent" }),
    env,
  };
}

test("DR-WINDOW-03: a minted token is renewed where a job can ask again, and lasts for all where it cannot", async () => {
  const shown: Shown = { ...life, environments: [tokenless] };
  assert.match(
    (await lines(tokenLifeFindings, { ...shown, env: github }))[0] ?? "",
    /^DR-WINDOW-03 fine: .*lives 30 min, and is renewed where/,
  );
  assert.match(
    (await lines(tokenLifeFindings, { ...shown, env: gitlab }))[0] ?? "",
    /^DR-WINDOW-03 fine: .*cannot be renewed .*all has to be sent by then/,
  );
});

test("DR-WINDOW-03: limits that take longer than the token lives block where it cannot be renewed", async () => {
  assert.match(
    (await lines(tokenLifeFindings, workspace(12, gitlab)))[0] ?? "",
    /^DR-WINDOW-03 blocks: .*take 70 min, .*cannot renew it .*5 new crates at once/,
  );
  assert.match(
    (await lines(tokenLifeFindings, workspace(12, github)))[0] ?? "",
    /^DR-WINDOW-03 fine: .*take 70 min: it is renewed on the way/,
  );
  assert.match(
    (await lines(tokenLifeFindings, workspace(12, {})))[0] ?? "",
    /^DR-WINDOW-03 fine: .*renewed on the way/,
    "the repository is GitHub's",
  );
  assert.deepEqual(idsOf(await lines(tokenLifeFindings, workspace(6, gitlab))), ["DR-WINDOW-03 fine"]);
  assert.deepEqual(idsOf(await lines(tokenLifeFindings, { ...workspace(12, {}), forge: "" })), ["DR-WINDOW-03 cannot-be-tried"]);
});

test("DR-WINDOW-03: nothing is said of stored tokens, and of a login whose life nobody tells", async () => {
  assert.deepEqual(await lines(tokenLifeFindings, { ...life, environments: ["p: { registry: pypi, credentials: { token: T } }"] }), []);
  assert.deepEqual(await lines(tokenLifeFindings, { environments: [tokenless] }), []);
});
