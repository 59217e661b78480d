// What a run does next: a pure function of its state, the time and what is under way. It says what may start, what
// waits and what is over; it does nothing. Both drivers (embedded, and later Temporal) ask it and obey.
import { unreachable } from "../error.ts";
import type { Subject } from "../gate.ts";
import type { PlannedStep } from "../plan/plan.ts";
import { collectActing, countTouched, touchedBy } from "./decide-acting.ts";
import type { EffectStop } from "./decide-effect.ts";
import { isFreezeDue, mayBegin, subjectOf } from "./gates.ts";
import { progressOf, rejectedBy, retryAtMs, type Progress } from "./progress.ts";
import { isInDoubt, standingOf, type Standing } from "./standing.ts";
import type { RunState, StepState } from "./state.ts";

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
  /** All that is due then is another look at what somebody elsewhere is asked for, such as a merge. */
  readonly isForPeople: boolean;
  readonly standing: Standing;
}

/** One decision in the making. */
export interface Deciding {
  readonly state: RunState;
  readonly progress: Progress;
  readonly around: Surroundings;
  /** Effects that a move is under way for, as `step:effect`. */
  readonly touched: ReadonlySet<string>;
  /** Adds a move, unless it is under way already. */
  add(move: Move): void;
  readonly moves: Move[];
  readonly wakes: number[];
  readonly wakesForPeople: number[];
  /** Effects that are touched at each target, under way and wanted. */
  readonly perTarget: Map<string, number>;
  work: number;
}

export function decide(state: RunState, around: Surroundings): Decision {
  const moves: Move[] = [];
  const deciding: Deciding = {
    state,
    progress: progressOf(state),
    around,
    touched: touchedBy(around.underWay),
    add: (move) => void (around.underWay.has(move.key) || moves.push(move)),
    moves,
    wakes: [],
    wakesForPeople: [],
    perTarget: new Map(),
    work: [...around.underWay].filter((key) => key.startsWith("work:")).length,
  };
  if (state.closed === undefined) collect(deciding);
  const { wakes, wakesForPeople } = deciding;
  const earliestMs = [...wakes, ...wakesForPeople].reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
  return {
    moves,
    wakeAtMs: Number.isFinite(earliestMs) ? earliestMs : undefined,
    isForPeople: wakes.length === 0 && wakesForPeople.length > 0,
    standing: standingOf(state, deciding.progress),
  };
}

function collect(deciding: Deciding): void {
  const { state, progress } = deciding;
  if (!progress.isHalted && state.preflight === undefined) deciding.add({ key: "preflight", kind: "preflight" });
  countTouched(deciding);
  for (const step of state.plan.steps) {
    const stepState = state.steps.get(step.id);
    if (stepState !== undefined && !progress.over.has(step.id)) collectStep(deciding, step, stepState);
  }
  if (progress.mayGoOn) for (const gate of state.gates.keys()) collectGate(deciding, gate);
  collectClose(deciding);
}

function collectStep(deciding: Deciding, step: PlannedStep, state: StepState): void {
  const isFree = (): boolean => mayBegin(deciding.state, step, deciding.progress);
  switch (state.phase) {
    case "done":
      return;
    case "running":
      return step.kind === "acting" ? collectActing(deciding, step, state) : collectRunning(deciding, step);
    case "pending":
      return isFree() ? begin(deciding, step, state) : undefined;
    case "later":
      return isFree() ? collectLater(deciding, step, state) : undefined;
    case "failed":
      return isFree() ? collectRetry(deciding, step, state) : undefined;
    default:
      return unreachable(state.phase, "phase");
  }
}

function begin(deciding: Deciding, step: PlannedStep, state: StepState): void {
  if (step.kind === "gate") return collectQuestion(deciding, step, state);
  if (step.kind === "acting") return deciding.add({ key: `list:${step.id}`, kind: "list-effects", step: step.id });
  // Made elsewhere: nothing is left to do but to take it, in the leg's turn.
  if (state.imported !== undefined) return deciding.add({ key: `end:${step.id}`, kind: "end", step: step.id });
  if (deciding.work >= deciding.around.limits.work) return;
  deciding.work += 1;
  deciding.add({ key: `work:${step.id}`, kind: "work", step: step.id, attempt: state.attempts + 1 });
}

function collectQuestion(deciding: Deciding, step: PlannedStep, state: StepState): void {
  if (state.question === undefined) return deciding.add({ key: `ask:${step.id}`, kind: "ask", step: step.id });
  if (state.answer !== undefined || deciding.state.mode === "rehearsal")
    deciding.add({ key: `end:${step.id}`, kind: "end", step: step.id });
}

/** A work step that is running in no process: the one that had it is gone. */
function collectRunning(deciding: Deciding, step: PlannedStep): void {
  if (!deciding.around.underWay.has(`work:${step.id}`)) deciding.add({ key: `lose:${step.id}`, kind: "lose", step: step.id });
}

/** Tried again when it said that it would be possible, as long as the step's time-out allows (steps/step.ts, `Worked`). */
function collectLater(deciding: Deciding, step: PlannedStep, state: StepState): void {
  const { nowMs } = deciding.around;
  const atMs = state.later?.atMs ?? nowMs;
  const endMs = (state.sinceMs ?? nowMs) + step.timeoutMs;
  if (nowMs < Math.min(atMs, endMs)) return void deciding.wakes.push(Math.min(atMs, endMs));
  if (nowMs < endMs) return begin(deciding, step, state);
  const why = `not possible within ${Math.round(step.timeoutMs / 1000)} s: ${state.later?.why ?? "no reason given"}`;
  deciding.add({ key: `fail:${step.id}`, kind: "fail", step: step.id, stop: { kind: "failed", why }, effect: "" });
}

function collectRetry(deciding: Deciding, step: PlannedStep, state: StepState): void {
  const atMs = retryAtMs(step, state);
  if (atMs === undefined) return;
  if (deciding.around.nowMs < atMs) deciding.wakes.push(atMs);
  else begin(deciding, step, state);
}

function collectGate(deciding: Deciding, gate: string): void {
  const { state, progress } = deciding;
  if (isFreezeDue(state, gate, progress)) deciding.add({ key: `freeze:${gate}`, kind: "freeze", gate, subject: subjectOf(state, gate) });
}

function collectClose(deciding: Deciding): void {
  const { state, progress, around } = deciding;
  if (deciding.moves.length > 0 || around.underWay.size > 0) return;
  if (state.plan.steps.every((step) => progress.over.has(step.id)))
    return deciding.add({ key: "close", kind: "close", result: "complete" });
  if ([...state.steps.values()].some(isInDoubt)) return;
  if (rejectedBy(state) !== undefined) return deciding.add({ key: "close", kind: "close", result: "rejected" });
  if (state.cancel !== undefined) deciding.add({ key: "close", kind: "close", result: "cancelled" });
}
