// Every fault profile of the rehearsal forge × every call of a release that it can strike: the same command, again and again
// while it ends with 1 or 5, comes to a complete release with one tag, one page, each file once and one start. The steps above the tag are left out.
//
// The use case, the engine, the journal, git, our client and the server are the real ones, in this process; the clock runs
// faster and the client's time-outs are short, because hours of waiting are not what is tried.
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Forges } from "../../src/app/forges.ts";
import type { Report } from "../../src/app/report.ts";
import { createCredential } from "../../src/domain/credential.ts";
import { githubForge } from "../../src/forges/github/client.ts";
import { faultProfiles, type FaultCall, type FaultName } from "../../src/forges/github/rehearsal/faults.ts";
import { openHttp } from "../../src/platform/http.ts";
import { fastClock } from "../support/fast-clock.ts";
import { runInProcess } from "../support/in-process.ts";
import { prebuiltName } from "../support/prebuilt-project.ts";
import { openPlace, pageOf, prebuiltExample, secrets, type Place } from "../support/two-pipelines.ts";

/** How many times faster the clock runs: a page is looked for some minutes of it. */
const speeds = { once: 40, always: 100 };
/** The client's own, in real time. */
const timeouts = { connectMs: 1_000, answerMs: 300, wholeMs: 800 };
/** What is silent or slow is so for longer than that. */
const silenceMs = 2_000;
/** Cases side by side: they wait more than they work. */
const lanes = 4;
/** The same command at most so often; a forge that always lies is mended in between. */
const commandsMax = 6;

interface Case {
  readonly profile: FaultName;
  readonly call: FaultCall;
  /** Which call of its kind it strikes, from 1; `always`: every one, until somebody mends the forge. */
  readonly strikes: number | "always";
}

/** Calls of the release while nothing goes wrong: three files, and some forty reads, of which these are unlike each other. */
const callsOf: Partial<Record<FaultCall, readonly number[]>> = {
  "create-release": [1],
  "edit-release": [1],
  "upload-asset": [1, 3],
  dispatch: [1],
  read: [1, 3, 8, 20, 34],
};
/** Reads alone differ in what comes after them; one that does nothing is the same for each. */
const readOnce = new Set<FaultName>(["error-500", "empty-budget", "secondary-limit", "slow", "timeout-before"]);

const cases: readonly Case[] = faultProfiles.flatMap(({ name, calls }) =>
  calls
    .filter((call) => callsOf[call] !== undefined)
    .flatMap((call) => {
      const strikes = call === "read" && readOnce.has(name) ? [3] : (callsOf[call] ?? []);
      return [...strikes, "always" as const].map((one) => ({ profile: name, call, strikes: one }));
    }),
);

let places: readonly Place[] = [];
let folders = 0;

before(async () => {
  places = await Promise.all(
    Array.from({ length: lanes }, () =>
      openPlace({ files: prebuiltExample("1.1.0", "from the tag on"), ours: prebuiltName, isolated: true }),
    ),
  );
});

after(async () => {
  await Promise.all(places.map((place) => place.close()));
});

test("every profile × every call ends complete, with nothing twice and nothing lost", { timeout: 15 * 60_000 }, async (context) => {
  const waiting = [...cases];
  const outcomes = new Map<string, string[]>();
  const failures: string[] = [];
  await Promise.all(
    places.map(async (place) => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        const row = `${one.profile.padEnd(21)} × ${one.call.padEnd(14)}`;
        const outcome = await tryCase(place, one).catch((error: unknown) => {
          failures.push(`${row} at ${one.strikes}: ${error instanceof Error ? error.message : String(error)}`);
          return "FAILED";
        });
        outcomes.set(row, [...(outcomes.get(row) ?? []), `${one.strikes}: ${outcome}`]);
      }
    }),
  );
  context.diagnostic(`${cases.length} cases; the call that is struck: exit statuses of the same command, again and again`);
  for (const [row, ends] of [...outcomes].toSorted()) context.diagnostic(`${row} ${ends.toSorted().join(" | ")}`);
  assert.deepEqual(failures, []);
});

/** Where the forge does not know the token, a person gives another; a missing permission it hides behind 404. */
const credentialFaults: ReadonlySet<string> = new Set(["expired-token"]);

/** @returns how it went, in words @throws when something was green and wrong, or never ended */
async function tryCase(place: Place, one: Case): Promise<string> {
  const state = path.join(place.bed.folder, `state-${(folders += 1)}`);
  mkdirSync(state);
  const clock = fastClock(one.strikes === "always" ? speeds.always : speeds.once);
  await place.emptied({ faults: faultsOf(one), clock });
  const ends: number[] = [];
  try {
    while (ends.length < commandsMax) {
      const report = await runOnce(place, { state, clock });
      checkHonest(report, place);
      ends.push(report.exitCode);
      if (report.exitCode === 0) {
        assert.ok(struck(place, one) > 0, "the fault never struck");
        return ends.join(" ");
      }
      assert.ok(
        report.exitCode === 1 || report.exitCode === 5 || (report.exitCode === 4 && credentialFaults.has(one.profile)),
        `ended with ${report.exitCode}: ${report.sentence}`,
      );
      if (one.strikes === "always" && (ends.length === 2 || report.exitCode === 5)) await place.reopenForge();
    }
    throw new Error(`it does not end: ${ends.join(" ")}`);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

/** In the words of `--faults`. The calls before the one that is meant are late by a moment, which nobody notices. */
function faultsOf({ profile, call, strikes }: Case): string {
  const isSilent = ["timeout-before", "timeout-after", "slow"].includes(profile);
  const lasts = isSilent ? `=${silenceMs * (strikes === "always" ? speeds.always : speeds.once)}ms` : "";
  const before = strikes === "always" || strikes === 1 ? [] : [`slow:${call}*${strikes - 1}=1ms`];
  const count = strikes === "always" ? 1000 : profile === "slow" ? strikes : 1;
  return [...before, `${profile}:${call}*${count}${lasts}`].join(",");
}

function struck(place: Place, { profile, call, strikes }: Case): number {
  const used = place.forge().state().faultsUsed[`${profile}:${call}`] ?? 0;
  return profile === "slow" && strikes !== "always" ? used - (strikes - 1) : used;
}

const nowhere = { uploadUrl: "http://127.0.0.1:9/", indexUrl: "http://127.0.0.1:9/simple/" };

async function runOnce(
  place: Place,
  { state, clock }: { readonly state: string; readonly clock: ReturnType<typeof fastClock> },
): Promise<Report> {
  const { url } = place.doors.forge;
  const forge = githubForge({
    name: "forge",
    repository: "example/pebble",
    world: "real",
    apiUrl: `${url}/api/v3`,
    uploadUrl: `${url}/api/uploads`,
    webUrl: url,
    settleMs: 5_000,
    clock,
    http: openHttp({ userAgent: "slipway/0.0.0-test", timeouts }),
  });
  const forges: Forges = {
    open: () => Promise.resolve(forge),
    has: () => Promise.resolve({ there: true, variables: "GH_TOKEN" }),
    credential: () => Promise.resolve(createCredential("", secrets.writer)),
  };
  const { report } = await runInProcess({
    bed: place.bed,
    state,
    clock,
    // Named on the page, and asked by nobody.
    registries: { testpypi: nowhere, pypi: nowhere },
    tokens: {},
    client: { settleMs: 250 },
    pipeline: "release",
    version: "1.1.0",
    forges,
  });
  return report;
}

/** What holds after every command, whatever the forge did: nothing twice, nothing early, and complete is complete. */
function checkHonest(report: Report, place: Place): void {
  const { releases, runs, done } = place.forge().state();
  assert.ok(releases.length <= 1, `the forge has ${releases.length} pages`);
  assert.ok(runs.length <= 1, `the publication was started ${runs.length} times`);
  for (const what of ["create-release v1.1.0", "publish-release v1.1.0", "dispatch publish.yml"])
    assert.ok((done[what] ?? 0) <= 1, `the forge did "${what}" ${done[what]} times`);
  const [page] = releases;
  if (page !== undefined && !page.draft) {
    assert.equal(page.assets.length, 3, "the page was published before its files were there");
    assert.ok(page.assets.every((asset) => asset.state === "uploaded"));
  }
  if (runs.length > 0) assert.equal(page?.draft, false, "the publication was started before the page was there");
  if (report.exitCode !== 0) return;
  assert.equal(place.remote("rev-list", "--count", "main"), "1");
  assert.equal(place.remote("for-each-ref", "--format=%(refname) %(objecttype)", "refs/tags"), "refs/tags/v1.1.0 tag");
  assert.equal(pageOf(place, "v1.1.0").draft, false);
  assert.equal(runs.length, 1);
  for (const file of report.files) {
    const asset = pageOf(place, "v1.1.0").assets.find((one) => one.name === file.name);
    assert.ok(asset !== undefined, `${file.name} is said to be on the page`);
    if (asset.sha256 !== null) assert.equal(asset.sha256, file.sha256);
  }
  assert.equal(report.files.length, 3);
}
