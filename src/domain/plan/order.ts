// The order of a plan's steps: who follows whom, and where the line is.
import type { Line, PlannedStep } from "./plan.ts";

type Node = Pick<PlannedStep, "id" | "waitsFor">;

/** Ids of all steps that follow one of `from`, at any distance; one of `from` itself if it follows another. O(steps + edges). */
export function descendants(steps: readonly Node[], from: readonly string[]): ReadonlySet<string> {
  const starts = new Set(from);
  const reached = new Set<string>();
  // Steps stand in an order in which they may run, so one pass is enough.
  for (const step of steps) {
    if (step.waitsFor.some((id) => starts.has(id) || reached.has(id))) reached.add(step.id);
  }
  return reached;
}

/** Ids of all steps that one of `from` waits for, at any distance; one of `from` itself if another waits for it. O(steps + edges). */
export function ancestors(steps: readonly Node[], from: readonly string[]): ReadonlySet<string> {
  const starts = new Set(from);
  const reached = new Set<string>();
  for (const step of steps.toReversed()) {
    if (starts.has(step.id) || reached.has(step.id)) for (const before of step.waitsFor) reached.add(before);
  }
  return reached;
}

/**
 * Draws the line: no irreversible step starts before every step that does not follow one is done, on all branches
 * (DESIGN §1.5). Optional steps do not hold the line up.
 */
export function drawLine(steps: readonly PlannedStep[]): Line {
  const irreversible = steps.filter((step) => step.reach === "irreversible").map((step) => step.id);
  const following = descendants(steps, irreversible);
  const at = irreversible.filter((id) => !following.has(id));
  const below = steps.filter((step) => following.has(step.id) && !at.includes(step.id)).map((step) => step.id);
  const above = steps.filter((step) => !at.includes(step.id) && !following.has(step.id)).map((step) => step.id);
  return { at, above, below };
}
