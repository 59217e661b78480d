// What an acting step does next: survey its targets once, then each of its effects by the rule of one effect, side by
// side as far as the targets like it. Nothing is sent while the run is halted, the line or the gate is closed, the
// step's time is over, or a sibling cannot get through; what was sent is followed to its end all the same.
import type { PlannedStep } from "../plan/plan.ts";
import type { Deciding } from "./decide.ts";
import { decideEffect, type EffectStop, type Pace } from "./decide-effect.ts";
import { mayBegin } from "./gates.ts";
import { awaitsSending, laneOf, slowLanes } from "./lanes.ts";
import { waitsForPerson } from "./progress.ts";
import { backoffMs } from "./retry.ts";
import { effectsOf, type EffectState, type StepState } from "./state.ts";

type Effects = ReadonlyMap<string, EffectState>;

interface Stopped {
  readonly stop: EffectStop;
  /** Key of the effect; empty: the step as a whole. */
  readonly effect: string;
}

export function collectActing(deciding: Deciding, step: PlannedStep, state: StepState): void {
  const { progress, around } = deciding;
  const { effects, surveyed } = state;
  if (effects === undefined) {
    if (progress.mayGoOn) deciding.add({ key: `list:${step.id}`, kind: "list-effects", step: step.id });
    return;
  }
  // Until this process has looked around, nothing is touched: what it finds may forbid to go on.
  if (deciding.state.preflight === undefined && !progress.isHalted) return;
  if (surveyed?.recheck === true) return deciding.add({ key: `survey:${step.id}`, kind: "survey", step: step.id });
  const maySend = mayBegin(deciding.state, step, progress);
  if (surveyed?.result.kind === "strangers") {
    const theirs = surveyed.result.strangers.map((stranger) => stranger.name).join(", ");
    const stopped: Stopped = { stop: { kind: "conflict", theirs }, effect: "" };
    return collectEffects(deciding, step, { effects, pace: "finish", stopped });
  }
  if (surveyed?.result.kind !== "clear" && maySend) return collectSurvey(deciding, step, state);
  if (effectsOf(state).every((effect) => effect.evidence !== undefined)) {
    return deciding.add({ key: `end:${step.id}`, kind: "end", step: step.id });
  }
  const endMs = (state.sinceMs ?? around.nowMs) + step.timeoutMs;
  if (!maySend) return collectEffects(deciding, step, { effects, pace: "finish" });
  // The days that a person takes do not count, and a step that waits for one has no end to be woken at.
  if (effectsOf(state).some(waitsForPerson)) return collectEffects(deciding, step, { effects, pace: "go" });
  if (around.nowMs < endMs) {
    deciding.wakes.push(endMs);
    return collectEffects(deciding, step, { effects, pace: "go" });
  }
  const stopped: Stopped = { stop: { kind: "failed", why: `not done within ${Math.round(step.timeoutMs / 1000)} s` }, effect: "" };
  collectEffects(deciding, step, { effects, pace: "finish", stopped });
}

function collectSurvey(deciding: Deciding, step: PlannedStep, state: StepState): void {
  const { surveyed } = state;
  if (surveyed?.result.kind === "unknown") {
    if (surveyed.looks >= surveyLooksMax) {
      const stop: EffectStop = { kind: "failed", why: `the target cannot be looked at: ${surveyed.result.why}` };
      return deciding.add({ key: `fail:${step.id}`, kind: "fail", step: step.id, stop, effect: "" });
    }
    const atMs = surveyed.atMs + backoffMs(surveyed.looks, step.id);
    if (deciding.around.nowMs < atMs) return void deciding.wakes.push(atMs);
  }
  deciding.add({ key: `survey:${step.id}`, kind: "survey", step: step.id });
}

/** Looks at a target that does not answer before the step fails; about four minutes with the back-off. */
const surveyLooksMax = 10;

interface Following {
  readonly effects: Effects;
  readonly pace: Pace;
  /** Why the step as a whole cannot get through. */
  readonly stopped?: Stopped;
}

function collectEffects(deciding: Deciding, step: PlannedStep, following: Following): void {
  const { effects } = following;
  const looked = lookOver(deciding, step, following);
  const stopped = [following.stopped, ...looked.stops].filter((one) => one !== undefined).reduce(heavier, undefined);
  // One file that cannot get through ends the sending of the others: the fewer of an incomplete set are public, the better.
  const ruling = stopped !== undefined && following.pace === "go" ? lookOver(deciding, step, { effects, pace: "finish" }) : looked;
  deciding.wakes.push(...ruling.wakes);
  deciding.wakesForPeople.push(...ruling.wakesForPeople);
  for (const { kind, effect } of ruling.wanted) {
    const { key } = effect.effect;
    if (mayTouch(deciding, effect)) deciding.add({ key: `${kind}:${step.id}:${key}`, kind, step: step.id, effect: key });
  }
  // Siblings are followed to their end before the step says that it failed: then all that is public is known.
  if (stopped !== undefined && !ruling.isBusy) deciding.add({ key: `fail:${step.id}`, kind: "fail", step: step.id, ...stopped });
}

const effectMoveKinds = ["observe", "send", "verify", "settle"] as const;

interface LookedOver {
  readonly wanted: readonly { readonly kind: (typeof effectMoveKinds)[number]; readonly effect: EffectState }[];
  readonly wakes: readonly number[];
  /** Looks at what somebody elsewhere is asked for. */
  readonly wakesForPeople: readonly number[];
  readonly stops: readonly Stopped[];
  /** Something is under way, is to be done, or is waited for. */
  readonly isBusy: boolean;
}

function lookOver(deciding: Deciding, step: PlannedStep, following: Following): LookedOver {
  const { effects, pace } = following;
  const { nowMs } = deciding.around;
  const wanted: LookedOver["wanted"][number][] = [];
  const wakes: number[] = [];
  const wakesForPeople: number[] = [];
  const stops: Stopped[] = [];
  let isUnderWay = false;
  const lanes = slowLanes(effects);
  for (const effect of effects.values()) {
    const { key, after } = effect.effect;
    if (deciding.touched.has(`${step.id}:${key}`)) {
      isUnderWay = true;
      continue;
    }
    if (pace === "finish" && !effect.open && effect.observed?.observation.kind !== "conflict") continue;
    if (!after.every((before) => effects.get(before)?.evidence !== undefined)) continue;
    const lane = pace === "go" && awaitsSending(effect) ? lanes.get(laneOf(effect.effect)) : undefined;
    if (lane !== undefined && lane.next !== key) continue;
    if (lane !== undefined && nowMs < lane.heldUntilMs) {
      wakes.push(lane.heldUntilMs);
      continue;
    }
    const move = decideEffect(effect, nowMs, pace);
    if (move.kind === "wait") (move.forPerson === true ? wakesForPeople : wakes).push(move.untilMs);
    else if (move.kind === "stop") stops.push({ stop: move.stop, effect: key });
    else if (move.kind !== "done" && move.kind !== "hold") wanted.push({ kind: move.kind, effect });
  }
  return { wanted, wakes, wakesForPeople, stops, isBusy: isUnderWay || wanted.length + wakes.length > 0 };
}

/** Effects that a move is under way for, as `step:effect`. */
export function touchedBy(underWay: ReadonlySet<string>): ReadonlySet<string> {
  const prefixes = effectMoveKinds.map((kind) => `${kind}:`);
  return new Set(
    [...underWay].flatMap((key) => prefixes.filter((prefix) => key.startsWith(prefix)).map((prefix) => key.slice(prefix.length))),
  );
}

const stopWeight = { conflict: 3, unresolved: 2, "by-person": 1, failed: 0 } as const;

function heavier(one: Stopped | undefined, other: Stopped): Stopped {
  return one === undefined || stopWeight[other.stop.kind] > stopWeight[one.stop.kind] ? other : one;
}

/** Counts what is under way at each target, before anything is added to it. */
export function countTouched(deciding: Deciding): void {
  const { state, touched } = deciding;
  if (touched.size === 0) return;
  for (const step of state.steps.values()) {
    if (step.phase !== "running") continue;
    for (const effect of effectsOf(step)) if (touched.has(`${step.id}:${effect.effect.key}`)) mayTouch(deciding, effect);
  }
}

/** Counts one more at a target. @returns whether the target is not touched too often with it */
function mayTouch(deciding: Deciding, effect: EffectState): boolean {
  const { target } = effect.effect;
  const count = (deciding.perTarget.get(target) ?? 0) + 1;
  deciding.perTarget.set(target, count);
  return count <= deciding.around.limits.perTarget;
}
