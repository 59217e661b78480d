// One release of 100 crates, 700 npm packages and 100 wheels against the rehearsal registries with the rate limits of the real
// ones, in virtual time: the duration that the plan tells beforehand is the one worked out by hand here, and the one that it
// takes; nothing is sent twice, and nothing before what it needs.
//
// The rule of the engine, the step `publish`, our clients, HTTP and the servers are the real ones. Time stands still while any
// of them works, and jumps to the next time at which something is due when none does: what passes is waiting, and nothing else.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import type { Artifact, ArtifactKind } from "../../src/domain/artifact.ts";
import type { Credential } from "../../src/domain/credential.ts";
import { sha256 } from "../../src/domain/digest.ts";
import { digestPlan, type Plan, type PlannedMember } from "../../src/domain/plan/plan.ts";
import { fold } from "../../src/domain/run/state.ts";
import type { Fact } from "../../src/domain/run/fact.ts";
import { drive, type Input, type Runtime } from "../../src/engine/driver.ts";
import { createMemoryJournal } from "../../src/engine/journal/memory.ts";
import { perform, type Workshop } from "../../src/engine/performer.ts";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { createImageArchives } from "../../src/platform/archives/image-archive.ts";
import { createFiles } from "../../src/platform/files.ts";
import type { Clock } from "../../src/platform/ports.ts";
import { rehearsalCratesCredential } from "../../src/registries/crates/credentials.ts";
import { rehearsalNpmCredential } from "../../src/registries/npm/credentials.ts";
import { rehearsalCredential } from "../../src/registries/pypi/credentials.ts";
import type { Registry } from "../../src/registries/registry.ts";
import { publishStep } from "../../src/steps/publish/publish.ts";
import { findPacing } from "../../src/steps/shared/publishing/pacing.ts";
import type { EffectPorts, WorkPorts } from "../../src/steps/step.ts";
import { crateUpload, cratesClientOf, startCrates } from "../support/crates.ts";
import { npmClientOf, npmTarball, startNpm } from "../support/npm.ts";
import { anEnvironment, aPackage, aPlannedStep, aRegistry, silentLog } from "../support/ports.ts";
import { clientOf, startIndex } from "../support/pypi.ts";
import { anActingStep, ann, planOf, sha256OfText } from "../support/runs.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { wheel } from "../support/wheel.ts";

const minuteMs = 60_000;
const startMs = Date.UTC(2026, 10, 20, 17, 0, 0);

const counts = { newCrates: 60, newVersions: 40, packages: 700, wheels: 100 };

/**
 * Worked out by hand from what the registry says of its limits (protocols §4.1): five new crates go at once and one more every
 * ten minutes; thirty new versions at once and one more every minute. They do not wait for each other here, so that the longer
 * one is what the release takes. npm and wheels of one project have no known limit.
 */
const byHandMs = Math.max((counts.newCrates - 5) * 10 * minuteMs, (counts.newVersions - 30) * minuteMs);

/** Each second of a date in a reply may be a second that is not over yet: the client waits that much longer, once for each. */
const grainMs = 1_000;

const crateName = (index: number): string => `paced-${String(index).padStart(3, "0")}`;
const packageName = (index: number): string => `@paced/p${String(index).padStart(3, "0")}`;

/** A tree: each needs the one in the middle of those before it. The first forty crates are known, the others need new ones alone. */
const crates: readonly PlannedMember[] = Array.from({ length: counts.newVersions + counts.newCrates }, (_, index) => {
  const first = index < counts.newVersions ? 0 : counts.newVersions;
  const needs = index === first ? [] : [crateName(first + Math.floor((index - first - 1) / 2))];
  return { name: crateName(index), folder: `crates/${index}`, needs };
});
const packages: readonly PlannedMember[] = Array.from({ length: counts.packages }, (_, index) => {
  const needs = index === 0 ? [] : [packageName(Math.floor((index - 1) / 3))];
  return { name: packageName(index), folder: `js/${index}`, needs };
});

interface Held {
  readonly artifacts: readonly Artifact[];
  fileOf(artifact: Pick<Artifact, "digest">): string;
}

/** All files of the release, made in memory and written to where a store would keep them. */
function makeFiles(folder: string): Held {
  const artifacts: Artifact[] = [];
  const files = new Map<string, string>();
  const add = (kind: ArtifactKind, of: string, file: { readonly name: string; readonly bytes: Buffer }): void => {
    const digest = sha256(createHash("sha256").update(file.bytes).digest("hex"));
    const at = path.join(folder, digest);
    writeFileSync(at, file.bytes);
    files.set(digest, at);
    artifacts.push({ kind, package: of, name: file.name, sizeBytes: file.bytes.length, digest, maker: "build" });
  };
  for (const { name } of crates) {
    const made = crateUpload(path.join(folder, "crates"), { name, version: "1.0.0" });
    files.set(made.sha256, made.file);
    artifacts.push({ kind: "crate", package: "crates", name: made.name, sizeBytes: made.sizeBytes, digest: made.sha256, maker: "build" });
  }
  for (const { name, needs = [] } of packages) {
    const manifest = { name, version: "1.0.0", license: "MIT", dependencies: Object.fromEntries(needs.map((need) => [need, "1.0.0"])) };
    add("npm-tarball", "js", { name: `${name.slice(1).replace("/", "-")}-1.0.0.tgz`, bytes: npmTarball(manifest) });
  }
  for (let index = 0; index < counts.wheels; index += 1) {
    const platform = `manylinux_2_${17 + Math.floor(index / 4)}_x86_64`;
    add("wheel", "python", wheel({ name: "paced", version: "1.0.0", tag: `cp3${10 + (index % 4)}-cp3${10 + (index % 4)}-${platform}` }));
  }
  return { artifacts, fileOf: ({ digest }) => files.get(digest) ?? assert.fail(`no file of ${digest}`) };
}

const registry = (name: string, ecosystem: "crates" | "npm" | "pypi") =>
  aRegistry({ name, ecosystem, credentials: { kind: "token", variable: "TOKEN" } });
const registries = { crates: registry("crates", "crates"), npm: registry("npm", "npm"), pypi: registry("pypi", "pypi") } as const;
const released = [
  aPackage({ id: "crates", ecosystem: "crates", name: "paced", version: "1.0.0", members: crates }),
  aPackage({ id: "js", ecosystem: "npm", name: "paced", version: "1.0.0", members: packages }),
  aPackage({ id: "python", ecosystem: "pypi", name: "paced", version: "1.0.0" }),
];

function planFor(): Plan {
  const step = (id: keyof typeof registries) =>
    anActingStep({ id, input: {}, environment: id, takes: [{ kinds: ["crate", "npm-tarball", "wheel"] }], waitsFor: ["build"] });
  const environments = Object.entries(registries).map(([name, one]) => anEnvironment({ name, registries: [one] }));
  return planOf([aPlannedStep({ id: "build" }), step("crates"), step("npm"), step("pypi")], { packages: released, environments });
}

/** Time stands still while something is under way. */
function createTime(): Clock & { jumpTo(ms: number): void } {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    jumpTo: (ms) => void (nowMs = Math.max(nowMs, ms)),
    sleep: () => assert.fail("something slept in virtual time"),
  };
}

interface Servers {
  readonly opened: Readonly<Record<string, { readonly registry: Registry; readonly credential: Credential }>>;
  received(): readonly { readonly name: string; readonly stored: number; readonly repeated: number; readonly refused: number }[];
}

/** The registries, one of which knows forty of the crates from an earlier release, long ago. */
async function startServers(t: TestContext, clock: Clock): Promise<Servers> {
  const storeFolder = path.join(temporaryFolder(t), "crates");
  const before = await startCrates(t, { ours: crates.map(({ name }) => name), clock, storeFolder });
  const earlier = cratesClientOf(before, { clock });
  for (const { name } of crates.slice(0, counts.newVersions)) {
    const upload = crateUpload(temporaryFolder(t), { name, version: "0.9.0" });
    const sent = await earlier.publish(upload, rehearsalCratesCredential(), t.signal);
    assert.equal(sent.kind, "sent");
  }
  await before.close();
  const limits = { ours: crates.map(({ name }) => name), clock, storeFolder, limits: "real" } as const;
  const [cratesServer, npm, pypi] = [
    await startCrates(t, limits),
    await startNpm(t, { ours: packages.map(({ name }) => name), clock }),
    await startIndex(t, { ours: ["paced"], clock }),
  ];
  const opened = {
    crates: { registry: cratesClientOf(cratesServer, { clock }), credential: rehearsalCratesCredential() },
    npm: { registry: npmClientOf(npm.registryUrl, { clock }), credential: rehearsalNpmCredential() },
    pypi: { registry: clientOf(pypi, { clock }), credential: rehearsalCredential() },
  };
  return { opened, received: () => [...cratesServer.received(), ...npm.received(), ...pypi.received()] };
}

function workshopFor(held: Held, servers: Servers, clock: Clock): Workshop {
  const named = (name: string) => servers.opened[name] ?? assert.fail(`no registry "${name}"`);
  const ports = {
    clock,
    files: createFiles(),
    archives: createArchives(),
    images: createImageArchives(),
    log: silentLog,
    signal: new AbortController().signal,
    registry: (name: string) => named(name).registry,
    open: async (name: string) => named(name),
    artifactFile: held.fileOf,
    // Publishing asks for nothing else.
  } as unknown as WorkPorts & EffectPorts;
  return {
    nowMs: clock.nowMs,
    crashPoints: { reach: () => {} },
    stepOf: () => publishStep,
    preflight: async () => ({ passed: true, findings: [] }),
    readPorts: async () => ports,
    effectPorts: async () => ports,
    workPorts: () => assert.fail("nothing is built"),
    freeze: () => assert.fail("nothing is built"),
    advance: async () => undefined,
    lookAtSource: async () => ({ kind: "same" }),
    bind: () => assert.fail("nobody is asked"),
  };
}

interface Driven {
  /** When each effect was sent for the last time, by its key. */
  readonly sentAtMs: ReadonlyMap<string, number>;
  readonly verified: readonly string[];
  readonly moves: number;
  readonly sends: number;
}

async function driveRelease(
  plan: Plan,
  artifacts: readonly Artifact[],
  given: { readonly workshop: Workshop; readonly clock: ReturnType<typeof createTime> },
): Promise<Driven> {
  const { workshop, clock } = given;
  const journal = createMemoryJournal();
  const opening: readonly Fact[] = [
    { kind: "run-opened", run: "R1", mode: "run", plan, planDigest: digestPlan(plan, sha256OfText), by: ann },
    { kind: "step-started", step: "build", attempt: 1 },
    { kind: "step-done", step: "build", output: null, artifacts },
    { kind: "run-driven", by: ann, tool: "simulation" },
  ];
  journal.append("R1", opening, { atMs: clock.nowMs(), answered: [] });
  const state = fold(journal.read("R1"));
  const sentAtMs = new Map<string, number>();
  const verified: string[] = [];
  const ended: Input[] = [];
  let underWay = 0;
  let moves = 0;
  let sends = 0;
  let ring: () => void = () => {};
  const runtime: Runtime = {
    nowMs: clock.nowMs,
    digestSubject: () => assert.fail("no gate"),
    commit(facts) {
      const recorded = journal.append("R1", facts, { atMs: clock.nowMs(), answered: [] });
      for (const fact of facts) if (fact.kind === "effect-verified") verified.push(fact.effect);
      return recorded;
    },
    perform(move, current) {
      moves += 1;
      underWay += 1;
      if (move.kind === "send") {
        sends += 1;
        sentAtMs.set(move.effect, clock.nowMs());
      }
      void perform(move, current, workshop).then((facts) => {
        underWay -= 1;
        ended.push({ kind: "ended", key: move.key, facts });
        ring();
      });
    },
    more: () => ended.splice(0),
    async next(wakeAtMs) {
      // oxlint-disable-next-line eslint/no-unmodified-loop-condition -- what is under way changes it
      while (ended.length === 0 && underWay > 0) await new Promise<void>((resolve) => (ring = resolve));
      const input = ended.shift();
      if (input !== undefined) return input;
      clock.jumpTo(wakeAtMs ?? assert.fail("nothing is under way, and nothing is due"));
      return { kind: "woken" };
    },
  };
  const limits = { work: 4, perTarget: 10 };
  const drove = await drive(state, runtime, { limits, waitForPeople: false, interrupted: new AbortController().signal });
  assert.equal(drove.kind, "closed", JSON.stringify(drove));
  // The fold of the journal is what was driven.
  assert.equal(fold(journal.read("R1")).closed?.result, "complete");
  return { sentAtMs, verified, moves, sends };
}

test(
  "900 files under the registries' real limits take as long as planned and as worked out by hand, each once and in order",
  { timeout: 300_000 },
  async (t) => {
    const clock = createTime();
    const folder = temporaryFolder(t);
    mkdirSync(folder, { recursive: true });
    const held = makeFiles(folder);
    const servers = await startServers(t, clock);
    const workshop = workshopFor(held, servers, clock);
    const plan = planFor();
    const looking = (name: keyof typeof registries) => ({ at: servers.opened[name]?.registry ?? assert.fail(name), signal: t.signal });

    const planned = await Promise.all(
      (["crates", "npm", "pypi"] as const).map((name) => findPacing(registries[name], released, looking(name))),
    );
    const begunMs = clock.nowMs();
    const driven = await driveRelease(plan, held.artifacts, { workshop, clock });

    const [paced, ...others] = planned;
    assert.equal(paced?.atLeastMs, byHandMs);
    assert.equal(paced?.atMostMs, byHandMs);
    assert.deepEqual([paced?.newNames, paced?.newVersions], [counts.newCrates, counts.newVersions]);
    assert.deepEqual(others, [undefined, undefined], "no limit is made up where none is known");
    const lastMs = Math.max(...driven.sentAtMs.values());
    const tookMs = lastMs - begunMs;
    assert.ok(tookMs >= byHandMs && tookMs <= byHandMs + grainMs, `planned ${byHandMs} ms, took ${tookMs} ms`);
    const received = servers.received().filter(({ name }) => !name.includes("-0.9.0."));
    assert.equal(received.length, counts.newCrates + counts.newVersions + counts.packages + counts.wheels);
    // Whoever is told "not now" waits; of the others of its lane none asks meanwhile: three tries a crate, not one each at every turn.
    assert.ok(driven.sends <= received.length + 2 * crates.length, `${driven.sends} sends`);
    for (const { name, stored, repeated } of received) assert.deepEqual([name, stored, repeated], [name, 1, 0]);
    for (const { name, needs = [] } of crates)
      for (const need of needs)
        assert.ok(isBefore(driven, `crates/${need}-1.0.0.crate`, `crates/${name}-1.0.0.crate`), `${name} went before ${need}`);
    const tgz = (name: string): string => `npm/${name.slice(1).replace("/", "-")}-1.0.0.tgz`;
    for (const { name, needs = [] } of packages)
      for (const need of needs) assert.ok(isBefore(driven, tgz(need), tgz(name)), `${name} went before ${need}`);
    t.diagnostic(
      `${received.length} files, ${driven.sends} sends, ${driven.moves} moves, ${(tookMs / minuteMs).toFixed(1)} min of virtual time`,
    );
  },
);

/** Both were verified, and the one first. */
function isBefore({ verified }: Driven, one: string, other: string): boolean {
  const [first, second] = [verified.indexOf(one), verified.indexOf(other)];
  return first !== -1 && second !== -1 && first < second;
}
