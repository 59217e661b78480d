// What a run does next: a pure function of its state, the time and what is under way. It says what may start, what
// waits and what is over; it does nothing. Both drivers (embedded, and later Temporal) ask it and obey.
import { approvalsMissing, type Subject } from "../gate.ts";
import type { Artifact } from "../artifact.ts";
import { ancestors, descendants } from "../plan/order.ts";
import { environmentOf, stepOf, type Plan, type PlannedStep } from "../plan/plan.ts";
import { decideEffect, type EffectStop, type Pace } from "./decide-effect.ts";
import { backoffMs } from "./retry.ts";
import type { EffectState, RunState, StepState } from "./state.ts";

/** One thing to be done. `key` names it: a driver that has it under way does not begin it again. */
export type Move = { readonly key: string } & (
  | { readonly kind: "preflight" }
  | { readonly kind: "work"; readonly step: string; readonly attempt: number }
  | { readonly kind: "lose"; readonly step: string }
  | { readonly kind: "list-effects"; readonly step: string }
  | { readonly kind: "survey"; readonly step: string }
  | { readonly kind: "observe" | "send" | "verify" | "settle"; readonly step: string; readonly effect: string }
  /** All effects are verified. */
  | { readonly kind: "end"; readonly step: string }
  | { readonly kind: "fail"; readonly step: string; readonly stop: EffectStop; readonly effect: string }
  | { readonly kind: "ask"; readonly step: string }
  | { readonly kind: "freeze"; readonly gate: string; readonly subject: Subject }
  | { readonly kind: "close"; readonly result: "complete" | "cancelled" | "rejected" }
);

export interface Surroundings {
  readonly nowMs: number;
  /** Keys of the moves that this process has under way. */
  readonly underWay: ReadonlySet<string>;
  readonly limits: Limits;
}

export interface Limits {
  /** Work steps side by side. */
  readonly work: number;
  /** Looks and sends side by side at one target. */
  readonly perTarget: number;
}

export interface Decision {
  readonly moves: readonly Move[];
  /** When something is due again without anything happening; absolute. */
  readonly wakeAtMs: number | undefined;
  readonly standing: Standing;
}

/** Where the run stands when nothing more is under way. In order of weight: the first that holds is the standing. */
export type Standing =
  | { readonly kind: "closed"; readonly result: "complete" | "cancelled" | "rejected" | "superseded" }
  | { readonly kind: "conflict"; readonly step: string }
  | { readonly kind: "moved" }
  | { readonly kind: "blocked" }
  | { readonly kind: "unresolved"; readonly steps: readonly string[] }
  | { readonly kind: "failed"; readonly steps: readonly string[] }
  | { readonly kind: "waiting"; readonly gates: readonly string[]; readonly questions: readonly string[] }
  | { readonly kind: "working" };

interface Deciding {
  readonly state: RunState;
  readonly plan: Plan;
  readonly around: Surroundings;
  readonly moves: Move[];
  readonly wakes: number[];
  readonly perTarget: Map<string, number>;
  work: number;
}

export function decide(state: RunState, around: Surroundings): Decision {
  const deciding: Deciding = {
    state,
    plan: state.plan,
    around,
    moves: [],
    wakes: [],
    perTarget: new Map(),
    work: [...around.underWay].filter((key) => key.startsWith("work:")).length,
  };
  if (state.closed === undefined) collect(deciding);
  const standing = standingOf(state);
  const wakeAtMs = deciding.wakes.length === 0 ? undefined : Math.min(...deciding.wakes);
  return { moves: deciding.moves, wakeAtMs, standing };
}

/** True when nothing new may begin: other bytes under our name, a moved source, a cancel, a rejection, an open preflight. */
function isHalted(state: RunState): boolean {
  return state.cancel !== undefined || hasConflict(state) || movedAboveLine(state) || rejectedBy(state) !== undefined;
}

/** Nothing forbids to begin something, and this process has looked around. */
function mayGoOn(state: RunState): boolean {
  return !isHalted(state) && state.preflight?.passed === true;
}

function collect(deciding: Deciding): void {
  const { state, plan } = deciding;
  if (!isHalted(state) && state.preflight === undefined) add(deciding, { key: "preflight", kind: "preflight" });
  for (const step of plan.steps) {
    const stepState = state.steps.get(step.id);
    if (stepState !== undefined) collectStep(deciding, step, stepState);
  }
  if (!isHalted(state)) for (const gate of state.gates.keys()) collectGate(deciding, gate);
  collectClose(deciding);
}

function add(deciding: Deciding, move: Move): void {
  if (!deciding.around.underWay.has(move.key)) deciding.moves.push(move);
}

function collectStep(deciding: Deciding, step: PlannedStep, state: StepState): void {
  switch (state.phase) {
    case "done":
      return;
    case "failed":
      return collectRetry(deciding, step, state);
    case "later":
      return collectLater(deciding, step, state);
    case "running":
      return step.kind === "acting" ? collectActing(deciding, step, state) : collectRunning(deciding, step);
    case "pending":
      if (mayStart(deciding, step)) begin(deciding, step, state);
  }
}

function mayStart(deciding: Deciding, step: PlannedStep): boolean {
  const { state } = deciding;
  if (!mayGoOn(state)) return false;
  if (!step.waitsFor.every((id) => isOver(state, id))) return false;
  if (step.reach === "irreversible" && !isLineOpen(state)) return false;
  return step.gate === undefined || isGateOpen(state, step.gate);
}

/** Done, or failed where the plan says that its failure does not matter. */
function isOver(state: RunState, id: string): boolean {
  const phase = state.steps.get(id)?.phase;
  const step = stepOf(state.plan, id);
  return phase === "done" || (phase === "failed" && step?.optional === true && retryAtMs(step, state.steps.get(id)) === undefined);
}

/** Every step above the line is over, on all branches (DESIGN §1.5). */
function isLineOpen(state: RunState): boolean {
  return state.plan.line.above.every((id) => isOver(state, id));
}

export function isGateOpen(state: RunState, name: string): boolean {
  const rule = state.plan.environments.find((environment) => environment.gate === name && environment.approvals !== undefined)?.approvals;
  const gate = state.gates.get(name);
  if (rule === undefined || gate === undefined) return true;
  // In a rehearsal gates are shown and pass.
  if (state.mode === "rehearsal") return gate.subject !== undefined;
  return gate.subject !== undefined && gate.rejection === undefined && approvalsMissing(rule, gate.approvals) === 0;
}

function begin(deciding: Deciding, step: PlannedStep, state: StepState): void {
  if (step.kind === "gate") return collectQuestion(deciding, step, state);
  if (step.kind === "acting") return add(deciding, { key: `list:${step.id}`, kind: "list-effects", step: step.id });
  if (deciding.work >= deciding.around.limits.work) return;
  deciding.work += 1;
  add(deciding, { key: `work:${step.id}`, kind: "work", step: step.id, attempt: state.attempts + 1 });
}

function collectQuestion(deciding: Deciding, step: PlannedStep, state: StepState): void {
  if (state.question === undefined) return add(deciding, { key: `ask:${step.id}`, kind: "ask", step: step.id });
  if (state.answer !== undefined || deciding.state.mode === "rehearsal") add(deciding, { key: `end:${step.id}`, kind: "end", step: step.id });
}

/** A work step that is running in no process: the one that had it is gone. */
function collectRunning(deciding: Deciding, step: PlannedStep): void {
  if (!deciding.around.underWay.has(`work:${step.id}`)) add(deciding, { key: `lose:${step.id}`, kind: "lose", step: step.id });
}

function collectLater(deciding: Deciding, step: PlannedStep, state: StepState): void {
  if (!mayGoOn(deciding.state)) return;
  const { nowMs } = deciding.around;
  const atMs = state.later?.atMs ?? nowMs;
  if (nowMs < atMs) deciding.wakes.push(atMs);
  else begin(deciding, step, state);
}

/** When a failed step is tried again by itself, or undefined if it is not. */
function retryAtMs(step: PlannedStep, state: StepState | undefined): number | undefined {
  if (state === undefined || step.kind !== "work" || state.attempts > step.retry || state.endedAtMs === undefined) return undefined;
  return state.endedAtMs + backoffMs(state.attempts, step.id);
}

function collectRetry(deciding: Deciding, step: PlannedStep, state: StepState): void {
  const atMs = retryAtMs(step, state);
  if (atMs === undefined || !mayGoOn(deciding.state)) return;
  if (deciding.around.nowMs < atMs) deciding.wakes.push(atMs);
  else begin(deciding, step, state);
}

function collectActing(deciding: Deciding, step: PlannedStep, state: StepState): void {
  const { effects, surveyed } = state;
  if (effects === undefined) {
    if (mayGoOn(deciding.state)) add(deciding, { key: `list:${step.id}`, kind: "list-effects", step: step.id });
    return;
  }
  const pace: Pace = mayGoOn(deciding.state) ? "go" : "finish";
  // Until this process has looked around, nothing is touched: what it finds may forbid to go on.
  if (deciding.state.preflight === undefined && !isHalted(deciding.state)) return;
  const begun = [...effects.values()].some((effect) => effect.sends > 0);
  if (surveyed?.result.kind !== "clear") {
    if (pace === "go") return collectSurvey(deciding, step, state);
    if (!begun) return;
  }
  if ([...effects.values()].every((effect) => effect.evidence !== undefined)) {
    return add(deciding, { key: `end:${step.id}`, kind: "end", step: step.id });
  }
  collectEffects(deciding, step, { effects, pace: isOverdue(step, state, deciding) ? "finish" : pace });
}

/** The step has had all the time it may take: nothing more is sent. */
function isOverdue(step: PlannedStep, state: StepState, deciding: Deciding): boolean {
  return state.sinceMs !== undefined && deciding.around.nowMs - state.sinceMs >= step.timeoutMs;
}

function collectSurvey(deciding: Deciding, step: PlannedStep, state: StepState): void {
  const { surveyed } = state;
  if (surveyed?.result.kind === "strangers") return;
  if (surveyed?.result.kind === "unknown") {
    if (surveyed.looks >= surveyLooksMax) {
      const stop: EffectStop = { kind: "failed", why: `the target cannot be looked at: ${surveyed.result.why}` };
      return add(deciding, { key: `fail:${step.id}`, kind: "fail", step: step.id, stop, effect: "" });
    }
    const atMs = surveyed.atMs + backoffMs(surveyed.looks, step.id);
    if (deciding.around.nowMs < atMs) return void deciding.wakes.push(atMs);
  }
  add(deciding, { key: `survey:${step.id}`, kind: "survey", step: step.id });
}

/** Looks at a target that does not answer before the step fails; about four minutes with the back-off. */
const surveyLooksMax = 10;

function collectEffects(
  deciding: Deciding,
  step: PlannedStep,
  part: { readonly effects: ReadonlyMap<string, EffectState>; readonly pace: Pace },
): void {
  const { effects, pace } = part;
  const { nowMs, underWay } = deciding.around;
  let busy = false;
  let stopped: { readonly stop: EffectStop; readonly effect: string } | undefined;
  for (const effect of effects.values()) {
    const { key } = effect.effect;
    if (effectMoveKinds.some((kind) => underWay.has(`${kind}:${step.id}:${key}`))) {
      busy = true;
      countTarget(deciding, effect);
      continue;
    }
    if (pace === "finish" && !effect.open) continue;
    if (!effect.effect.after.every((before) => effects.get(before)?.evidence !== undefined)) continue;
    const move = decideEffect(effect, nowMs, pace);
    if (move.kind === "wait") {
      busy = true;
      deciding.wakes.push(move.untilMs);
    } else if (move.kind === "stop") {
      stopped = heavier(stopped, { stop: move.stop, effect: key });
    } else if (move.kind !== "done" && move.kind !== "hold") {
      busy = true;
      if (mayTouch(deciding, effect)) add(deciding, { key: `${move.kind}:${step.id}:${key}`, kind: move.kind, step: step.id, effect: key });
    }
  }
  if (stopped === undefined && !busy && pace === "finish" && mayGoOn(deciding.state)) {
    stopped = { stop: { kind: "failed", why: `not done within ${Math.round(step.timeoutMs / 1000)} s` }, effect: "" };
  }
  // Siblings are followed to their end before the step says that it failed: then all that is public is known.
  if (stopped !== undefined && !busy) add(deciding, { key: `fail:${step.id}`, kind: "fail", step: step.id, ...stopped });
}

const effectMoveKinds = ["observe", "send", "verify", "settle"] as const;
const stopWeight = { conflict: 3, unresolved: 2, "by-person": 1, failed: 0 } as const;

function heavier<T extends { readonly stop: EffectStop }>(one: T | undefined, other: T): T {
  return one === undefined || stopWeight[other.stop.kind] > stopWeight[one.stop.kind] ? other : one;
}

function countTarget(deciding: Deciding, effect: EffectState): number {
  const count = (deciding.perTarget.get(effect.effect.target) ?? 0) + 1;
  deciding.perTarget.set(effect.effect.target, count);
  return count;
}

function mayTouch(deciding: Deciding, effect: EffectState): boolean {
  return countTarget(deciding, effect) <= deciding.around.limits.perTarget;
}

function collectGate(deciding: Deciding, name: string): void {
  const { state, plan } = deciding;
  if (state.gates.get(name)?.subject !== undefined || state.preflight?.passed !== true) return;
  const guarded = plan.steps.filter((step) => step.gate === name);
  if (guarded.length === 0) return;
  const held = guarded.some((step) => step.waitsFor.every((id) => isOver(state, id)) && (step.reach !== "irreversible" || isLineOpen(state)));
  if (held) add(deciding, { key: `freeze:${name}`, kind: "freeze", gate: name, subject: subjectOf(state, name) });
}

/** Everything that consent at a gate is given to: the plan, the commit, the bytes made above it, the targets below it. */
export function subjectOf(state: RunState, gate: string): Subject {
  const { plan } = state;
  const guarded = plan.steps.filter((step) => step.gate === gate);
  const above = new Set(guarded.flatMap((step) => [...ancestors(plan.steps, step.id)]));
  const artifacts = plan.steps.filter((step) => above.has(step.id)).flatMap((step) => state.steps.get(step.id)?.artifacts ?? []);
  const targets = guarded.flatMap((step) => environmentOf(plan, step)?.registries.map((registry) => registry.name) ?? []);
  return {
    planDigest: state.planDigest,
    commit: plan.source.commit,
    title: plan.release.title,
    artifacts: artifacts.map(({ name, sizeBytes, digest }) => ({ name, sizeBytes, digest })),
    targets: [...new Set(targets)],
  };
}

function collectClose(deciding: Deciding): void {
  const { state, plan, around } = deciding;
  if (deciding.moves.length > 0 || around.underWay.size > 0) return;
  if (plan.steps.every((step) => isOver(state, step.id))) return add(deciding, { key: "close", kind: "close", result: "complete" });
  const inDoubt = [...state.steps.values()].some((step) => [...(step.effects?.values() ?? [])].some((effect) => effect.open));
  if (inDoubt) return;
  if (rejectedBy(state) !== undefined) return add(deciding, { key: "close", kind: "close", result: "rejected" });
  if (state.cancel !== undefined) add(deciding, { key: "close", kind: "close", result: "cancelled" });
}

export function rejectedBy(state: RunState): { readonly gate: string; readonly by: string; readonly reason: string } | undefined {
  for (const [gate, { rejection }] of state.gates) if (rejection !== undefined) return { gate, ...rejection };
  return undefined;
}

/** The source moved while everything that was sent can still be taken back; below the line a move is ignored. */
export function movedAboveLine(state: RunState): boolean {
  if (state.moved === undefined) return false;
  return !state.plan.line.at.some((id) => [...(state.steps.get(id)?.effects?.values() ?? [])].some((effect) => effect.sends > 0));
}

export function hasConflict(state: RunState): boolean {
  return conflictStep(state) !== undefined;
}

function conflictStep(state: RunState): string | undefined {
  for (const step of state.steps.values()) {
    if (step.surveyed?.result.kind === "strangers") return step.id;
    if (step.failure?.code === "REGISTRY_CONFLICT") return step.id;
    if ([...(step.effects?.values() ?? [])].some((effect) => effect.observed?.observation.kind === "conflict")) return step.id;
  }
  return undefined;
}

function standingOf(state: RunState): Standing {
  if (state.closed !== undefined) return { kind: "closed", result: state.closed.result };
  const conflict = conflictStep(state);
  if (conflict !== undefined) return { kind: "conflict", step: conflict };
  if (movedAboveLine(state)) return { kind: "moved" };
  if (state.preflight?.passed === false) return { kind: "blocked" };
  const failed = [...state.steps.values()].filter((step) => step.phase === "failed" && !isOver(state, step.id));
  const unresolved = failed.filter((step) => [...(step.effects?.values() ?? [])].some((effect) => effect.open));
  if (unresolved.length > 0) return { kind: "unresolved", steps: unresolved.map((step) => step.id) };
  if (failed.length > 0) return { kind: "failed", steps: failed.map((step) => step.id) };
  const gates = [...state.gates].filter(([name, gate]) => gate.subject !== undefined && !isGateOpen(state, name)).map(([name]) => name);
  const questions = [...state.steps.values()].filter((step) => step.question !== undefined && step.phase === "pending").map((step) => step.id);
  return gates.length + questions.length > 0 ? { kind: "waiting", gates, questions } : { kind: "working" };
}

/** Ids of the steps that cannot start because of the given ones; for messages. */
export function heldBy(plan: Plan, ids: readonly string[]): readonly string[] {
  return [...descendants(plan.steps, ids)];
}

/** All artifacts that a step takes, from all steps it follows, in plan order. */
export function artifactsFor(state: RunState, step: PlannedStep): readonly Artifact[] {
  const before = ancestors(state.plan.steps, step.id);
  const made = state.plan.steps.filter((one) => before.has(one.id)).flatMap((one) => state.steps.get(one.id)?.artifacts ?? []);
  return made.filter((artifact) =>
    step.takes.some((query) => query.kinds.includes(artifact.kind) && (query.packages?.includes(artifact.package) ?? true)),
  );
}
