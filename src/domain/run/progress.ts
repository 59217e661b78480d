// How far a run is: which steps are over, whether the line is open, whether anything forbids to go on. Worked out once
// for each decision, so that a decision costs one pass over the steps however wide the plan is.
import { stepOf, type PlannedStep } from "../plan/plan.ts";
import { hasNoPlace, notTried } from "./no-place.ts";
import { isForPerson } from "./effect.ts";
import { backoffMs } from "./retry.ts";
import { effectsOf, type EffectState, type RunState, type StepState } from "./state.ts";

export interface Progress {
  /** Ids of the steps that are done, that failed where the plan says that this does not matter, or that a rehearsal leaves out. */
  readonly over: ReadonlySet<string>;
  /** Every step above the line is over, on all branches (DESIGN §1.5). */
  readonly isLineOpen: boolean;
  /** Nothing new may begin: other bytes under our name, a moved source, a cancel, a rejection. */
  readonly isHalted: boolean;
  /** Nothing forbids to begin something, and this process has looked around. */
  readonly mayGoOn: boolean;
}

export function progressOf(state: RunState): Progress {
  const untried = notTried(state);
  const over = new Set(state.plan.steps.map((step) => step.id).filter((id) => untried.has(id) || isOver(state, id)));
  const isHalted = state.cancel !== undefined || hasConflict(state) || movedAboveLine(state) || rejectedBy(state) !== undefined;
  return {
    over,
    isLineOpen: state.plan.line.above.every((id) => over.has(id)),
    isHalted,
    mayGoOn: !isHalted && state.preflight?.passed === true,
  };
}

/** Done, or failed where the plan says that its failure does not matter. A rehearsal leaves out what has no place here. */
function isOver(state: RunState, id: string): boolean {
  const found = state.steps.get(id);
  if (found?.phase !== "failed") return found?.phase === "done";
  if (state.mode === "rehearsal" && hasNoPlace(found)) return true;
  const step = stepOf(state.plan, id);
  return step?.optional === true && retryAtMs(step, found) === undefined;
}

/** All that a step waits for is over, and it does not cross the line too early. */
export function isReady(step: PlannedStep, progress: Progress): boolean {
  return step.waitsFor.every((id) => progress.over.has(id)) && (step.reach !== "irreversible" || progress.isLineOpen);
}

/** When a failed step is tried again by itself, or undefined if it is not. */
export function retryAtMs(step: PlannedStep, state: StepState): number | undefined {
  if (hasNoPlace(state)) return undefined;
  if (step.kind !== "work" || state.attempts > step.retry || state.endedAtMs === undefined) return undefined;
  return state.endedAtMs + backoffMs(state.attempts, step.id);
}

/** The last look at the effect says that somebody elsewhere is to make it final. */
export function waitsForPerson({ evidence, observed }: EffectState): boolean {
  return evidence === undefined && isForPerson(observed?.observation);
}

export function rejectedBy(state: RunState): { readonly gate: string; readonly by: string; readonly reason: string } | undefined {
  for (const [gate, { rejection }] of state.gates) if (rejection !== undefined) return { gate, ...rejection };
  return undefined;
}

/** The source moved while everything that was sent can still be taken back; below the line a move is ignored. */
export function movedAboveLine(state: RunState): boolean {
  if (state.moved === undefined) return false;
  return !state.plan.line.at.some((id) => effectsOf(state.steps.get(id)).some((effect) => effect.sends > 0));
}

export function hasConflict(state: RunState): boolean {
  return conflictStep(state) !== undefined;
}

/** Id of the first step at which the world holds something else under our name. */
export function conflictStep(state: RunState): string | undefined {
  for (const step of state.steps.values()) {
    if (step.surveyed?.result.kind === "strangers") return step.id;
    if (step.failure?.code === "REGISTRY_CONFLICT") return step.id;
    if (effectsOf(step).some((effect) => effect.observed?.observation.kind === "conflict")) return step.id;
  }
  return undefined;
}
