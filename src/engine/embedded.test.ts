import assert from "node:assert/strict";
import { test } from "node:test";
import { anEnvironment, aPlannedStep, fakePorts } from "../../test/support/ports.ts";
import { anActingStep, ann, journalOf, passed, planOf, sha256OfText, stateOf } from "../../test/support/runs.ts";
import { createVirtualClock, type VirtualClock } from "../../test/support/virtual-clock.ts";
import { SlipwayError } from "../domain/error.ts";
import type { Plan } from "../domain/plan/plan.ts";
import type { Move } from "../domain/run/decide.ts";
import type { Recorded } from "../domain/run/fact.ts";
import { fold, type RunState } from "../domain/run/state.ts";
import type { Step, WorkStep } from "../steps/step.ts";
import { drive, type Drove, type Input, type Runtime } from "./driver.ts";
import { createEmbeddedRuntime } from "./embedded.ts";
import { createMemoryJournal } from "./journal/memory.ts";
import type { Journal } from "./journal/journal.ts";
import type { Workshop } from "./performer.ts";

const run = "R1";
const startMs = 1_000_000;

interface Bench {
  readonly clock: VirtualClock;
  readonly journal: Journal;
  readonly runtime: Runtime;
  readonly state: RunState;
  readonly recorded: Recorded[];
  readonly moves: Move[];
  readonly interrupt: AbortController;
}

function workStep(perform: WorkStep["perform"]): Step {
  const nothing = {
    name: "fake",
    revision: 1,
    summary: "",
    zone: "tool",
    timeoutMs: 1,
    takes: () => [],
    makes: () => [],
    asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  } as const;
  return { ...nothing, input: undefined as unknown as Step["input"], describe: () => "", preflight: async () => [], kind: "work", perform };
}

type Parts = Partial<Workshop> & { readonly arrivals?: () => Promise<void> };

function createBench(plan: Plan, { arrivals, ...parts }: Parts = {}, journal: Journal = createMemoryJournal()): Bench {
  const clock = createVirtualClock(startMs);
  const opened = journalOf(plan, [])[0];
  assert.ok(opened !== undefined);
  journal.append(run, [opened.fact, passed], { atMs: startMs, answered: [] });
  const state = fold(journal.read(run));
  const ports = fakePorts();
  const workshop: Workshop = {
    nowMs: clock.nowMs,
    crashPoints: { reach: () => {} },
    stepOf: () => workStep(async () => ({ kind: "done", output: null, artifacts: [] })),
    preflight: async () => ({ passed: true, findings: [] }),
    readPorts: async () => ports,
    effectPorts: async () => ports,
    workPorts: async () => ({ ports, close: async () => {} }),
    freeze: () => Promise.reject(new Error("nothing is frozen here")),
    advance: async () => undefined,
    lookAtSource: async () => ({ kind: "same" }),
    bind: () => Promise.reject(new Error("nothing is asked here")),
    ...parts,
  };
  const [recorded, moves, interrupt]: [Recorded[], Move[], AbortController] = [[], [], new AbortController()];
  const membersOf = (): readonly string[] => ["ann", "ben"];
  const told = { onRecorded: (fresh: readonly Recorded[]) => void recorded.push(...fresh), onMove: (move: Move) => void moves.push(move) };
  const runtime = createEmbeddedRuntime(
    {
      run,
      journal,
      clock,
      workshop,
      sha256OfText,
      membersOf,
      interrupted: interrupt.signal,
      ...told,
      ...(arrivals === undefined ? {} : { arrivals }),
    },
    state,
  );
  return { clock, journal, runtime, state, recorded, moves, interrupt };
}

/** Whether a promise is still open after everything that can go on has gone on. */
async function isOpen(promise: Promise<unknown>, clock: VirtualClock): Promise<boolean> {
  let open = true;
  promise.then(
    () => (open = false),
    () => (open = false),
  );
  await clock.advance(0);
  return open;
}

const build = aPlannedStep({ id: "build" });
const plan = planOf([build]);
const work: Move = { key: "work:build", kind: "work", step: "build", attempt: 1 };
const options = (bench: Bench, waitForPeople = false) => ({
  limits: { work: 2, perTarget: 2 },
  waitForPeople,
  interrupted: bench.interrupt.signal,
});

test("next() gives what a move came to as soon as it ended", async () => {
  const bench = createBench(plan);
  const waiting = bench.runtime.next(undefined);
  assert.equal(await isOpen(waiting, bench.clock), true);

  bench.runtime.perform(work, bench.state);

  assert.deepEqual(await waiting, {
    kind: "ended",
    key: "work:build",
    facts: [{ kind: "step-done", step: "build", output: null, artifacts: [] }],
  });
  assert.equal(bench.clock.nowMs(), startMs);
  assert.deepEqual(bench.moves, [work]);
});

test("next() lets everything arrive that has come in by now, so that all of it is written down together", async () => {
  const other: Move = { ...work, key: "work:other" };
  const ends: (() => void)[] = [];
  const perform: WorkStep["perform"] = async () => {
    await new Promise<void>((resolve) => ends.push(resolve));
    return { kind: "done", output: null, artifacts: [] };
  };
  const bench = createBench(plan, {
    stepOf: () => workStep(perform),
    arrivals: async () => {
      ends[1]?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  for (const move of [work, other]) bench.runtime.perform(move, bench.state);
  const waiting = bench.runtime.next(undefined);
  assert.equal(await isOpen(waiting, bench.clock), true);

  ends[0]?.();
  const first = await waiting;

  const ended = [first, ...(bench.runtime.more?.() ?? [])].map((input) => (input.kind === "ended" ? input.key : input.kind));
  assert.deepEqual(ended, ["work:build", "work:other"]);
});

test("next() wakes when something is due, and not before", async () => {
  const bench = createBench(plan);
  const waiting = bench.runtime.next(startMs + 5_000);

  await bench.clock.advance(4_999);
  assert.equal(await isOpen(waiting, bench.clock), true);
  await bench.clock.advance(1);

  assert.deepEqual(await waiting, { kind: "woken" });
});

test("next() for a time that is over looks once and returns", async () => {
  const bench = createBench(plan);

  assert.deepEqual(await bench.runtime.next(startMs), { kind: "woken" });
});

test("next() notices an ask from another process within half a second", async () => {
  const bench = createBench(plan);
  const waiting = bench.runtime.next(undefined);
  await bench.clock.advance(10_000);
  assert.equal(await isOpen(waiting, bench.clock), true);

  bench.journal.ask(run, { id: "1", atMs: startMs, ask: { kind: "cancel", by: ann } });
  await bench.clock.advance(500);

  assert.deepEqual(await waiting, { kind: "asked", facts: [{ kind: "cancel-asked", by: ann }], answered: ["1"] });
});

test("next() leaves an early approval in the inbox, and does not stop at it", async () => {
  const gated = planOf([build, anActingStep({ gate: "pypi", environment: "pypi", waitsFor: ["build"] })], {
    environments: [anEnvironment({ gate: "pypi", approvals: { required: 1, from: "managers", standing: "refused" } })],
  });
  const bench = createBench(gated);
  bench.journal.ask(run, {
    id: "1",
    atMs: startMs,
    ask: { kind: "approve", gate: "pypi", digest: "0".repeat(64), by: { name: "ben", authenticated: false } },
  });

  assert.deepEqual(await bench.runtime.next(startMs), { kind: "woken" });
  assert.equal(bench.journal.asks(run).length, 1);
});

test("next() returns once when somebody interrupts, and then goes on to wait for what is under way", async () => {
  const bench = createBench(plan);
  const waiting = bench.runtime.next(undefined);
  bench.interrupt.abort();

  assert.deepEqual(await waiting, { kind: "woken" });
  const second = bench.runtime.next(undefined);
  assert.equal(await isOpen(second, bench.clock), true);
  bench.runtime.perform(work, bench.state);
  assert.equal((await second).kind, "ended");
});

test("next() throws what must stop everything, also to who waits already", async () => {
  const full = new SlipwayError("STORAGE_FAILED", "the disk is full");
  const bench = createBench(plan, { stepOf: () => workStep(() => Promise.reject(full)) });
  const waiting = bench.runtime.next(undefined);
  bench.runtime.perform(work, bench.state);

  await assert.rejects(waiting, full);
  await assert.rejects(bench.runtime.next(undefined), full);
});

test("more() is everything else that ended, once", async () => {
  const bench = createBench(plan);
  bench.runtime.perform(work, bench.state);
  bench.runtime.perform({ ...work, key: "work:other" }, bench.state);
  await bench.clock.advance(0);

  const first: Input = await bench.runtime.next(undefined);
  const others = bench.runtime.more?.() ?? [];

  assert.deepEqual(
    [first, ...others].map((input) => (input.kind === "ended" ? input.key : input.kind)),
    ["work:build", "work:other"],
  );
  assert.deepEqual(bench.runtime.more?.(), []);
});

test("commit() tells of facts with the time at which they were written", () => {
  const bench = createBench(plan);

  const [recorded] = bench.runtime.commit([{ kind: "cancel-asked", by: ann }], []);

  assert.deepEqual(bench.recorded, [recorded]);
  assert.equal(recorded?.atMs, startMs);
  assert.equal(bench.journal.read(run).length, 3);
});

test("together() tells of nothing before all of it is durable, and of nothing when it fails", () => {
  const bench = createBench(plan);
  const boom = new Error("boom");
  bench.runtime.together?.(() => {
    bench.runtime.commit([{ kind: "cancel-asked", by: ann }], []);
    assert.deepEqual(bench.recorded, []);
  });
  assert.equal(bench.recorded.length, 1);

  assert.throws(
    () =>
      bench.runtime.together?.(() => {
        bench.runtime.commit([{ kind: "cancel-asked", by: ann }], []);
        throw boom;
      }),
    boom,
  );

  assert.equal(bench.recorded.length, 1);
  assert.equal(bench.journal.read(run).length, 3);
  bench.runtime.commit([{ kind: "cancel-asked", by: ann }], []);
  assert.equal(bench.recorded.length, 2);
});

test("nothing is begun once somebody has cancelled, however soon it could be", async () => {
  const journal = createMemoryJournal();
  const cancelling = workStep(async () => {
    // From another shell, while this works; the next step could begin the moment this one ends.
    journal.ask(run, { id: "1", atMs: startMs, ask: { kind: "cancel", by: ann } });
    return { kind: "done", output: null, artifacts: [] };
  });
  const chain = planOf([build, aPlannedStep({ id: "test", waitsFor: ["build"] })]);
  const bench = createBench(chain, { stepOf: () => cancelling }, journal);

  assert.deepEqual(await drive(bench.state, bench.runtime, options(bench)), { kind: "closed", result: "cancelled" });
  assert.deepEqual(
    bench.moves.map(({ key }) => key),
    ["work:build"],
  );
});

test("what was said before a process took the run up is heard before it begins anything", async () => {
  const bench = createBench(plan);
  bench.journal.ask(run, { id: "1", atMs: startMs, ask: { kind: "cancel", by: ann } });

  assert.deepEqual(await drive(bench.state, bench.runtime, options(bench)), { kind: "closed", result: "cancelled" });
  assert.deepEqual(bench.moves, []);
});

test("a run is driven to its end, and observers see exactly what the journal holds", async () => {
  const bench = createBench(planOf([build, aPlannedStep({ id: "test", waitsFor: ["build"] })]));

  assert.deepEqual(await drive(bench.state, bench.runtime, options(bench)), { kind: "closed", result: "complete" });
  assert.deepEqual(bench.recorded, bench.journal.read(run).slice(2));
  assert.deepEqual(fold(bench.journal.read(run)), bench.state);
});

test("an approval from a second shell opens the gate of a run that waits", async () => {
  const approvals = { required: 1, from: "managers", standing: "refused" } as const;
  const gated = planOf([aPlannedStep({ id: "deploy", gate: "pypi", environment: "pypi" })], {
    environments: [anEnvironment({ gate: "pypi", approvals })],
  });
  const bench = createBench(gated);
  let drove: Drove | undefined;
  const driving = drive(bench.state, bench.runtime, options(bench, true)).then((end) => (drove = end));
  await bench.clock.advance(86_400_000);
  const digest = bench.state.gates.get("pypi")?.subject?.digest;
  assert.ok(digest !== undefined && drove === undefined);

  bench.journal.ask(run, {
    id: "1",
    atMs: bench.clock.nowMs(),
    ask: { kind: "approve", gate: "pypi", digest, by: { name: "ben", authenticated: false } },
  });
  await bench.clock.advance(500);
  await driving;

  assert.deepEqual(drove, { kind: "closed", result: "complete" });
  assert.deepEqual(bench.journal.asks(run), []);
});

test("a run that waits for people ends when it is interrupted", async () => {
  const gated = planOf([aPlannedStep({ id: "deploy", gate: "pypi", environment: "pypi" })], {
    environments: [anEnvironment({ gate: "pypi", approvals: { required: 1, from: "managers", standing: "refused" } })],
  });
  const bench = createBench(gated);
  const driving = drive(bench.state, bench.runtime, options(bench, true));
  await bench.clock.advance(1_000);
  bench.interrupt.abort();

  assert.deepEqual(await driving, { kind: "interrupted" });
});

test("a journal that cannot be written stops the run, and nothing is begun after", async () => {
  const journal = createMemoryJournal();
  let appends = 0;
  const failing: Journal = {
    ...journal,
    append: (...args) => {
      appends += 1;
      if (appends > 1) throw new SlipwayError("STORAGE_FAILED", "the disk is full");
      return journal.append(...args);
    },
  };
  const bench = createBench(plan, {}, failing);

  await assert.rejects(
    drive(bench.state, bench.runtime, options(bench)),
    (error: unknown) => error instanceof SlipwayError && error.code === "STORAGE_FAILED",
  );
  assert.deepEqual(bench.moves, []);
  assert.equal(stateOf(plan, []).steps.get("build")?.phase, "pending");
});
