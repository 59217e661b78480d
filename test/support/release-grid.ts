// The kill grid over git and the forge: SIGKILL the real process at every crash point of the pipeline `release` of the
// example two-pipelines, run the same command again, and see one commit, one tag, one page with each file once, and one
// start of the publication – counted by the remote and the forge. No manual repair. The number of points is printed, and
// the test fails if it shrinks. Every change is held against the points around each send and each move of the head; those of
// the journal are as in the other grid (tag-grid.ts), and all of them are tried here in the acceptance tier.
//
// The wheel and the sdist stand in the repository, since what is tried comes after a build.
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { readReport } from "./bed.ts";
import { prebuiltName } from "./prebuilt-project.ts";
import { openPlace, pageOf, prebuiltExample, releaseTokens, repositoryOf, type Place } from "./two-pipelines.ts";

/** Raised with every plan that grows; never lowered without saying why here. */
const pointsMin = 250;
/** More than cores: who was killed in the middle of a send waits until the forge must have shown it. */
const lanes = 4;
const again = 3;

let first: Place;
let points: readonly string[] = [];
let places: readonly Place[] = [];

let folders = 0;

const open = (): Promise<Place> => openPlace({ files: prebuiltExample("1.1.0"), ours: prebuiltName, isolated: true });

export function releaseGrid(which: "sends" | "others"): void {
  before(async () => {
    first = await open();
    const log = path.join(first.bed.folder, "points.log");
    const ended = await first.release("1.1.0", { args: ["--json"], env: { ...releaseTokens, SLIPWAY_CRASH_LOG: log } });
    assert.equal(ended.code, 0, ended.stderr);
    const counts = new Map<string, number>();
    points = readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .map((name) => {
        counts.set(name, (counts.get(name) ?? 0) + 1);
        return `${name}#${counts.get(name)}`;
      });
    places = await Promise.all(Array.from({ length: lanes }, open));
  });

  after(async () => {
    await Promise.all([first, ...places].map((place) => place.close()));
  });

  test(
    "a release killed at any crash point is finished by the same command: one commit, one tag, one page, one start",
    { timeout: 25 * 60_000 },
    async (context) => {
      const mine = points.filter((point) => isSend(point) === (which === "sends"));
      context.diagnostic(`${mine.length} of ${points.length} crash points`);
      assert.ok(points.length >= pointsMin, `the grid has ${points.length} points, and had ${pointsMin}`);
      // Those that wait longest first.
      const waiting = mine.toSorted((a, b) => Number(b.includes("dispatch")) - Number(a.includes("dispatch")));
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

/** Around a send, or where the head moves. */
function isSend(point: string): boolean {
  return point.startsWith("effect/") || point.includes("/advanced#");
}

/**
 * Facts that are learned at the same moment are written together or one by one, as it comes: a point that did not come up is
 * tried again.
 * @returns what went wrong
 */
async function killAt(place: Place, point: string, triesLeft: number = again): Promise<string | undefined> {
  await place.emptied();
  const state = path.join(place.bed.folder, `state-${(folders += 1)}`);
  const untouched = repositoryOf(place);
  const killed = await place.release("1.1.0", { args: ["--json"], state, env: { ...releaseTokens, SLIPWAY_CRASH_AT: point } });
  if (killed.signal !== "SIGKILL")
    return triesLeft > 0 ? killAt(place, point, triesLeft - 1) : `it was not killed: exit ${killed.code}, ${killed.stderr}`;
  const ended = await place.release("1.1.0", { args: ["--json"], state });
  if (ended.code !== 0) return `the same command ended with ${ended.code}: ${ended.stdout}${ended.stderr}`;
  const report = readReport(ended);
  if (report.standing !== "complete") return `it stands at "${report.standing}"`;
  if (repositoryOf(place) !== untouched) return "the user's repository changed";
  const wrong = wrongAtRemote(place) ?? wrongAtForge(place);
  rmSync(state, { recursive: true, force: true });
  return wrong;
}

function wrongAtRemote(place: Place): string | undefined {
  const commits = place.remote("rev-list", "--count", "main");
  const tags = place.remote("for-each-ref", "--format=%(refname) %(objecttype) %(*objectname)", "refs/tags");
  const branches = place.remote("for-each-ref", "--format=%(refname)", "refs/heads");
  if (commits !== "2") return `the remote has ${commits} commits`;
  if (branches !== "refs/heads/main") return `the remote has the branches ${branches}`;
  return tags === `refs/tags/v1.1.0 tag ${place.remote("rev-parse", "main")}` ? undefined : `the remote has the tags ${tags}`;
}

function wrongAtForge(place: Place): string | undefined {
  const { releases, runs, done } = place.forge().state();
  if (releases.length !== 1) return `the forge has ${releases.length} pages`;
  const page = pageOf(place, "v1.1.0");
  const files = page.assets.map(({ name, state }) => `${name} ${state}`).toSorted();
  if (page.draft || files.length !== 3 || files.some((file) => !file.endsWith(" uploaded"))) return `the page has ${files.join(", ")}`;
  if (runs.length !== 1) return `the publication was started ${runs.length} times`;
  const twice = Object.entries(done).filter(([, count]) => count !== 1);
  return twice.length === 0 && Object.keys(done).length === 6 ? undefined : `the forge did ${JSON.stringify(done)}`;
}
