// Cancel, over the example tag-driven and by the real program (S5.7): at each step of its plan a run is stopped, then
// cancelled from another shell, and what Slipway says is public is held against what the indexes and the forge hold, asked
// of them. And runs that are alive are cancelled while a step works or a send is under way: nothing more is sent. The steps
// come from the plan, so that a new one is cancelled at as well, or the test fails.
import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { readReport, told, type Ended, type JsonReport } from "../support/bed.ts";
import { cancelTokens, openCancelPlace, type CancelPlace, type Held, type Hold } from "../support/cancel-place.ts";
import type { Visit } from "../support/door.ts";

/** Raised with every plan that grows; never lowered without saying why here. */
const placesMin = 31;
/** More than cores: who was killed before a send waits until the index must have shown it. */
const lanes = 4;
/** Far more than a release of the example takes beside others. */
const endsWithinMs = 120_000;

interface PlannedStep {
  readonly id: string;
  readonly kind: "work" | "gate" | "acting";
}

interface Thing {
  readonly outcome: string;
  readonly hidden?: true;
  readonly sha256?: string;
}

type Said = Pick<JsonReport, "files"> & { readonly others: readonly (Thing & { readonly title: string })[] };

let places: readonly CancelPlace[] = [];
let steps: readonly PlannedStep[] = [];
let points: readonly string[] = [];
/** Steps that ran when a run was cancelled, each with how: a run that was killed at work, before or after a send, or alive. */
const cancelledAt = new Set<string>();
let cancelled = 0;

before(async () => {
  places = await Promise.all(Array.from({ length: lanes }, openCancelPlace));
  const [{ bed }] = places as [CancelPlace];
  steps = (JSON.parse((await bed.slipway(["plan", "--json"])).stdout) as { readonly steps: readonly PlannedStep[] }).steps;
  const log = path.join(bed.folder, "points.log");
  const ended = await bed.slipway(["run", "--json"], { ...cancelTokens, SLIPWAY_CRASH_LOG: log });
  assert.equal(ended.code, 0, told(ended));
  points = readFileSync(log, "utf8")
    .split("\n")
    .filter((name) => /^work\/.*\/performed$|^effect\/.*\/(?:before|after)-send$/.test(name));
});

after(async () => {
  await Promise.all(places.map((place) => place.close()));
});

/** The program, which is ended where it does not come to an end: a test that fails leaves nothing behind. */
async function slipway(place: CancelPlace, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const started = place.bed.start(args, env);
  const timer = setTimeout(() => started.kill("SIGKILL"), endsWithinMs);
  return started.ended.finally(() => clearTimeout(timer));
}

/** One after the other in each place, all places at once. @returns what went wrong */
async function everywhere<T extends { readonly name: string }>(all: readonly T[], check: (place: CancelPlace, one: T) => Promise<void>) {
  const waiting = [...all];
  const failures: string[] = [];
  await Promise.all(
    places.map(async (place) => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        const { name } = one;
        await check(place, one).then(
          () => (cancelled += 1),
          (error: unknown) => failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`),
        );
      }
    }),
  );
  return failures;
}

test("cancelled where a run was killed, at each step: it says what is public, and that is so", { timeout: 10 * 60_000 }, async () => {
  const failures = await everywhere(
    points.map((name) => ({ name })),
    cancelKilled,
  );

  assert.deepEqual(failures, []);
});

async function cancelKilled(place: CancelPlace, { name: point }: { readonly name: string }): Promise<void> {
  const state = await place.empty();
  const inState = (...args: readonly string[]): readonly string[] => ["--state", state, ...args];
  const killed = await slipway(place, inState("run", "--json"), { ...cancelTokens, SLIPWAY_CRASH_AT: `${point}#1` });
  assert.equal(killed.signal, "SIGKILL", told(killed));
  const held = await place.held();
  const sent = place.sent();
  await noteSteps(place, state, point);

  // The same cancel twice, once in a copy of the state: a person is told what a script is told.
  const copy = `${state}-copy`;
  cpSync(state, copy, { recursive: true, verbatimSymlinks: true });
  const [text, json] = await Promise.all([
    slipway(place, inState("cancel", "--reason", "wrong day")),
    slipway(place, ["--state", copy, "cancel", "--json"]),
  ]);
  assert.deepEqual([text.code, json.code], [0, 0], `${told(text)}${told(json)}`);
  const said = JSON.parse(json.stdout) as Said;
  checkSaid(said, held);
  checkWords(text.stdout, said);

  // Where nothing was sent, nothing is in doubt, and nobody has to come back to end it.
  const isOver = point.startsWith("work/");
  assert.match(text.stdout, isOver ? /The run is over\./ : /with the next `slipway run`/);
  const ended = isOver ? undefined : await slipway(place, inState("run"), cancelTokens);
  await checkEnd(place, { state, sent, ended, again: false });
}

/** Which steps ran when it was stopped, and where in them. */
async function noteSteps(place: CancelPlace, state: string, how: string): Promise<readonly string[]> {
  const status = await slipway(place, ["--state", state, "status", "--json"]);
  const { steps: now } = readReport(status);
  assert.ok(now !== undefined, told(status));
  const running = now.filter((step) => step.state === "running").map(({ id }) => id);
  const [, where = "alive"] = /\/(performed|before-send|after-send)$/.exec(how) ?? [];
  for (const id of running) cancelledAt.add(`${id} ${where}`);
  return running;
}

/** A step that works, or a send that is under way, when somebody cancels from a second shell. */
interface Alive {
  readonly name: string;
  /** Shut: the tests of the project. */
  readonly at: Hold | "tests";
  /** Visits that are held before it is cancelled. */
  readonly count?: number;
  /** It is let go on once it was cancelled; otherwise it has to end by itself. */
  readonly released: boolean;
}

const looks = ({ method }: Visit): boolean => method === "GET";
const isAsset = ({ method, path: at }: Visit): boolean => method === "POST" && at.includes("/assets?");
const uploads = ({ method }: Visit): boolean => method === "POST";
/** Whether the first file is there: the second is sent on the strength of that. */
function looksAfterUpload(): Hold["matches"] {
  let isUploaded = false;
  return (visit) => {
    isUploaded ||= uploads(visit);
    return isUploaded && looks(visit);
  };
}
const installs: Hold["matches"] = ({ method, headers }) => method === "GET" && /^user-agent: (?:uv|pip)\//im.test(headers);

const alive: readonly Alive[] = [
  { name: "gates/tests", at: "tests", released: false },
  // A look that is answered the moment after the cancel: what would be sent on the strength of it is not.
  { name: "draft", at: { service: "forge", when: "reply", matches: looks }, released: true },
  { name: "draft", at: { service: "forge", when: "reply", matches: isAsset }, count: 2, released: true },
  { name: "testpypi", at: { service: "testpypi", when: "reply", matches: uploads }, released: true },
  { name: "try[variant=cli]", at: { service: "testpypi", when: "before", matches: installs }, released: false },
  { name: "pypi", at: { service: "pypi", when: "reply", matches: looksAfterUpload() }, released: true },
  { name: "pypi", at: { service: "pypi", when: "before", matches: uploads }, released: true },
  { name: "announce", at: { service: "forge", when: "reply", matches: ({ method }) => method === "PATCH" }, released: true },
];

test(
  "cancelled from a second shell while it works or sends, a run sends nothing more, and says what is public",
  { timeout: 10 * 60_000 },
  async () => {
    const failures = await everywhere(alive, cancelAlive);

    assert.deepEqual(failures, []);
  },
);

async function cancelAlive(place: CancelPlace, { name, at, count = 1, released }: Alive): Promise<void> {
  const state = await place.empty();
  const hold = at === "tests" ? undefined : place.hold(at);
  if (at === "tests") place.patience.shut();
  const run = place.bed.start(["--state", state, "run"], cancelTokens);
  try {
    await until(name, () => (hold === undefined ? place.patience.isWaited() : hold.count() >= count));
    const running = await noteSteps(place, state, "alive");
    assert.ok(running.includes(name), `${running.join(", ")} ran, and not ${name}`);
    const held = await place.held();
    const sent = place.sent();

    // Nothing changes while it is held: a script that asks learns what a person is told.
    const json = await slipway(place, ["--state", state, "status", "--json"]);
    const text = await slipway(place, ["--state", state, "cancel", "--reason", "wrong day"]);
    if (released) hold?.release();
    const ended = await run.ended;

    assert.deepEqual([json.code, text.code], [0, 0], `${told(json)}${told(text)}`);
    assert.match(text.stdout, /The process that drives the run takes it up now\./);
    const said = readReport(json) as JsonReport & Said;
    checkSaid(said, held);
    checkWords(text.stdout, said);
    hold?.release();
    place.patience.open();
    await checkEnd(place, { state, sent, ended, again: true });
  } finally {
    hold?.release();
    place.patience.open();
    run.kill("SIGKILL");
    await run.ended;
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2_400; tries += 1) {
    if (holds()) return;
    await sleep(50);
  }
  assert.fail(`it never came to ${what}`);
}

interface Ending {
  readonly state: string;
  /** How often something had been sent when it was cancelled. */
  readonly sent: number;
  /** The process that ended the run; undefined: the cancel itself did. */
  readonly ended: Ended | undefined;
  /** Whether the release is begun again after that. */
  readonly again: boolean;
}

/** The run is over, everybody says so in the same words, they are right, and nothing was sent since. */
async function checkEnd(place: CancelPlace, { state, sent, ended, again }: Ending): Promise<void> {
  const status = await slipway(place, ["--state", state, "status", "--json"]);
  const held = await place.held();
  assert.equal(place.sent(), sent, "something was sent after the cancel");
  const report = readReport(status) as JsonReport & Said;
  // What was sent before may have been all that was left to do.
  const isWhole = held.has("release page v0.2.0");
  const code = isWhole ? 0 : 1;
  assert.deepEqual([report.standing, status.code], [isWhole ? "complete" : "cancelled", code], told(status));
  if (!isWhole) assert.deepEqual([report.code, report.sentence], ["RUN_CANCELLED", "Cancelled by alice"]);
  checkSaid(report, held, "settled");
  if (ended !== undefined) {
    assert.equal(ended.code, code, told(ended));
    if (isWhole) assert.match(ended.stdout, /^tide 0\.2\.0 is complete$/m);
    else assert.match(ended.stdout, /^error\[RUN_CANCELLED\]: Cancelled by alice$/m);
    if (!isWhole) checkWords(ended.stdout, report);
  }
  if (!again) return;

  // What was cancelled may be begun again: with the bytes that are there, each sent once.
  const anew = await slipway(place, ["--state", state, "run", "--json"], cancelTokens);
  assert.equal(anew.code, 0, told(anew));
  const whole = await place.held();
  assert.equal(whole.size, 8);
  assert.equal(place.sent(), 8, "each of the eight is sent once");
  for (const [name, { sha256 }] of held) assert.equal(whole.get(name)?.sha256, sha256, `${name} has other bytes`);
  checkSaid(readReport(anew) as JsonReport & Said, whole, "settled");
}

/** Every file and every other thing, by the name that people give it. */
function thingsOf({ files, others }: Said): ReadonlyMap<string, Thing> {
  return new Map<string, Thing>([
    ...files.map((file) => [`${file.name} at ${file.registry}`, file] as const),
    ...others.map((other) => [other.title, other] as const),
  ]);
}

const isThere = ({ outcome }: Thing): boolean => outcome === "published" || outcome === "already-there";

/** `settled`: nothing may be unknown any more. */
function checkSaid(said: Said, held: ReadonlyMap<string, Held>, settled?: "settled"): void {
  const things = thingsOf(said);
  for (const [name, thing] of things) {
    const there = held.get(name);
    if (isThere(thing)) {
      assert.ok(there !== undefined, `${name} is said to be there, and is not`);
      assert.equal(thing.hidden !== true, there.public, `${name} is said to be ${thing.hidden === true ? "hidden" : "public"}, and is not`);
      assert.equal(thing.sha256, there.sha256, `${name} has another digest`);
    } else {
      assert.ok(
        settled === undefined ? ["unknown", "not-published"].includes(thing.outcome) : thing.outcome === "not-published",
        `${name}: ${thing.outcome}`,
      );
      if (thing.outcome === "not-published") assert.equal(there, undefined, `${name} is said not to be there, and is`);
    }
  }
  for (const name of held.keys()) assert.ok(things.has(name), `${name} is there, and nothing is said of it`);
}

/** The lines for people name what the document names. */
function checkWords(stdout: string, said: Said): void {
  const line =
    /^ *public now: (?:nothing of this release|(.*?) \((\d+) of \d+ (?:files?|effects?)\))(?:; sent, and not known yet: (.*))?$/m.exec(
      stdout,
    );
  assert.ok(line !== null, stdout);
  const [, shown, count = "0", unknown] = line;
  const [, drafted] = /^ *in a draft, for nobody else to see: (.*)$/m.exec(stdout) ?? [];
  const things = [...thingsOf(said)];
  const named = (is: (thing: Thing) => boolean): readonly string[] => things.filter(([, thing]) => is(thing)).map(([name]) => name);
  const open = named(({ outcome }) => outcome === "unknown");
  const everybodys = named((thing) => isThere(thing) && thing.hidden !== true);
  const ours = named((thing) => isThere(thing) && thing.hidden === true);
  assert.equal(Number(count), everybodys.length, stdout);
  assert.deepEqual(
    [shown, unknown, drafted].map(listOf),
    [everybodys, open, ours].map((names) => names.slice(0, namedMax)),
    stdout,
  );
}

/** So many are named in a line, and the others counted. */
const namedMax = 6;

function listOf(words: string | undefined): readonly string[] {
  return (words ?? "").split(", ").filter((name) => name !== "" && !/^and \d+ more$/.test(name));
}

test("each step of the plan was cancelled at: work while it ran, and each send before and after it", (context) => {
  context.diagnostic(`cancelled at ${cancelled} places`);
  const wanted = steps.flatMap(({ id, kind }) => (kind === "work" ? [`${id} performed`] : [`${id} before-send`, `${id} after-send`]));
  assert.deepEqual(
    wanted.filter((one) => !cancelledAt.has(one)),
    [],
  );
  assert.ok(cancelled >= placesMin, `a run was cancelled at ${cancelled} places, and was at ${placesMin}`);
});
