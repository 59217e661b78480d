// Every fault profile of the rehearsal index × every call it can strike: the same command, again and again while it ends
// with 1 or 5, comes to a complete release, or to one named decision where other bytes were planted. Never green and wrong.
//
// The use case, the engine, the journal, git, the child processes, our client and the servers are the real ones, in this
// process; the clock runs faster and the client's time-outs are short, because hours of waiting are not what is tried.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Report } from "../../src/app/report.ts";
import type { Clock } from "../../src/platform/ports.ts";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { archiveHooks } from "../../src/registries/pypi/rehearsal/archive-hooks.ts";
import { faultProfiles, parseFaults, type FaultCall, type FaultName } from "../../src/registries/pypi/rehearsal/faults.ts";
import { filePath } from "../../src/registries/pypi/rehearsal/pages.ts";
import { startRehearsalPypi, type RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import type { IndexState } from "../../src/registries/pypi/rehearsal/state.ts";
import { makeBed, type Bed } from "../support/bed.ts";
import { fastClock } from "../support/fast-clock.ts";
import { runInProcess } from "../support/in-process.ts";
import { prebuiltName, prebuiltProject, prebuiltTokens } from "../support/prebuilt-project.ts";

/** How many times faster the clock runs: waiting for an index that never answers takes a quarter of an hour of it. */
const speeds = { once: 40, always: 100 };
/** The client's own, in real time. */
const timeouts = { connectMs: 1_000, answerMs: 250, wholeMs: 700 };
/** What is silent or slow is so for longer than that. */
const silenceMs = 2_000;
const settleMs = 5_000;
/** Cases side by side: they wait more than they work. */
const lanes = 4;

const project = prebuiltProject({
  // The registries are put in place below. If they were not, nothing would listen here.
  top: 'registries:\n  testpypi: { ecosystem: pypi, url: "http://127.0.0.1:9/legacy/" }\n  pypi: { ecosystem: pypi, url: "http://127.0.0.1:9/legacy/" }\n',
});
const names = ["testpypi", "pypi"] as const;
type Name = (typeof names)[number];

interface Case {
  readonly profile: FaultName;
  readonly call: FaultCall;
  /** Which call of its kind it strikes, from 1; `always`: every one, until somebody mends the index. */
  readonly strikes: number | "always";
}

/**
 * Calls at an index while nothing goes wrong: at its pages preflight, survey, and for each of two files a look, a look
 * after the upload, a read-back; then its files, where they are asked for.
 */
const callsOf: Readonly<Record<FaultCall, readonly number[]>> = { upload: [1, 2], index: [1, 2, 3, 4, 5, 6, 7, 8], download: [1, 2] };
/** What is no answer at all is the same for every reader: before the first upload, after it, at its read-back. */
const unanswered = new Set<FaultName>([
  "error-500",
  "error-502",
  "error-503",
  "rate-limit",
  "rate-limit-date",
  "rate-limit-bare",
  "reset-mid-body",
  "timeout-before",
  "slow-loris",
]);
const strikesOf = (name: FaultName, call: FaultCall): readonly number[] =>
  call === "index" && unanswered.has(name) ? [1, 4, 5] : callsOf[call];

const cases: readonly Case[] = faultProfiles.flatMap(({ name, calls }) =>
  calls.flatMap((call) => [...strikesOf(name, call), "always" as const].map((strikes) => ({ profile: name, call, strikes }))),
);

/** Where the index holds, lists or hands out other bytes under our name: nobody but a person goes on from there. */
const planted: ReadonlySet<string> = new Set(["stranger:upload", "partial-kept:upload", "other-bytes:index", "other-bytes:download"]);
/** What was planted stays when the fault is over. */
const stays: ReadonlySet<string> = new Set(["stranger:upload", "partial-kept:upload"]);

let bed: Bed;

before(() => {
  bed = makeBed({ example: project, tag: "v1.0.0" });
});

after(() => bed.remove());

test(
  "every profile × every call ends complete or at one named decision, and is never green and wrong",
  { timeout: 10 * 60_000 },
  async (context) => {
    const waiting = [...cases];
    const outcomes = new Map<string, string[]>();
    const failures: string[] = [];
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
          const row = `${one.profile.padEnd(21)} × ${one.call.padEnd(8)}`;
          const outcome = await tryCase(one).catch((error: unknown) => {
            failures.push(`${row} at ${one.strikes}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
            return "FAILED";
          });
          outcomes.set(row, [...(outcomes.get(row) ?? []), `${one.strikes}: ${outcome}`]);
        }
      }),
    );
    context.diagnostic(`${cases.length} cases; the call that is struck: exit statuses of the same command, again and again`);
    for (const [row, ends] of [...outcomes].toSorted()) context.diagnostic(`${row} ${ends.toSorted().join(" | ")}`);
    assert.deepEqual(failures, []);
  },
);

/** The same command at most so often: an index that always lies is mended in between. */
const commandsMax = 6;

/** @returns how it went, in words @throws when something was green and wrong, or never ended */
async function tryCase(one: Case): Promise<string> {
  const key = `${one.profile}:${one.call}`;
  const folder = mkdtempSync(path.join(tmpdir(), "slipway-faults-"));
  const clock = fastClock(one.strikes === "always" ? speeds.always : speeds.once);
  const place = await openPlace(folder, clock, faultsOf(one));
  const ends: number[] = [];
  try {
    while (ends.length < commandsMax) {
      const report = await runOnce(place);
      await checkHonest(report, place);
      ends.push(report.exitCode);
      if (report.exitCode === 0) {
        assert.ok(await hasStruck(place, one), "the fault never struck");
        assert.ok(one.strikes !== "always" || !planted.has(key) || ends.includes(6), "other bytes went unnoticed");
        return ends.join(" ");
      }
      if (report.exitCode === 6) {
        assert.ok(planted.has(key), `stopped at a decision without other bytes: ${report.sentence}`);
        assert.equal(report.code, "REGISTRY_CONFLICT");
        assert.match(report.sentence, /holds? (?:another|something else)/);
        if (stays.has(key)) return ends.join(" ");
      } else
        assert.ok(
          [one.profile === "expired-token" ? 4 : 1, 5].includes(report.exitCode),
          `ended with ${report.exitCode}: ${report.sentence}`,
        );
      // A refusal at once is asked for twice; what was looked for a quarter of an hour was looked for long enough.
      if (one.strikes === "always" && (ends.length === 2 || report.exitCode === 5)) await place.mend();
    }
    throw new Error(`it does not end: ${ends.join(" ")}`);
  } finally {
    await place.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In the words of `--faults`. The calls before the one that is meant are only dripped, quickly, which nobody notices. */
function faultsOf({ profile, call, strikes }: Case): string {
  const isSlow = ["timeout-before", "timeout-after", "slow-loris"].includes(profile);
  const lasts = isSlow ? `=${silenceMs * (strikes === "always" ? speeds.always : speeds.once)}ms` : "";
  const before = strikes === "always" || strikes === 1 ? [] : [`slow-loris:${call}*${strikes - 1}=1ms`];
  const count = strikes === "always" ? 1000 : profile === "slow-loris" ? strikes : 1;
  // Files are only fetched where the index tells no digest.
  const around = call === "download" ? ["no-hashes:index*1000"] : [];
  return [...around, ...before, `${profile}:${call}*${count}${lasts}`].join(",");
}

async function hasStruck(place: Place, { profile, call, strikes }: Case): Promise<boolean> {
  const used = await Promise.all(names.map(async (name) => (await stateAt(place.folder, name))?.faultsUsed[`${profile}:${call}`] ?? 0));
  return used.some((times) => times >= (profile === "slow-loris" && strikes !== "always" ? strikes : 1));
}

interface Place {
  readonly servers: Record<Name, RehearsalPypi>;
  readonly folder: string;
  readonly clock: Clock;
  /** The same indexes with what they hold, and without faults. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

async function openPlace(folder: string, clock: Clock, faults: string): Promise<Place> {
  const start = (name: Name, profile: string | undefined, port?: number): Promise<RehearsalPypi> =>
    startRehearsalPypi({
      ours: [prebuiltName],
      clock,
      storeFolder: path.join(folder, name),
      hooks: archiveHooks(createArchives()),
      announced: false,
      ...(profile === undefined ? {} : { faults: parseFaults(profile) }),
      ...(port === undefined ? {} : { port }),
    });
  const servers = { testpypi: await start("testpypi", faults), pypi: await start("pypi", faults) };
  return {
    servers,
    folder,
    clock,
    mend: async () => {
      for (const name of names) {
        const port = Number(new URL(servers[name].url).port);
        await servers[name].close();
        servers[name] = await start(name, undefined, port);
      }
    },
    close: async () => {
      for (const name of names) await servers[name].close();
    },
  };
}

async function runOnce({ folder, servers, clock }: Place): Promise<Report> {
  const tokens = { testpypi: prebuiltTokens.TESTPYPI_TOKEN, pypi: prebuiltTokens.PYPI_TOKEN };
  const { report, record } = await runInProcess({
    bed,
    state: path.join(folder, "state"),
    clock,
    registries: servers,
    tokens,
    client: { settleMs, timeouts },
    env: prebuiltTokens,
  });
  assert.equal(record !== undefined, report.exitCode === 0);
  return report;
}

/** What holds after every command, whatever the index did: what is said is what is so, nothing twice, nothing early. */
async function checkHonest(report: Report, place: Place): Promise<void> {
  for (const name of names) {
    for (const file of place.servers[name].received()) assert.ok(file.stored <= 1, `${name} stored ${file.name} ${file.stored} times`);
  }
  const held = { testpypi: await heldAt(place.folder, "testpypi"), pypi: await heldAt(place.folder, "pypi") };
  for (const file of report.files) {
    const theirs = held[file.registry as Name].get(file.name);
    const isSaidPublic = file.outcome === "published" || file.outcome === "already-there";
    if (isSaidPublic) assert.equal(theirs, file.sha256, `${file.name} is said to be at ${file.registry}, which holds other bytes, or none`);
    else if (theirs !== undefined)
      assert.ok(["unknown", "conflict"].includes(file.outcome), `${file.name} is at ${file.registry}, and is said to be "${file.outcome}"`);
  }
  const isTried = project.built.every((file) => held.testpypi.get(file.name) === file.sha256);
  if (!isTried)
    assert.equal(place.servers.pypi.received().length, 0, "something was sent below the line while the test index lacked a file");
  if (report.exitCode !== 0) return;
  assert.equal(report.files.length, project.built.length * names.length);
  for (const name of names) {
    assert.deepEqual([...held[name]].toSorted(), project.built.map((file) => [file.name, file.sha256] as const).toSorted());
    assert.deepEqual(
      report.files.filter((file) => file.registry === name && (file.outcome === "published" || file.outcome === "already-there")).length,
      project.built.length,
    );
  }
}

/** The bytes that a server keeps on disk, digested here; what it says of them counts for nothing. */
async function heldAt(folder: string, name: Name): Promise<ReadonlyMap<string, string>> {
  const state = await stateAt(folder, name);
  const files = Object.values(state?.projects ?? {}).flatMap(({ releases }) => releases.flatMap((release) => release.files));
  return new Map(
    await Promise.all(files.map(async (file) => [file.name, sha256Of(await readFile(path.join(folder, name, filePath(file))))] as const)),
  );
}

async function stateAt(folder: string, name: Name): Promise<IndexState | undefined> {
  const text = await readFile(path.join(folder, name, "index.json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as IndexState);
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
