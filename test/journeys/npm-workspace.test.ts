// The example npm-workspace by the real program: rehearsed, released to a registry and a forge on loopback that stand for real
// ones, and killed around everything that is sent to the registry.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { createSystemClock } from "../../src/platform/clock.ts";
import { startRehearsalNpm, type RehearsalNpm } from "../../src/registries/npm/rehearsal/server.ts";
import { makeBed, pointAt, readReport, told, type Bed } from "../support/bed.ts";
import { forgeTokens, openProjectForge, pointForgeAt, type ProjectForge } from "../support/project-forge.ts";

const ours = ["slipway-example-reef", "slipway-example-reef-core"];
const core = "slipway-example-reef-core-1.0.0.tgz";
const reef = "slipway-example-reef-1.0.0.tgz";
const tokens = { NPM_TOKEN: "npm-token-of-the-journey", ...forgeTokens };
/** Points around what is sent to the registry; raised with every plan that grows. */
const pointsMin = 6;

let bed: Bed;
let forge: ProjectForge;
let npm: RehearsalNpm;
let stores = 0;

function openNpm(port?: number): Promise<RehearsalNpm> {
  const storeFolder = path.join(bed?.folder ?? process.env["TMPDIR"] ?? "/tmp", `slipway-npm-${process.pid}-${(stores += 1)}`);
  return startRehearsalNpm({ ours, clock: createSystemClock(), storeFolder, announced: false, ...(port === undefined ? {} : { port }) });
}

before(async () => {
  npm = await openNpm();
  forge = await openProjectForge(path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-npm-forge-${process.pid}`), "example/reef");
  bed = makeBed({
    example: "npm-workspace",
    tag: "v1.0.0",
    prepare: (project) => {
      pointAt(project, { npm: { ecosystem: "npm", url: npm.registryUrl } });
      pointForgeAt(project, forge.url);
    },
  });
});

after(async () => {
  await npm.close();
  await forge.close();
  bed.remove();
});

/** The same addresses, and nothing there. */
async function empty(): Promise<void> {
  const port = Number(new URL(npm.url).port);
  await npm.close();
  npm = await openNpm(port);
  await forge.empty();
}

function taken(): readonly (readonly [string, number, number])[] {
  return npm.received().map((file) => [file.name, file.stored, file.repeated] as const).toSorted(); // prettier-ignore
}

async function latest(name: string): Promise<string | undefined> {
  const tags = (await (await fetch(`${npm.url}/-/package/${name}/dist-tags`)).json()) as Readonly<Record<string, string>>;
  return tags["latest"];
}

const once = [
  [core, 1, 0],
  [reef, 1, 0],
].toSorted();

test("the whole release is rehearsed, and nothing reaches the registry of the file", { timeout: 300_000 }, async () => {
  const ended = await bed.slipway(["rehearse", "--json"]);
  assert.equal(ended.code, 0, told(ended));

  const report = readReport(ended);
  assert.deepEqual(report.files.filter(({ registry }) => registry === "npm").map(({ name, outcome }) => [name, outcome]), [
    [core, "published"],
    [reef, "published"],
  ]); // prettier-ignore
  assert.deepEqual(taken(), []);
});

test("released for real, each package is taken in once, after what it needs, and is the latest", { timeout: 300_000 }, async () => {
  await empty();
  const log = path.join(bed.folder, "points.log");
  const ended = await bed.slipway(["--state", path.join(bed.folder, "state-run"), "run", "--json"], { ...tokens, SLIPWAY_CRASH_LOG: log });
  assert.equal(ended.code, 0, told(ended));

  assert.deepEqual(taken(), once);
  assert.deepEqual(await Promise.all(ours.map(latest)), ["1.0.0", "1.0.0"]);
  const sent = readFileSync(log, "utf8").split("\n").filter((name) => /^effect\/npm\/.*\/before-send$/.test(name)); // prettier-ignore
  assert.deepEqual(sent.map((name) => name.includes("core")), [true, false]); // prettier-ignore
});

test(
  "killed around anything that is sent to the registry, the same command finishes: every package once",
  { timeout: 20 * 60_000 },
  async (context) => {
    const names = readFileSync(path.join(bed.folder, "points.log"), "utf8").trim().split("\n");
    const points = [...new Set(names.filter((name) => name.startsWith("effect/npm/")))].map((name) => `${name}#1`);
    context.diagnostic(`${points.length} crash points`);
    assert.ok(points.length >= pointsMin, `there are ${points.length} points, and there were ${pointsMin}`);
    for (const [index, point] of points.entries()) {
      await empty();
      const state = ["--state", path.join(bed.folder, `state-${index}`)];
      const killed = await bed.slipway([...state, "run", "--json"], { ...tokens, SLIPWAY_CRASH_AT: point });
      assert.equal(killed.signal, "SIGKILL", `${point}: ${told(killed)}`);
      const again = await bed.slipway([...state, "run", "--json"], tokens);
      assert.equal(again.code, 0, `${point}: ${told(again)}`);
      assert.deepEqual(taken(), once, point);
    }
  },
);
