// The rule of one effect, as a pure function: look; if absent or damaged, send; look until settled; verify.
// An exit code or an error text never decides, and the only way out of "unknown" is another look or a person
// (DESIGN §1.2, §4). Retry policy lives here and in `decide`, nowhere else.
import type { ErrorCode } from "../error-catalog.ts";
import { unreachable } from "../error.ts";
import { backoffMs } from "./retry.ts";
import type { EffectState } from "./state.ts";

export type EffectMove =
  | { readonly kind: "observe" }
  | { readonly kind: "send" }
  | { readonly kind: "verify" }
  /** It can be believed that the effect is absent: nothing is in doubt. */
  | { readonly kind: "settle" }
  /** Nothing to do until the run goes on. */
  | { readonly kind: "hold" }
  /** `forPerson`: until then nothing is due but another look at what somebody elsewhere is asked for. */
  | { readonly kind: "wait"; readonly untilMs: number; readonly why: string; readonly forPerson?: true }
  | { readonly kind: "done" }
  | { readonly kind: "stop"; readonly stop: EffectStop };

export type EffectStop =
  /** The target said no, or cannot be reached, and nothing of ours is in doubt. */
  | { readonly kind: "failed"; readonly why: string; readonly code?: ErrorCode }
  /** Something was sent and nothing yet says what became of it. */
  | { readonly kind: "unresolved"; readonly why: string }
  /** The world holds something else under our name. */
  | { readonly kind: "conflict"; readonly theirs: string }
  /** Only a person can go on. */
  | { readonly kind: "by-person"; readonly why: string };

/** An observation older than this is looked at again before anything is sent on the strength of it. */
export const observationFreshMs = 30_000;

/** Answered sends of one effect before the step fails; a person's `retry` starts a new series. */
export const sendsMax = 6;

/**
 * Times that a target may put one effect off, each to a time of its own, before the step fails. With a limit of so many sends in
 * a while an effect is put off two or three times (run/lanes); a target that never takes anything must not be asked for ever.
 */
export const putOffMax = 12;

/**
 * `finish`: nothing is sent any more; what was sent is followed until it is settled.
 */
export type Pace = "go" | "finish";

/**
 * @returns what to do about the effect now; the same state and time give the same answer
 */
export function decideEffect(state: EffectState, nowMs: number, pace: Pace): EffectMove {
  if (state.evidence !== undefined) return { kind: "done" };
  if (pace === "go" && state.reply?.kind === "later" && nowMs < state.reply.atMs) return wait(state.reply.atMs, state.reply.why);
  if (state.observed === undefined) return { kind: "observe" };
  const { observation, recheck } = state.observed;
  switch (observation.kind) {
    case "present":
      return { kind: "verify" };
    case "conflict":
      return recheck ? { kind: "observe" } : stop({ kind: "conflict", theirs: observation.theirs });
    case "pending":
      return observation.forPerson === true
        ? lookForPerson(state, nowMs, observation)
        : lookAgain(state, nowMs, { everyMs: observation.againMs, why: observation.why });
    case "unknown":
      return lookAgain(state, nowMs, { everyMs: backoffMs(state.looks, state.effect.key), why: observation.why });
    case "absent":
    case "damaged":
      return decideMissing(state, nowMs, pace);
    default:
      return unreachable(observation, "observation");
  }
}

/** The effect is seen to be missing (or broken): whether that can be believed yet, and whether to send. */
function decideMissing(state: EffectState, nowMs: number, pace: Pace): EffectMove {
  const { effect, reply, observed, open } = state;
  if (reply?.kind === "by-person") return stop({ kind: "by-person", why: reply.why });
  // What was accepted may take a while to be seen: keep looking as long as the target may need.
  if (open && reply?.kind === "sent" && observed?.observation.kind === "absent") {
    return lookAgain(state, nowMs, { everyMs: backoffMs(state.looks, effect.key), why: "accepted, not visible yet" });
  }
  const end = endOfSending(state, pace);
  if (open && (effect.again !== "harmless" || end !== undefined)) return decideDoubt(state, nowMs);
  return end ?? decideSend(state, nowMs);
}

/** Why nothing more is sent, or undefined if something may be. */
function endOfSending(state: EffectState, pace: Pace): EffectMove | undefined {
  const { reply, sendsOfSeries, putOff } = state;
  if (reply?.kind === "refused") return stop({ ...reply, kind: "failed" });
  if (reply?.kind === "later" && putOff >= putOffMax) {
    const code = reply.code === undefined ? {} : { code: reply.code };
    return stop({ kind: "failed", why: `put off ${putOff} times; the last time: ${reply.why}`, ...code });
  }
  if (sendsOfSeries >= sendsMax) {
    const why = reply !== undefined && "why" in reply ? reply.why : "no reply";
    return stop({ kind: "failed", why: `sent ${sendsOfSeries} times without effect; the last time: ${why}` });
  }
  return pace === "finish" ? { kind: "hold" } : undefined;
}

/** Something sent may have arrived: absence counts once a look after the settling time still shows it. */
function decideDoubt(state: EffectState, nowMs: number): EffectMove {
  const { effect, observed, missingSinceMs } = state;
  const lastLookMs = observed?.atMs ?? nowMs;
  const believedFromMs = (missingSinceMs ?? lastLookMs) + effect.settleMs;
  if (lastLookMs < believedFromMs) {
    const nextMs = Math.min(lastLookMs + backoffMs(state.looks, effect.key), believedFromMs);
    return nowMs >= nextMs ? { kind: "observe" } : wait(nextMs, "the reply was lost: looking until the answer can be believed");
  }
  if (effect.again !== "by-person") return { kind: "settle" };
  return stop({ kind: "by-person", why: "an attempt was interrupted, and nothing can tell whether it had its effect" });
}

function decideSend(state: EffectState, nowMs: number): EffectMove {
  const { effect, reply, sendsOfSeries, intendedAtMs } = state;
  // `later` named its own time, which is over. Any other failed send waits longer each time.
  const pausedUntilMs =
    sendsOfSeries > 0 && reply?.kind !== "later" && intendedAtMs !== undefined
      ? intendedAtMs + backoffMs(sendsOfSeries, effect.key)
      : nowMs;
  if (nowMs < pausedUntilMs) return wait(pausedUntilMs, "waiting before the next attempt");
  const seenAtMs = state.observed?.atMs ?? 0;
  const laterIsOver = reply?.kind === "later" && seenAtMs < reply.atMs;
  if (nowMs - seenAtMs > observationFreshMs || laterIsOver) return { kind: "observe" };
  return { kind: "send" };
}

/** How long a person elsewhere is waited for by one process; whoever runs the same command again waits as long again. */
export const personWithinMs = 30 * 24 * 60 * 60_000;

/** Looks come further apart the longer it lasts: each is a fact of the journal and a question to the forge. */
const personPauseMaxMs = 10 * 60_000;

function lookForPerson(state: EffectState, nowMs: number, pending: { readonly againMs: number; readonly why: string }): EffectMove {
  const waitedMs = (state.observed?.atMs ?? nowMs) - (state.lookedSinceMs ?? nowMs);
  const everyMs = Math.max(pending.againMs, Math.min(Math.round(waitedMs / 20), personPauseMaxMs));
  const pace = { everyMs, why: pending.why, withinMs: personWithinMs };
  const move = lookAgain(state, nowMs, pace);
  return move.kind === "wait" ? { ...move, forPerson: true } : move;
}

/** Looks again after a while, and stops when a look at the end of the time that the target may take still shows nothing. */
function lookAgain(
  state: EffectState,
  nowMs: number,
  pace: { readonly everyMs: number; readonly why: string; readonly withinMs?: number },
): EffectMove {
  // A new process, or a person who asked, looks before anything is concluded from what was seen before.
  if (state.observed === undefined || state.lookedSinceMs === undefined) return { kind: "observe" };
  const endMs = state.lookedSinceMs + (pace.withinMs ?? state.effect.withinMs);
  if (state.observed.atMs >= endMs) {
    return stop(state.open ? { kind: "unresolved", why: pace.why } : { kind: "failed", why: pace.why });
  }
  const nextMs = Math.min(state.observed.atMs + Math.max(pace.everyMs, lookPauseMs), endMs);
  return nowMs >= nextMs ? { kind: "observe" } : wait(nextMs, pace.why);
}

/** Shortest pause between two looks: a target that asks to be looked at all the time is not. */
const lookPauseMs = 100;

function wait(untilMs: number, why: string): EffectMove {
  return { kind: "wait", untilMs, why };
}

function stop(reason: EffectStop): EffectMove {
  return { kind: "stop", stop: reason };
}
