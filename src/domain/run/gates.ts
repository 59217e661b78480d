// Gates inside a run: when the subject is frozen, what it holds, and whether consent to it lets a step pass. A gate is
// open for what was consented to and for nothing else: a step that would take bytes outside of the subject stays
// outside until the gate was asked about them too.
import type { Artifact } from "../artifact.ts";
import type { ApprovalRule } from "../configuration.ts";
import { assert } from "../error.ts";
import { approvalsMissing, type Subject } from "../gate.ts";
import { guardedSteps, stepsAbove, stepsBefore } from "../plan/guarded.ts";
import { ancestors } from "../plan/order.ts";
import { environmentOf, type Plan, type PlannedStep } from "../plan/plan.ts";
import { isReady, type Progress } from "./progress.ts";
import type { ReleaseChange } from "./release-changes.ts";
import type { RunState } from "./state.ts";

/** The rule of a gate. @throws SlipwayError INTERNAL_ASSERTION for a gate without one: it must not stand open */
export function ruleOf(plan: Plan, gate: string): ApprovalRule {
  const rule = plan.environments.find((environment) => environment.gate === gate && environment.approvals !== undefined)?.approvals;
  assert(rule !== undefined, `the plan has no rule for gate "${gate}"`);
  return rule;
}

/** Consent to the present subject of a gate is complete. In a rehearsal gates are shown and pass. */
export function isGateOpen(state: RunState, name: string): boolean {
  const rule = ruleOf(state.plan, name);
  const gate = state.gates.get(name);
  if (gate?.subject === undefined) return false;
  return state.mode === "rehearsal" || (gate.rejection === undefined && approvalsMissing(rule, gate.approvals, gate.subject.subject) === 0);
}

/** The step's gate, if it has one, is open for all that the step takes. */
function mayPass(state: RunState, step: PlannedStep): boolean {
  return step.gate === undefined || (isGateOpen(state, step.gate) && isCovered(state, step));
}

/** Whether something of the step may begin now: the same for its first attempt, each later one, and each send. */
export function mayBegin(state: RunState, step: PlannedStep, progress: Progress): boolean {
  return progress.mayGoOn && isReady(step, progress) && mayPass(state, step);
}

/** Everything that the step takes is part of what its gate was asked about. */
function isCovered(state: RunState, step: PlannedStep): boolean {
  const subject = step.gate === undefined ? undefined : state.gates.get(step.gate)?.subject?.subject;
  if (subject === undefined) return false;
  const known = new Set(subject.artifacts.map(({ name, digest }) => `${digest} ${name}`));
  return artifactsFor(state, step).every(({ name, digest }) => known.has(`${digest} ${name}`));
}

/** A step stands before the gate, all above it is over, and what it would take has not been asked about. */
export function isFreezeDue(state: RunState, gate: string, progress: Progress): boolean {
  const waiting = guardedSteps(state.plan, gate).filter((step) => !progress.over.has(step.id) && isReady(step, progress));
  if (waiting.length === 0) return false;
  if (state.gates.get(gate)?.subject !== undefined && waiting.every((step) => isCovered(state, step))) return false;
  return [...stepsAbove(state.plan, gate)].every((id) => progress.over.has(id));
}

/** A gate that keeps somebody waiting for consent. */
export function isGateWaiting(state: RunState, gate: string, progress: Progress): boolean {
  if (state.gates.get(gate)?.subject === undefined || isGateOpen(state, gate)) return false;
  return guardedSteps(state.plan, gate).some((step) => !progress.over.has(step.id));
}

/** Everything that consent at a gate is given to: the plan, the commit, the bytes made above it, the targets below it. */
export function subjectOf(state: RunState, gate: string): Subject {
  const { plan } = state;
  const guarded = guardedSteps(plan, gate);
  const above = ancestors(
    plan.steps,
    guarded.map((step) => step.id),
  );
  const made = plan.steps.filter((step) => above.has(step.id));
  const artifacts = made.flatMap((step) => state.steps.get(step.id)?.artifacts ?? []);
  const changes = made.flatMap((step) => changesOf(state, step.id));
  const targets = guarded.flatMap((step) => environmentOf(plan, step)?.registries.map((registry) => registry.name) ?? []);
  return {
    planDigest: state.planDigest,
    commit: state.head.commit,
    title: plan.release.title,
    artifacts: artifacts.map(({ name, sizeBytes, digest }) => ({ name, sizeBytes, digest })),
    targets: [...new Set(targets)],
    ...(changes.length === 0 ? {} : { changes }),
  };
}

/** What was made elsewhere was held against nothing here. */
function changesOf(state: RunState, id: string): readonly ReleaseChange[] {
  const step = state.steps.get(id);
  if (step?.imported === undefined) return step?.changes ?? [];
  return step.artifacts.map(({ name }) => ({ kind: "unknown", artifact: name, what: "made elsewhere, and compared with nothing here" }));
}

/** All artifacts that a step takes, from all steps it follows, in plan order. */
export function artifactsFor(state: RunState, step: PlannedStep): readonly Artifact[] {
  const made = stepsBefore(state.plan, step).flatMap((id) => state.steps.get(id)?.artifacts ?? []);
  return made.filter((artifact) =>
    step.takes.some((query) => query.kinds.includes(artifact.kind) && (query.packages?.includes(artifact.package) ?? true)),
  );
}
