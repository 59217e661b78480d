// What a plan says about its gates: which steps one guards, and which must be over before it asks. A plan never changes,
// so each answer is worked out once for a plan.
import { ancestors, descendants } from "./order.ts";
import type { Plan, PlannedStep } from "./plan.ts";

interface Known {
  readonly guarded: Map<string, readonly PlannedStep[]>;
  readonly above: Map<string, ReadonlySet<string>>;
  readonly before: Map<string, readonly string[]>;
}

const knownOf = new WeakMap<Plan, Known>();

function known(plan: Plan): Known {
  const found = knownOf.get(plan) ?? { guarded: new Map(), above: new Map(), before: new Map() };
  knownOf.set(plan, found);
  return found;
}

function remember<T>(answers: Map<string, T>, key: string, work: () => T): T {
  const found = answers.get(key);
  if (found !== undefined) return found;
  const answer = work();
  answers.set(key, answer);
  return answer;
}

/** Steps that may not start before the gate is open. */
export function guardedSteps(plan: Plan, gate: string): readonly PlannedStep[] {
  return remember(known(plan).guarded, gate, () => plan.steps.filter((step) => step.gate === gate));
}

/**
 * Ids of the steps that must be over before the gate asks: what the first of its steps follow. One gate may guard
 * several steps and is asked once, so that those further below do not hold it up; nor do steps at or below the line
 * where it guards something above it, for which they wait.
 */
export function stepsAbove(plan: Plan, gate: string): ReadonlySet<string> {
  return remember(known(plan).above, gate, () => {
    const guarded = guardedSteps(plan, gate).map((step) => step.id);
    const following = descendants(plan.steps, guarded);
    const first = guarded.filter((id) => !following.has(id));
    const late = new Set(first.some((id) => plan.line.above.includes(id)) ? [...plan.line.at, ...plan.line.below] : []);
    return new Set([...ancestors(plan.steps, first)].filter((id) => !late.has(id)));
  });
}

/** Ids of all steps that a step follows, in plan order. */
export function stepsBefore(plan: Plan, step: PlannedStep): readonly string[] {
  return remember(known(plan).before, step.id, () => {
    const before = ancestors(plan.steps, [step.id]);
    return plan.steps.filter((one) => before.has(one.id)).map((one) => one.id);
  });
}
