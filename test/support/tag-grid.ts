// The kill grid of the example tag-driven: SIGKILL the real process at every crash point of its plan, run the same command
// again, and see it finish: each file taken in once, counted by the servers; no manual repair. The number of points is
// printed, and the test fails if it shrinks. Each try costs seconds: the points around what is worked and sent are tried with every
// change, those of the facts between them in the acceptance tier.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import type { RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { edit, makeBed, pointAt, readReport, startIndex, type Bed } from "./bed.ts";
import { forgeTokens, openProjectForge, pointForgeAt, type ProjectForge } from "./project-forge.ts";

/** Of the whole plan. Raised with every plan that grows; never lowered without saying why here. */
const pointsMin = 230;

type Part = "sends" | "facts";

const ours = ["slipway-example-tide"];
const tokens = { TESTPYPI_TOKEN: "pypi-test-token-of-the-grid", PYPI_TOKEN: "pypi-token-of-the-grid", ...forgeTokens };

interface Place {
  readonly bed: Bed;
  readonly forge: ProjectForge;
  testpypi: RehearsalPypi;
  pypi: RehearsalPypi;
}

/** Two places, so that both cores have something to do. */
const places: Place[] = [];
let points: Readonly<Record<Part, readonly string[]>> = { sends: [], facts: [] };

/** A final version at both indexes: the plan has everything above and below the line. Built without an environment of its own, which would cost minutes over the grid. */
function prepare(project: string, registries: Parameters<typeof pointAt>[1]): void {
  pointAt(project, registries);
  edit(project, "pyproject.toml", (text) => text.replace('version = "0.2.0rc1"', 'version = "0.2.0"'));
  edit(project, "slipway.yaml", (text) =>
    text.replace(", candidate: tried }", " }").replace("[testpypi, try, candidate]", "[testpypi, try]"),
  );
  edit(project, "slipway.yaml", (text) =>
    text.replace("build: { uses: build-wheel }", "build: { uses: build-wheel, with: { isolation: false } }"),
  );
}

async function openPlace(number: number): Promise<Place> {
  const folder = path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-grid-${process.pid}-${number}`);
  mkdirSync(folder, { recursive: true });
  const testpypi = await startIndex(path.join(folder, "testpypi"), { ours });
  const pypi = await startIndex(path.join(folder, "pypi"), { ours });
  const forge = await openProjectForge(folder, "example/tide");
  const bed = makeBed({
    example: "tag-driven",
    tag: "v0.2.0",
    prepare: (project) => {
      prepare(project, { testpypi: { url: testpypi.uploadUrl }, pypi: { url: pypi.uploadUrl } });
      pointForgeAt(project, forge.url);
    },
  });
  return { bed, forge, testpypi, pypi };
}

/**
 * The same addresses with empty indexes and an empty forge: the plan stays the same. State is a folder of its own for each
 * point, because what a killed process had started may still be writing in the old one.
 */
async function empty(place: Place): Promise<void> {
  for (const name of ["testpypi", "pypi"] as const) {
    const port = Number(new URL(place[name].url).port);
    await place[name].close();
    place[name] = await startIndex(path.join(place.bed.folder, `index-${name}-${(folders += 1)}`), { ours, port });
  }
  await place.forge.empty();
}

let folders = 0;

/** Release pages, and files on them: each name must stand there once, whatever was lost on the way. */
function onPages(place: Place): readonly string[] {
  return place.forge
    .releases()
    .flatMap(({ tag, draft, assets }) => {
      const page = `${tag}${draft ? " (draft)" : ""}`;
      return [page, ...assets.map(({ name, state }) => `${page} ${name} ${state}`)];
    })
    .toSorted();
}

const wheelName = "slipway_example_tide-0.2.0-py3-none-any.whl";
const sdistName = "slipway_example_tide-0.2.0.tar.gz";
const wholePage = ["v0.2.0", `v0.2.0 ${wheelName} uploaded`, `v0.2.0 ${sdistName} uploaded`];

function seen(place: Place): Readonly<Record<string, number>> {
  const all = [
    ...place.testpypi.received().map((file) => ["testpypi", file] as const),
    ...place.pypi.received().map((file) => ["pypi", file] as const),
  ];
  return Object.fromEntries(all.map(([name, file]) => [`${name}/${file.name}`, file.stored + file.repeated]));
}

/** Points by name and count: those around the work and the sends, and those of the journal between them. */
function pointsOf(names: readonly string[]): Readonly<Record<Part, readonly string[]>> {
  const counts = new Map<string, number>();
  const all = names.map((name) => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return `${name}#${counts.get(name)}`;
  });
  const isFact = (point: string): boolean => point.startsWith("journal/") && !point.includes("/advanced#");
  return { sends: all.filter((point) => !isFact(point)), facts: all.filter(isFact) };
}

export function tagGrid(part: Part): void {
  before(async () => {
    places.push(await openPlace(1), await openPlace(2));
    const [first] = places;
    assert.ok(first !== undefined);
    const log = path.join(first.bed.folder, "points.log");
    const ended = await first.bed.slipway(["run", "--json"], { ...tokens, SLIPWAY_CRASH_LOG: log });
    assert.equal(ended.code, 0, ended.stderr);
    points = pointsOf(readFileSync(log, "utf8").trim().split("\n"));
  });

  after(async () => {
    for (const place of places) {
      await place.testpypi.close();
      await place.pypi.close();
      await place.forge.close();
      place.bed.remove();
    }
  });

  test(
    "a process killed at any crash point is finished by the same command, and every file is taken in once",
    { timeout: 25 * 60_000 },
    async (context) => {
      const all = Object.values(points).flat().length;
      context.diagnostic(`${points[part].length} of ${all} crash points`);
      assert.ok(all >= pointsMin, `the grid has ${all} points, and had ${pointsMin}`);
      const waiting = [...points[part]];
      const failures: string[] = [];
      await Promise.all(
        places.map(async (place) => {
          for (let point = waiting.shift(); point !== undefined; point = waiting.shift()) {
            const failure = await killAt(place, point).catch((error: unknown) => `it broke: ${String(error)}`);
            if (failure !== undefined) failures.push(`${point}: ${failure}`);
          }
        }),
      );
      assert.deepEqual(failures, []);
    },
  );
}

/**
 * Facts that are learned at the same moment are written together or one by one, as it comes: a point that did not come up is tried again.
 * @returns what went wrong
 */
async function killAt(place: Place, point: string, triesLeft: number = 3): Promise<string | undefined> {
  await empty(place);
  const state = ["--state", path.join(place.bed.folder, `state-${(folders += 1)}`)];
  const killed = await place.bed.slipway([...state, "run", "--json"], { ...tokens, SLIPWAY_CRASH_AT: point });
  if (killed.signal !== "SIGKILL")
    return triesLeft > 0 ? killAt(place, point, triesLeft - 1) : `it was not killed: exit ${killed.code}, ${killed.stderr}`;
  const again = await place.bed.slipway([...state, "run", "--json"], tokens);
  if (again.code !== 0) return `the same command ended with ${again.code}: ${again.stdout}${again.stderr}`;
  const report = readReport(again);
  if (report.standing !== "complete") return `it stands at "${report.standing}"`;
  const counts = seen(place);
  const wrong = Object.entries(counts).filter(([, count]) => count !== 1);
  if (wrong.length > 0 || Object.keys(counts).length !== 4) return `the indexes took in ${JSON.stringify(counts)}`;
  const pages = onPages(place);
  if (pages.join("\n") !== wholePage.join("\n")) return `the forge holds ${JSON.stringify(pages)}`;
  return undefined;
}
