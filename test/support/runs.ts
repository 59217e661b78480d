// Runs for tests, told as facts with times: what a journal would hold. A test names only what it is about.
import { createHash } from "node:crypto";
import { digestPlan, type Plan, type PlannedStep } from "../../src/domain/plan/plan.ts";
import { drawLine } from "../../src/domain/plan/order.ts";
import { decide, type Decision, type Move } from "../../src/domain/run/decide.ts";
import type { Effect, Observation, Performed } from "../../src/domain/run/effect.ts";
import type { Fact, Person, Recorded, RunMode } from "../../src/domain/run/fact.ts";
import { fold, type RunState } from "../../src/domain/run/state.ts";
import { sha256, type Sha256 } from "../../src/domain/digest.ts";
import { aPlan, aPlannedStep } from "./ports.ts";

export const ann: Person = { name: "ann", authenticated: false };

export function sha256OfText(text: string): Sha256 {
  return sha256(createHash("sha256").update(text).digest("hex"));
}

/** A plan of these steps with its line drawn. */
export function planOf(steps: readonly PlannedStep[], parts: Partial<Plan> = {}): Plan {
  return aPlan({ steps, line: drawLine(steps), ...parts });
}

export function anActingStep(parts: Partial<PlannedStep> = {}): PlannedStep {
  return aPlannedStep({
    id: "publish",
    uses: "publish@1",
    kind: "acting",
    zone: "publish",
    reach: "irreversible",
    timeoutMs: 3_600_000,
    ...parts,
  });
}

export function anEffect(parts: Partial<Effect> = {}): Effect {
  return {
    key: "pypi/demo.whl",
    target: "pypi",
    title: "demo.whl at pypi",
    after: [],
    reach: "irreversible",
    again: "after-look",
    settleMs: 60_000,
    withinMs: 600_000,
    data: {},
    ...parts,
  };
}

/** A fact, after the time in milliseconds at which it was written down. */
export type Told = readonly [atMs: number, fact: Fact];

/** The journal of a run: opened at 0, then what is told. */
export function journalOf(plan: Plan, told: readonly Told[], mode: RunMode = "run"): readonly Recorded[] {
  const opened: Fact = { kind: "run-opened", run: "R1", mode, plan, planDigest: digestPlan(plan, sha256OfText), by: ann };
  const all: readonly Told[] = [[0, opened], ...told];
  return all.map(([atMs, fact], index) => ({ seq: index + 1, atMs, fact }));
}

export function stateOf(plan: Plan, told: readonly Told[], mode: RunMode = "run"): RunState {
  return fold(journalOf(plan, told, mode));
}

export const passed: Fact = { kind: "preflight-reported", passed: true, findings: [] };

export function started(step: string): Fact {
  return { kind: "step-started", step, attempt: 1 };
}

export function done(step: string, artifacts: Extract<Fact, { kind: "step-done" }>["artifacts"] = []): Fact {
  return { kind: "step-done", step, output: null, artifacts };
}

export function failed(step: string, code: Extract<Fact, { kind: "step-failed" }>["code"] = "STEP_FAILED"): Fact {
  return { kind: "step-failed", step, code, message: "it failed" };
}

export function again(step: string): Fact {
  return { kind: "step-again", step, by: ann };
}

export function listed(step: string, effects: readonly Effect[]): Fact {
  return { kind: "effects-listed", step, effects };
}

export function clear(step: string): Fact {
  return { kind: "targets-surveyed", step, surveyed: { kind: "clear" } };
}

export function observed(effect: string, observation: Observation, step = "publish"): Fact {
  return { kind: "effect-observed", step, effect, observation };
}

export function absentFact(effect: string, step = "publish"): Fact {
  return observed(effect, { kind: "absent" }, step);
}

export function intended(effect: string, step = "publish"): Fact {
  return { kind: "effect-intended", step, effect };
}

export function replied(effect: string, reply: Performed, step = "publish"): Fact {
  return { kind: "effect-replied", step, effect, reply };
}

export function verified(effect: string, step = "publish"): Fact {
  return { kind: "effect-verified", step, effect, evidence: { how: "read back" } };
}

/** What `decide` says about a state when nothing is under way. */
export function decided(state: RunState, nowMs: number, underWay: readonly string[] = []): Decision {
  return decide(state, { nowMs, underWay: new Set(underWay), limits: { work: 2, perTarget: 2 } });
}

export function keysOf(moves: readonly Move[]): readonly string[] {
  return moves.map((move) => move.key);
}
