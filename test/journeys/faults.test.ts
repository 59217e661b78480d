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
import { composeWorld } from "../../src/app/compose.ts";
import type { Registries } from "../../src/app/registries.ts";
import type { Report } from "../../src/app/report.ts";
import { runRelease } from "../../src/app/run-release.ts";
import type { World } from "../../src/app/world.ts";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { createCredential } from "../../src/platform/credential.ts";
import { pypiRegistry } from "../../src/registries/pypi/client.ts";
import { archiveHooks } from "../../src/registries/pypi/rehearsal/archive-hooks.ts";
import { faultProfiles, parseFaults, type FaultCall, type FaultName } from "../../src/registries/pypi/rehearsal/faults.ts";
import { filePath } from "../../src/registries/pypi/rehearsal/pages.ts";
import { startRehearsalPypi, type RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import type { IndexState } from "../../src/registries/pypi/rehearsal/state.ts";
import type { Registry } from "../../src/registries/registry.ts";
import { makeBed, type Bed } from "../support/bed.ts";
import { fastClock } from "../support/fast-clock.ts";
import { prebuiltName, prebuiltProject, prebuiltTokens } from "../support/prebuilt-project.ts";

/** Fast enough that a quarter of an hour of looking passes in seconds, slow enough that a request is no eternity. */
const clock = fastClock(40);
/** The client's own, in real time. */
const timeouts = { connectMs: 1_000, answerMs: 250, wholeMs: 700 };
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
  /** `once`: the first call. `for ever`: every call, until somebody mends the index. */
  readonly how: "once" | "for ever";
}

const cases: readonly Case[] = faultProfiles.flatMap(({ name, calls }) => calls.flatMap((call) => (["once", "for ever"] as const).map((how) => ({ profile: name, call, how }))));

/** Where the index holds, lists or hands out other bytes under our name: nobody but a person goes on from there. */
const planted: ReadonlySet<string> = new Set(["stranger:upload", "partial-kept:upload", "other-bytes:index", "other-bytes:download"]);
/** What was planted stays when the fault is over. */
const stays: ReadonlySet<string> = new Set(["stranger:upload", "partial-kept:upload"]);

let bed: Bed;

before(() => {
  bed = makeBed({ example: project.files, tag: "v1.0.0" });
});

after(() => bed.remove());

test("every profile × every call ends complete or at one named decision, and is never green and wrong", { timeout: 10 * 60_000 }, async (context) => {
  const waiting = [...cases];
  const rows: string[] = [];
  const failures: string[] = [];
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        const startMs = Date.now();
        const { profile, call, how } = one;
        const what = `${profile.padEnd(21)} × ${call.padEnd(8)} ${how.padEnd(8)}`;
        const outcome = await tryCase(one).catch((error: unknown) => {
          failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
          return "FAILED";
        });
        rows.push(`${what} → ${outcome} (${((Date.now() - startMs) / 1000).toFixed(1)} s)`);
      }
    }),
  );
  for (const row of rows.toSorted()) context.diagnostic(row);
  assert.deepEqual(failures, []);
});

/** The same command at most so often: an index that lies for ever is mended after the second. */
const commandsMax = 6;

/** @returns how it went, in words @throws when something was green and wrong, or never ended */
async function tryCase(one: Case): Promise<string> {
  const { profile, call, how } = one;
  const folder = mkdtempSync(path.join(tmpdir(), "slipway-faults-"));
  const lasts = ["timeout-before", "timeout-after", "slow-loris"].includes(profile) ? `=${2_000 * 40}ms` : "";
  const helper = call === "download" ? ", no-hashes:index*1000" : "";
  const faults = `${profile}:${call}${how === "once" ? "" : "*1000"}${lasts}${helper}`;
  const place = await openPlace(folder, faults);
  const ends: string[] = [];
  try {
    for (let commands = 1; commands <= commandsMax; commands += 1) {
      const report = await runOnce(folder, place.servers);
      await checkHonest(report, place);
      ends.push(`${report.exitCode}${report.code === undefined ? "" : ` ${report.code}`}`);
      if (report.exitCode === 0) return ends.join(", then ");
      if (report.exitCode === 6) {
        assert.ok(planted.has(`${profile}:${call}`), `stopped at a decision without other bytes: ${report.sentence}`);
        assert.equal(report.code, "REGISTRY_CONFLICT");
        assert.match(report.sentence, /holds|hold/);
        if (stays.has(`${profile}:${call}`)) return ends.join(", then ");
      } else assert.ok(report.exitCode === 1 || report.exitCode === 5, `ended with ${report.exitCode}: ${report.sentence}`);
      if (how === "for ever" && commands === 2) await place.mend();
    }
    throw new Error(`it does not end: ${ends.join(", then ")}`);
  } finally {
    await place.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly servers: Record<Name, RehearsalPypi>;
  readonly folder: string;
  /** The same indexes with what they hold, and without faults. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

async function openPlace(folder: string, faults: string): Promise<Place> {
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

/** `slipway run --no-wait` of the present moment: everything is composed anew, as in a new process. */
async function runOnce(folder: string, servers: Place["servers"]): Promise<Report> {
  const quiet = (): void => {};
  const real = composeWorld({
    env: { ...bed.env, ...prebuiltTokens },
    folder: bed.project,
    stateRoot: path.join(folder, "state"),
    interrupted: new AbortController().signal,
    log: { debug: quiet, info: quiet, warn: quiet },
  });
  const world: World = { ...real, clock, realRegistries: () => Promise.resolve(registriesAt(servers)) };
  const asked = { pipeline: undefined, version: undefined, inputs: {}, path: undefined, mayAssumeTag: false };
  const observer = { onHistory: quiet, onRecorded: quiet, onMove: quiet, onLine: quiet };
  const { report, record } = await runRelease(world, { asked, observer, waitForPeople: false, mend: false });
  assert.equal(record !== undefined, report.exitCode === 0);
  return report;
}

function registriesAt(servers: Place["servers"]): Registries {
  const opened = new Map<string, Registry>(
    names.map((name) => {
      const { uploadUrl, indexUrl } = servers[name];
      return [name, pypiRegistry({ name, uploadUrl, indexUrl, world: "real", rules: "pypi", settleMs, clock, userAgent: "slipway/0.0.0-test", timeouts })];
    }),
  );
  return {
    world: "real",
    open: (planned) => opened.get(planned.name) as Registry,
    credential: (planned) => Promise.resolve(createCredential("__token__", prebuiltTokens[planned.name === "pypi" ? "PYPI_TOKEN" : "TESTPYPI_TOKEN"])),
  };
}

/** What holds after every command, whatever the index did: what is said is what is so, nothing twice, nothing early. */
async function checkHonest(report: Report, place: Place): Promise<void> {
  for (const name of names) {
    for (const file of place.servers[name].received()) assert.ok(file.stored <= 1, `${name} stored ${file.name} ${file.stored} times`);
  }
  const held = { testpypi: await heldAt(place.folder, "testpypi"), pypi: await heldAt(place.folder, "pypi") };
  for (const file of report.files) {
    if (file.outcome !== "published" && file.outcome !== "already-there") continue;
    assert.equal(held[file.registry as Name].get(file.name), file.sha256, `${file.name} at ${file.registry} is said to be published with other bytes`);
  }
  const isTried = project.built.every((file) => held.testpypi.get(file.name) === file.sha256);
  if (!isTried) assert.equal(place.servers.pypi.received().length, 0, "something was sent below the line while the test index lacked a file");
  if (report.exitCode !== 0) return;
  assert.equal(report.files.length, project.built.length * names.length);
  for (const name of names) {
    assert.deepEqual([...held[name]].toSorted(), project.built.map((file) => [file.name, file.sha256] as const).toSorted());
    assert.deepEqual(report.files.filter((file) => file.registry === name && (file.outcome === "published" || file.outcome === "already-there")).length, project.built.length);
  }
}

/** The bytes that a server keeps on disk, digested here; what it says of them counts for nothing. */
async function heldAt(folder: string, name: Name): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(path.join(folder, name, "index.json"), "utf8").catch(() => undefined);
  if (text === undefined) return new Map();
  const files = Object.values((JSON.parse(text) as IndexState).projects).flatMap(({ releases }) => releases.flatMap((release) => release.files));
  return new Map(await Promise.all(files.map(async (file) => [file.name, sha256Of(await readFile(path.join(folder, name, filePath(file))))] as const)));
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
