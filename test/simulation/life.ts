// One life of the process that drives a run: it takes up the journal, drives, and may be killed at any boundary. Nothing
// of it is left but what it wrote down and what it had handed to the network.
import { canonicalJson } from "../../src/domain/digest.ts";
import type { Limits } from "../../src/domain/run/decide.ts";
import type { Fact, Recorded } from "../../src/domain/run/fact.ts";
import { evolve, fold, type RunState } from "../../src/domain/run/state.ts";
import { judgeRows } from "../../src/engine/asks.ts";
import { drive, type Drove, type Input, type Runtime } from "../../src/engine/driver.ts";
import type { Journal } from "../../src/engine/journal/journal.ts";
import { perform, type Workshop } from "../../src/engine/performer.ts";
import { ann, sha256OfText } from "../support/runs.ts";
import { managers } from "./plans.ts";
import type { Timeline } from "./timeline.ts";

export const runId = "R1";

/** The process was killed. */
export class Killed extends Error {}

export interface Life {
  isDead(): boolean;
  kill(): void;
  interrupt(): void;
  /** Something is in the inbox. */
  notify(): void;
  /** A boundary at which the process may be killed. @throws Killed */
  boundary(name: string): void;
}

export interface LifeParts {
  readonly timeline: Timeline;
  readonly journal: Journal;
  workshop(life: Life): Workshop;
  /** Told of each boundary; true kills the process there. */
  readonly isFatal: (name: string) => boolean;
  readonly onRecorded: (recorded: readonly Recorded[]) => void;
  readonly onMove: () => void;
  readonly waitForPeople: boolean;
  readonly limits: Limits;
  /** What happens at once is written down in one go, as the embedded runtime does. */
  readonly isGrouped: boolean;
  readonly sabotage?: (runtime: Runtime, parts: { readonly state: RunState }) => Runtime;
  /** Told of the state at the end of a life that was not killed. */
  readonly onEnd?: (state: RunState) => void;
}

export interface Living {
  readonly life: Life;
  run(): Promise<Drove | { readonly kind: "killed" }>;
}

export function createLife(parts: LifeParts): Living {
  const { timeline, journal } = parts;
  const interrupted = new AbortController();
  let isDead = false;
  let wake: (() => void) | undefined;
  const notify = (): void => {
    const resume = wake;
    wake = undefined;
    if (resume === undefined) return;
    timeline.began();
    resume();
  };
  const life: Life = {
    isDead: () => isDead,
    kill() {
      isDead = true;
      notify();
    },
    interrupt() {
      interrupted.abort();
      notify();
    },
    notify,
    boundary(name) {
      if (!isDead && parts.isFatal(name)) isDead = true;
      if (isDead) throw new Killed(name);
    },
  };

  function createRuntime(state: RunState): Runtime {
    const ended: Input[] = [];
    let fault: { readonly error: unknown } | undefined;
    const workshop = parts.workshop(life);
    let isTold = false;
    let untold: Recorded[] | undefined;
    // A kill within a group loses all of it, as a transaction that was not committed.
    function together<T>(act: () => T): T {
      const fresh: Recorded[] = [];
      untold = fresh;
      try {
        const result = journal.together(act);
        parts.onRecorded(fresh);
        return result;
      } finally {
        untold = undefined;
      }
    }
    return {
      nowMs: timeline.nowMs,
      digestSubject: (subject) => sha256OfText(canonicalJson(subject)),
      commit(facts, answered) {
        life.boundary("before an append");
        const recorded = journal.append(runId, facts, { atMs: timeline.nowMs(), answered });
        if (untold === undefined) parts.onRecorded(recorded);
        else untold.push(...recorded);
        life.boundary("after an append");
        return recorded;
      },
      ...(parts.isGrouped ? { together, more: () => ended.splice(0) } : {}),
      asked: () => judgeRows(state, journal.asks(runId), () => managers),
      perform(move, current) {
        life.boundary("before a move");
        parts.onMove();
        timeline.began();
        const end = (): void => {
          timeline.blocked();
          notify();
        };
        perform(move, current, workshop).then(
          (facts) => {
            ended.push({ kind: "ended", key: move.key, facts });
            end();
          },
          (error: unknown) => {
            fault = { error };
            end();
          },
        );
      },
      async next(wakeAtMs) {
        for (;;) {
          life.boundary("between two inputs");
          if (fault !== undefined) throw fault.error;
          const input = ended.shift() ?? judgeRows(state, journal.asks(runId), () => managers);
          if (input !== undefined) return input;
          if (interrupted.signal.aborted && !isTold) {
            isTold = true;
            return { kind: "woken" };
          }
          if (wakeAtMs !== undefined && timeline.nowMs() >= wakeAtMs) return { kind: "woken" };
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (wakeAtMs !== undefined) timeline.at(wakeAtMs, () => wake === resolve && notify());
            timeline.blocked();
          });
        }
      },
    };
  }

  return {
    life,
    async run() {
      try {
        const state = fold(journal.read(runId));
        if (state.closed !== undefined) return { kind: "closed", result: state.closed.result };
        const own = createRuntime(state);
        const runtime = parts.sabotage?.(own, { state }) ?? own;
        takeUp(state, runtime);
        const drove = await drive(state, runtime, {
          limits: parts.limits,
          waitForPeople: parts.waitForPeople,
          interrupted: interrupted.signal,
        });
        parts.onEnd?.(state);
        return drove;
      } catch (error) {
        if (error instanceof Killed) return { kind: "killed" };
        throw error;
      } finally {
        isDead = true;
      }
    },
  };
}

/** What `slipway run` writes down first: it looks anew, and tries again what failed. */
function takeUp(state: RunState, runtime: Runtime): void {
  const again = [...state.steps.values()].filter((step) => step.phase === "failed");
  const facts: Fact[] = [
    { kind: "run-driven", by: ann, tool: "simulation" },
    ...again.map((step): Fact => ({ kind: "step-again", step: step.id, by: ann })),
  ];
  for (const one of runtime.commit(facts, [])) evolve(state, one);
}
