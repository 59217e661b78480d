// `run --mend`: a successor on the same commit under a changed plan. Steps with equal fingerprints keep their outcome
// and their bytes, so that what is public already is never built again; approvals are asked again.
import { SlipwayError } from "../domain/error.ts";
import { fingerprintStep, stepOf, type PlannedStep } from "../domain/plan/plan.ts";
import type { Fact } from "../domain/run/fact.ts";
import type { RunState } from "../domain/run/state.ts";
import type { Journal } from "../engine/journal/journal.ts";
import { openRun } from "./drive-run.ts";
import type { PlannedRun } from "./plan-release.ts";
import type { World } from "./world.ts";

/**
 * Opens the successor and closes the old run.
 * @returns the successor's id
 * @throws SlipwayError PLAN_STALE when the source is another one
 */
export function mendRun(world: World, journal: Journal, mending: { readonly open: RunState; readonly planned: PlannedRun }): string {
  const { open, planned } = mending;
  if (open.plan.source.commit !== planned.plan.source.commit) {
    throw new SlipwayError("PLAN_STALE", `Cannot mend ${open.plan.release.title}: it was begun at ${open.plan.source.commit.slice(0, 10)}, and this is ${planned.plan.source.commit.slice(0, 10)}`, {
      hint: "A changed source is another release: give this one up with `slipway cancel`, or check out the old commit",
    });
  }
  const inherited = inherit(world, open, planned);
  const run = openRun({ world, journal }, { plan: planned.plan, mode: open.mode, by: open.requester });
  const atMs = world.clock.nowMs();
  journal.append(run, inherited, { atMs, answered: [] });
  journal.append(open.run, [{ kind: "run-closed", result: "superseded" }], { atMs, answered: [] });
  return run;
}

/** Facts of steps that are the same work under both plans and are done, as long as all they waited for is kept too. */
function inherit(world: World, open: RunState, planned: PlannedRun): readonly Fact[] {
  const kept = new Set<string>();
  const facts: Fact[] = [];
  for (const step of planned.plan.steps) {
    if (!step.waitsFor.every((id) => kept.has(id)) || !isSameWork(world, open, step)) continue;
    const inherited = factsOf(open, step);
    if (inherited === undefined) continue;
    facts.push(...inherited);
    if (open.steps.get(step.id)?.phase === "done") kept.add(step.id);
  }
  return facts;
}

function isSameWork(world: World, open: RunState, step: PlannedStep): boolean {
  const before = stepOf(open.plan, step.id);
  return before !== undefined && fingerprintStep(before, world.sha256OfText) === fingerprintStep(step, world.sha256OfText);
}

function factsOf(open: RunState, step: PlannedStep): readonly Fact[] | undefined {
  const state = open.steps.get(step.id);
  if (state === undefined || step.kind === "gate") return undefined;
  if (step.kind === "work" && state.phase !== "done") return undefined;
  if (step.kind === "acting" && state.effects === undefined) return undefined;
  const effects = [...(state.effects?.values() ?? [])];
  const started: Fact = { kind: "step-started", step: step.id, attempt: 1 };
  const listed: readonly Fact[] = effects.length === 0 ? [] : [{ kind: "effects-listed", step: step.id, effects: effects.map((one) => one.effect) }];
  const known = effects.flatMap(({ effect, evidence, sends, open: isOpen }): readonly Fact[] => {
    // An intent whose outcome is not known stays one: the successor looks before it sends.
    const intended: readonly Fact[] = sends > 0 && (isOpen || evidence !== undefined) ? [{ kind: "effect-intended", step: step.id, effect: effect.key }] : [];
    const verified: readonly Fact[] = evidence === undefined ? [] : [{ kind: "effect-verified", step: step.id, effect: effect.key, evidence }];
    return [...intended, ...verified];
  });
  const done: readonly Fact[] = state.phase === "done" ? [{ kind: "step-done", step: step.id, output: state.output, artifacts: state.artifacts }] : [];
  return [started, ...listed, ...known, ...done];
}
