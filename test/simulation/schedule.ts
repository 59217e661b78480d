// One schedule: a random plan, a world with random faults, processes that are killed and taken up again, people who say
// all kinds of things at all kinds of times; then faults end, people become sensible, and the run must come to its end.
import assert from "node:assert/strict";
import { digestPlan, type Plan } from "../../src/domain/plan/plan.ts";
import type { Limits } from "../../src/domain/run/decide.ts";
import type { Effect } from "../../src/domain/run/effect.ts";
import type { Fact, RunMode } from "../../src/domain/run/fact.ts";
import { effectsOf, evolve, fold, type RunState, type StepState } from "../../src/domain/run/state.ts";
import { judgeAsk } from "../../src/engine/asks.ts";
import type { Runtime } from "../../src/engine/driver.ts";
import type { Ask, Journal } from "../../src/engine/journal/journal.ts";
import { createMemoryJournal } from "../../src/engine/journal/memory.ts";
import { ann, sha256OfText } from "../support/runs.ts";
import { createChance, type Chance } from "./chance.ts";
import { createLife, runId, type Life, type LifeParts } from "./life.ts";
import { managers, randomPlan } from "./plans.ts";
import { createTimeline, type Timeline } from "./timeline.ts";
import { createWatch, type Watch } from "./watch.ts";
import { createWorkshop } from "./workshop.ts";
import { createWorld, placeOf, type World } from "./world.ts";

export interface Schedule {
  readonly seed: number;
  /** What must never happen and did; empty: all is well. */
  readonly wrongs: readonly string[];
  /** How the run stood at the end. */
  readonly end: string;
  readonly facts: number;
  readonly moves: number;
  readonly kills: number;
  /** How many boundaries at which a process may be killed were passed. */
  readonly boundaries: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly journal: Journal;
}

/** A fault that somebody plants in the engine, to see whether the simulation finds it. */
export interface Sabotage {
  readonly runtime?: LifeParts["sabotage"];
  readonly plan?: (plan: Plan) => Plan;
  readonly ignoreLock?: boolean;
}

export interface ScheduleOptions {
  readonly sabotage?: Sabotage;
  /** Kills at exactly these boundaries (from 1), and nothing else goes wrong. */
  readonly killAt?: readonly number[];
}

interface Run {
  readonly chance: Chance;
  readonly timeline: Timeline;
  readonly world: World;
  readonly watch: Watch;
  readonly journal: Journal;
  readonly character: Character;
  readonly options: ScheduleOptions;
  readonly source: { movedAtMs: number };
  readonly builds: { count: number };
  readonly passed: { boundaries: number; moves: number; kills: number; asks: number };
  /** The processes that live now. */
  readonly living: Set<Life>;
  readonly lock: { holder: Life | undefined };
  readonly limits: Limits;
  readonly isGrouped: boolean;
  isClean: boolean;
}

/** What kind of schedule it is. */
interface Character {
  readonly mode: RunMode;
  readonly faultRate: number;
  readonly faultsMax: number;
  /** Chance that a boundary kills, and how many may. */
  readonly killRate: number;
  readonly killsMax: number;
  readonly strangers: number;
  readonly strangersStay: boolean;
  readonly isCancelled: boolean;
  readonly isRejected: boolean;
  readonly isMoved: boolean;
  readonly jumps: number;
  readonly intruders: number;
  readonly oddAsks: number;
}

function randomCharacter(chance: Chance, options: ScheduleOptions): Character {
  const isCalm = options.killAt !== undefined;
  const often = (probability: number): boolean => !isCalm && chance.is(probability);
  return {
    mode: chance.is(0.1) ? "rehearsal" : "run",
    faultRate: often(0.85) ? chance.pick([0.1, 0.3, 0.6]) : 0,
    faultsMax: chance.int(1, 30),
    killRate: often(0.7) ? chance.pick([0.01, 0.05, 0.3]) : 0,
    killsMax: chance.int(1, 6),
    strangers: often(0.15) ? chance.int(1, 2) : 0,
    strangersStay: chance.is(0.5),
    isCancelled: often(0.08),
    isRejected: often(0.05),
    isMoved: often(0.05),
    jumps: often(0.15) ? chance.int(1, 2) : 0,
    intruders: often(0.2) ? chance.int(1, 3) : 0,
    oddAsks: often(0.3) ? chance.int(1, 6) : 0,
  };
}

const startMs = 1_700_000_000_000;
/** A process that begins more moves than this does not come to an end. */
const movesMax = 5_000;

export async function runSchedule(seed: number, options: ScheduleOptions = {}): Promise<Schedule> {
  const chance = createChance(seed);
  const character = randomCharacter(chance, options);
  const timeline = createTimeline(startMs);
  const plan = randomPlan(chance);
  const faults = { rate: character.faultRate, left: character.faultRate > 0 ? character.faultsMax : 0 };
  const world = createWorld({ timeline, chance, faults });
  const isOnlyCrashes = character.faultRate === 0 && character.strangers === 0 && character.jumps === 0;
  const watch = createWatch({ plan, mode: character.mode, world, isOnlyCrashes });
  const journal = createMemoryJournal();
  const run: Run = {
    chance,
    timeline,
    world,
    watch,
    journal,
    character,
    options,
    source: { movedAtMs: character.isMoved ? startMs + chance.int(0, 400_000) : Number.POSITIVE_INFINITY },
    builds: { count: 0 },
    passed: { boundaries: 0, moves: 0, kills: 0, asks: 0 },
    living: new Set(),
    lock: { holder: undefined },
    isGrouped: chance.is(0.7),
    limits: { work: chance.int(1, 3), perTarget: chance.int(1, 4) },
    isClean: false,
  };
  const driven = options.sabotage?.plan?.(plan) ?? plan;
  const opened: Fact = {
    kind: "run-opened",
    run: runId,
    mode: character.mode,
    plan: driven,
    planDigest: digestPlan(plan, sha256OfText),
    by: ann,
  };
  watch.recorded(journal.append(runId, [opened], { atMs: startMs, answered: [] }));

  let end: string | undefined;
  scheduleMischief(run);
  timeline.began();
  wholeStory(run).then(
    (story) => {
      end = story;
      timeline.blocked();
    },
    (error: unknown) => {
      world.wrongs.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      end = "thrown";
      timeline.blocked();
    },
  );
  try {
    await timeline.run(() => end !== undefined);
  } catch (error) {
    world.wrongs.push(String(error));
  }
  if (end === undefined) world.wrongs.push("nothing happens any more, and the run has no end");
  const { boundaries, moves, kills } = run.passed;
  return { seed, wrongs: world.wrongs, end: end ?? "stuck", facts: watch.facts, moves, kills, boundaries, counts: world.counts, journal };
}

/** Everything that comes from outside at times of its own. */
function scheduleMischief(run: Run): void {
  const { chance, timeline, character, world } = run;
  const sometime = (): number => startMs + chance.int(0, chance.pick([20_000, 300_000, 3_000_000]));
  const times = (count: number, act: () => void): void => {
    for (let index = 0; index < count; index += 1) timeline.at(sometime(), () => run.isClean || act());
  };
  times(character.strangers, () => {
    const effects = run.watch.effects();
    const target = chance.pick(["real", "test", "draft"]);
    world.intrude(effects.length > 0 && chance.is(0.7) ? placeOf(chance.pick(effects)) : `${target}/stranger-x`);
  });
  times(character.isCancelled ? 1 : 0, () => say(run, { kind: "cancel", by: ann }));
  times(character.jumps, () => timeline.jump(chance.pick([1_000, 60_000, 3_600_000, 90_000_000])));
  times(character.intruders, () => void secondProcess(run));
  times(character.oddAsks, () => say(run, oddAsk(run)));
  times(chance.is(0.1) ? 1 : 0, () => [...run.living][0]?.interrupt());
}

/** A process that waits for people gets its answers while it lives; in the end somebody interrupts it. */
function schedulePeople(run: Run): void {
  const { timeline, chance, watch } = run;
  const nowMs = timeline.nowMs();
  for (let count = 0; count < 3; count += 1) {
    timeline.at(nowMs + chance.int(0, 4_000_000), () => {
      const [life] = run.living;
      if (life === undefined) return;
      const [gate, digest] = chance.pick([...watch.subjects, ["owner", "0".repeat(64)]]);
      for (const name of managers)
        say(run, { kind: "approve", gate: gate ?? "", digest: digest ?? "", by: { name, authenticated: false } });
    });
  }
  timeline.at(nowMs + 20_000_000, () => {
    for (const life of run.living) life.interrupt();
  });
}

/** What people say at the wrong time, of the wrong thing, twice, or without the right to say it. */
function oddAsk(run: Run): Ask {
  const { chance, watch } = run;
  const by = { name: chance.pick([...managers, "eve"]), authenticated: false };
  const gate = chance.pick(["owner", "real", "tests"]);
  const digest = chance.is(0.7) ? (watch.subjects.get(gate) ?? "0".repeat(64)) : "1".repeat(64);
  const step = watch.effects()[0]?.key.split(":")[0] ?? "s1";
  switch (chance.int(0, 4)) {
    case 0:
      return { kind: "retry", step, by };
    case 1:
      return { kind: "answer", step, binding: chance.is(0.5) ? sha256OfText(step) : "2".repeat(64), by };
    default:
      return { kind: "approve", gate, digest, by };
  }
}

function say(run: Run, ask: Ask): void {
  run.passed.asks += 1;
  // The same ask may come twice.
  const id = `ask-${run.chance.is(0.2) ? 0 : run.passed.asks}`;
  run.journal.ask(runId, { id, atMs: run.timeline.nowMs(), ask });
  for (const life of run.living) life.notify();
}

/** Another process that tries to drive the same run. The lock keeps it out as long as the first one lives. */
async function secondProcess(run: Run): Promise<void> {
  run.timeline.began();
  try {
    await live(run, { waitForPeople: false });
  } catch (error) {
    run.world.wrongs.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    run.timeline.blocked();
  }
}

type Lived = Awaited<ReturnType<ReturnType<typeof createLife>["run"]>> | { readonly kind: "locked" };

async function live(run: Run, options: { readonly waitForPeople: boolean }): Promise<Lived> {
  const { timeline, journal, watch, passed, world, lock } = run;
  if (lock.holder !== undefined && !lock.holder.isDead() && run.options.sabotage?.ignoreLock !== true) {
    world.counts.set("kept out", (world.counts.get("kept out") ?? 0) + 1);
    return { kind: "locked" };
  }
  const sabotage = run.options.sabotage?.runtime;
  const { life, run: begin } = createLife({
    timeline,
    journal,
    workshop: (own) => createWorkshop(run, own),
    isFatal: () => isFatal(run),
    onRecorded: watch.recorded,
    onMove: () => {
      passed.moves += 1;
      if (passed.moves > movesMax) throw new Error(`no end after ${movesMax} moves`);
    },
    limits: run.limits,
    isGrouped: run.isGrouped,
    onEnd: (state) => compareWithJournal(run, state),
    ...(sabotage === undefined ? {} : { sabotage }),
    ...options,
  });
  lock.holder = life;
  run.living.add(life);
  try {
    return await begin();
  } finally {
    run.living.delete(life);
  }
}

function isFatal(run: Run): boolean {
  const { passed, character, chance, options } = run;
  passed.boundaries += 1;
  const dies =
    options.killAt === undefined
      ? !run.isClean && passed.kills < character.killsMax && character.killRate > 0 && chance.is(character.killRate)
      : options.killAt.includes(passed.boundaries);
  if (dies) passed.kills += 1;
  return dies;
}

/** What was booked fact by fact is what the journal says. Compared now and then: it takes longer than the run. */
function compareWithJournal(run: Run, state: RunState): void {
  if (run.options.sabotage !== undefined || run.passed.boundaries % 32 !== 0) return;
  assert.deepEqual(fold(run.journal.read(runId)), state);
}

async function wholeStory(run: Run): Promise<string> {
  const { chance, character, timeline, world } = run;
  const lives = run.options.killAt === undefined ? chance.int(0, 12) : 0;
  for (let count = 0; count < lives; count += 1) {
    const waitForPeople = chance.is(0.3);
    if (waitForPeople) schedulePeople(run);
    const lived = await live(run, { waitForPeople });
    if (lived.kind === "closed" && chance.is(0.8)) return lived.result;
    await pause(timeline, chance.pick([0, 5, 1_000, 60_000, 3_600_000, 250_000_000]));
    if (chance.is(0.85)) help(run, lived);
  }
  run.isClean = true;
  world.faults.left = 0;
  return cleanEnd(run, character);
}

/** From now on nothing goes wrong any more, and whoever is asked answers. */
async function cleanEnd(run: Run, character: Character): Promise<string> {
  const { timeline, chance, world, watch } = run;
  for (const life of run.living) life.kill();
  let lived: Lived = { kind: "killed" };
  for (let count = 0; count < 25; count += 1) {
    lived = await live(run, { waitForPeople: false });
    if (lived.kind === "closed") return lived.result;
    if (lived.kind === "moved" && watch.has("source-moved")) return lived.kind;
    if (lived.kind === "conflict" && world.hasStrangers() && character.strangersStay) return lived.kind;
    await pause(timeline, chance.pick([0, 1_000, 700_000]));
    help(run, lived);
  }
  run.world.wrongs.push(`the run does not come to its end, and stands at ${JSON.stringify(lived)}`);
  return lived.kind;
}

function pause(timeline: Timeline, ms: number): Promise<void> {
  return new Promise((resolve) => {
    timeline.at(timeline.nowMs() + ms, () => {
      timeline.began();
      resolve();
    });
    timeline.blocked();
  });
}

/** What sensible people do about where the run stands. Where nobody drives, what they say is written down at once. */
function help(run: Run, lived: Lived): void {
  const { world, chance } = run;
  if (lived.kind !== "waiting" && lived.kind !== "conflict" && lived.kind !== "unresolved" && lived.kind !== "failed") return;
  const state = fold(run.journal.read(runId));
  switch (lived.kind) {
    case "waiting":
      for (const gate of lived.gates) consent(run, state, gate);
      for (const step of lived.questions)
        write(run, state, {
          kind: "answer",
          step,
          binding: state.steps.get(step)?.question?.binding ?? "",
          by: { name: chance.pick(managers), authenticated: false },
        });
      return;
    case "conflict":
      // Somebody found out whose it was and had it removed.
      if (!run.character.strangersStay || !run.isClean) world.removeStrangers();
      return;
    case "unresolved":
    case "failed":
      for (const step of state.steps.values()) if (step.phase === "failed") decide(run, state, step);
  }
}

function consent(run: Run, state: RunState, gate: string): void {
  const digest = state.gates.get(gate)?.subject?.digest ?? "";
  if (run.character.isRejected && run.chance.is(0.5)) {
    return write(run, state, { kind: "reject", gate, digest, by: ann, reason: "no" });
  }
  for (const name of managers) write(run, state, { kind: "approve", gate, digest, by: { name, authenticated: false } });
}

/** Where only a person can say what became of an attempt, a person looks at the target itself. */
function decide(run: Run, state: RunState, step: StepState): void {
  const open = effectsOf(step).filter((one) => one.open && one.effect.again === "by-person");
  const isThere = (effect: Effect): boolean => run.world.approveAt(effect) || run.world.truth(effect)?.isBroken === false;
  const missing = open.filter((one) => !isThere(one.effect));
  if (open.length > 0 && missing.length === open.length)
    write(run, state, { kind: "retry", step: step.id, by: ann, reason: "it is not there" });
}

function write(run: Run, state: RunState, ask: Ask): void {
  const { journal, watch, timeline, living } = run;
  if (living.size > 0) return say(run, ask);
  const verdict = judgeAsk(state, ask, () => managers);
  if (verdict.kind !== "counts") return;
  const recorded = journal.append(runId, verdict.facts, { atMs: timeline.nowMs(), answered: [] });
  watch.recorded(recorded);
  for (const one of recorded) evolve(state, one);
}

/** For a sabotage: facts as a runtime hands them back. */
export function numbered(state: RunState, facts: readonly Fact[], runtime: Pick<Runtime, "nowMs">): ReturnType<Runtime["commit"]> {
  return facts.map((fact, index) => ({ seq: state.lastSeq + 1 + index, atMs: runtime.nowMs(), fact }));
}
