// A kill grid: SIGKILL the real process at every crash point of a release, say the same command again, and see it finished:
// every file, page, tag and start is there once, counted by the servers, and nothing is mended by hand. What is released and
// what must stand afterwards comes from a description (grid-*.ts). The number of points is printed, and the test fails if it
// shrinks. Each try costs seconds: of every example the points around what is sent may be tried with every change, all of them
// are in the acceptance tier (DESIGN §7).
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { told, type Bed, type Ended } from "./bed.ts";

export interface GridPlace {
  readonly bed: Bed;
  /** The same addresses, and nothing there. */
  empty(): Promise<void>;
  /** What stands outside, one line for each thing, with how often it was taken in. */
  held(): readonly string[] | Promise<readonly string[]>;
  close(): Promise<void>;
}

/** One command of a release, said again when it was killed. */
export interface GridCommand<P extends GridPlace> {
  /** @param slipway says something else to the same state first, if that is needed to know the words */
  readonly words: (slipway: (words: readonly string[]) => Promise<Ended>, place: P) => readonly string[] | Promise<readonly string[]>;
  readonly env: Readonly<Record<string, string>>;
  /** Exit status of a command that nobody disturbs. Default 0. */
  readonly ends?: number;
}

export interface Grid<P extends GridPlace = GridPlace> {
  /**
   * Of the whole release. Raised with every plan that grows; never lowered without saying why there. It is some tenth below what a
   * quiet machine counts (each run prints its number): facts that come in at the same moment are made durable together, and how
   * many do depends on what else the machine has to do.
   */
  readonly pointsMin: number;
  /** Places side by side: more than cores where much is waited for. */
  readonly lanes: number;
  readonly open: () => Promise<P>;
  /** Said one after another; each of them is killed at each of its points. */
  readonly commands: readonly GridCommand<P>[];
  /** What the last command must have left outside, in any order. */
  readonly whole: readonly string[] | ((place: P) => readonly string[]);
}

/** Which of all points are tried: those of a kind, or of an example whose points take too long for one file a share by name. */
export type GridPart = { readonly has: (point: string) => boolean } | { readonly share: number; readonly of: number };

interface Point {
  /** Index of the command. */
  readonly command: number;
  /** `NAME#TIMES` */
  readonly name: string;
}

/** Facts that are learned at the same moment are written together or one by one, as it comes: a point may not come up at once. */
const triesMax = 4;
const timeoutMs = 25 * 60_000;
let states = 0;

/** The moments that are the hardest to come back from: something went out, and nothing says so. */
export function isSent(point: string): boolean {
  return point.startsWith("effect/") && point.includes("/after-send");
}

/** Facts of the journal between what is worked, sent, and moves the head. */
export function isFact(point: string): boolean {
  return point.startsWith("journal/") && !point.includes("/advanced#");
}

/** Points where the outside or the head changes. */
export function isSend(point: string): boolean {
  return point.startsWith("effect/") || point.includes("/advanced#");
}

function isIn(part: GridPart, { command, name }: Point): boolean {
  if ("has" in part) return part.has(name);
  // By name, not by place: which points come up may differ from run to run, and none may fall between two files.
  const [first = 0] = createHash("sha256").update(`${command}/${name}`).digest();
  return first % part.of === part.share - 1;
}

export function killGrid<P extends GridPlace>(grid: Grid<P>, part: GridPart = { share: 1, of: 1 }): void {
  const places: P[] = [];
  let points: readonly Point[] = [];

  before(async () => {
    for (let lane = 0; lane < grid.lanes; lane += 1) places.push(await grid.open());
    const [first] = places;
    assert.ok(first !== undefined);
    points = await listPoints(grid, first);
  });

  after(async () => {
    await Promise.all(places.map((place) => place.close()));
  });

  test(
    "a release killed at any crash point is finished by the same command, and everything is taken in once",
    { timeout: timeoutMs },
    async (context) => {
      const waiting = points.filter((point) => isIn(part, point));
      context.diagnostic(`${waiting.length} of ${points.length} crash points`);
      assert.ok(points.length >= grid.pointsMin, `the grid has ${points.length} points, and had ${grid.pointsMin}`);
      const failures: string[] = [];
      await Promise.all(
        places.map(async (place) => {
          for (let point = waiting.shift(); point !== undefined; point = waiting.shift()) {
            const failure = await killAt(grid, place, point).catch((error: unknown) => `it broke: ${String(error)}`);
            if (failure === undefined) continue;
            failures.push(`${point.command}/${point.name}: ${failure}`);
            // It may be minutes before the test ends.
            process.stderr.write(`${failures.at(-1) ?? ""}\n`);
          }
        }),
      );
      assert.deepEqual(failures, []);
    },
  );
}

/** The release undisturbed: what it passes, and that it leaves what the description says. */
async function listPoints<P extends GridPlace>(grid: Grid<P>, place: P): Promise<readonly Point[]> {
  const state = newState(place);
  const points: Point[] = [];
  for (const [command, one] of grid.commands.entries()) {
    const log = path.join(place.bed.folder, `points-${command}.log`);
    const ended = await say(place, { state, command: one, env: { SLIPWAY_CRASH_LOG: log } });
    assert.equal(ended.code, one.ends ?? 0, told(ended));
    const counts = new Map<string, number>();
    for (const name of readFileSync(log, "utf8").split("\n").filter(Boolean)) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      points.push({ command, name: `${name}#${counts.get(name)}` });
    }
  }
  const wrong = await wrongAt(grid, place);
  assert.equal(wrong, undefined);
  return points;
}

interface Saying<P extends GridPlace> {
  readonly state: string;
  readonly command: GridCommand<P>;
  readonly env?: Readonly<Record<string, string>>;
}

async function say<P extends GridPlace>(place: P, { state, command, env = {} }: Saying<P>): Promise<Ended> {
  const slipway = (words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    place.bed.slipway(["--state", state, ...words], more);
  const words = await command.words((one) => slipway(one, command.env), place);
  return await slipway(words, { ...command.env, ...env });
}

/** State is a folder of its own for each point: what a killed process had started may still be writing in the old one. */
function newState({ bed }: GridPlace): string {
  return path.join(bed.folder, `state-${(states += 1)}`);
}

/** @returns what went wrong */
async function killAt<P extends GridPlace>(grid: Grid<P>, place: P, point: Point): Promise<string | undefined> {
  for (let tries = 1; ; tries += 1) {
    await place.empty();
    const state = newState(place);
    const wrong = await tryAt(grid, place, { point, state });
    rmSync(state, { recursive: true, force: true, maxRetries: 3 });
    if (wrong !== "it was not killed" || tries >= triesMax) return wrong;
  }
}

async function tryAt<P extends GridPlace>(
  grid: Grid<P>,
  place: P,
  { point, state }: { readonly point: Point; readonly state: string },
): Promise<string | undefined> {
  for (const [index, command] of grid.commands.entries()) {
    if (index === point.command) {
      const killed = await say(place, { state, command, env: { SLIPWAY_CRASH_AT: point.name } });
      if (killed.signal !== "SIGKILL" && killed.code === (command.ends ?? 0)) return "it was not killed";
      if (killed.signal !== "SIGKILL") return `it was not killed, and failed: ${told(killed)}`;
    }
    const ended = await say(place, { state, command });
    if (ended.code !== (command.ends ?? 0)) return `command ${index} ended with ${ended.code}: ${told(ended)}`;
  }
  return await wrongAt(grid, place);
}

async function wrongAt<P extends GridPlace>({ whole }: Grid<P>, place: P): Promise<string | undefined> {
  const wanted = typeof whole === "function" ? whole(place) : whole;
  const held = await place.held();
  const [lost, stray] = [without(wanted, held), without(held, wanted)];
  if (lost.length === 0 && stray.length === 0) return undefined;
  return `missing ${JSON.stringify(lost)}, unexpected ${JSON.stringify(stray)}`;
}

/** Each line of the others takes one away. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
