// Legs that have no place on this machine (DESIGN §2, §6), and what a rehearsal does not try for want of them: a step for
// which nothing was made, because every leg that would have made it is left out. It would fail for a reason that the real run
// does not have, or pass and say more than was seen.
import { selects } from "../artifact.ts";
import { stepsBefore } from "../plan/guarded.ts";
import { stepOf, type PlannedStep } from "../plan/plan.ts";
import type { RunState, StepState } from "./state.ts";

/** A leg that wants another kind of machine: another attempt here would end alike. */
export function hasNoPlace(step: StepState | undefined): boolean {
  return step?.phase === "failed" && step.failure?.code === "NO_PLACE";
}

/** Ids of the steps that are not tried, in plan order; empty for a run, which waits for a machine instead. */
export function notTried(state: RunState): ReadonlySet<string> {
  const found = new Set<string>();
  if (state.mode !== "rehearsal" || ![...state.steps.values()].some(hasNoPlace)) return found;
  // Steps stand in an order in which they may run, so one pass is enough.
  for (const step of state.plan.steps) {
    const makers = state.steps.get(step.id)?.phase === "pending" ? makersFor(state, step) : [];
    if (makers.length > 0 && makers.every((id) => found.has(id) || hasNoPlace(state.steps.get(id)))) found.add(step.id);
  }
  return found;
}

/** Steps above that promise something that the step takes. */
function makersFor({ plan }: RunState, step: PlannedStep): readonly string[] {
  if (step.takes.length === 0) return [];
  return stepsBefore(plan, step).filter((id) => stepOf(plan, id)?.makes.some((made) => step.takes.some((query) => selects(query, made))));
}
