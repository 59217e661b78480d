// Books the facts of one effect: what was meant, sent, seen and shown. A part of the fold (`state.ts`), and no judgement either.
import { assert, unreachable } from "../error.ts";
import { isForPerson, type Observation } from "./effect.ts";
import type { Fact } from "./fact.ts";
import type { WorkingEffect, WorkingStep } from "./state.ts";

type EffectFact = Extract<Fact, { effect: string }>;

export function bookEffect(step: WorkingStep, fact: EffectFact, atMs: number): void {
  const effect = step.effects?.get(fact.effect);
  assert(effect !== undefined, `step "${step.id}" has no effect "${fact.effect}"`);
  switch (fact.kind) {
    case "effect-observed":
      // The days that a person elsewhere takes are not the step's.
      if (isForPerson(effect.observed?.observation) || isForPerson(fact.observation)) step.sinceMs = atMs;
      return bookLook(effect, fact.observation, atMs);
    case "effect-intended":
      Object.assign(effect, {
        sends: effect.sends + 1,
        openBefore: effect.open,
        open: true,
        intendedAtMs: atMs,
        seen: effect.observed?.observation,
      });
      Object.assign(effect, { reply: undefined, observed: undefined, looks: 0, lookedSinceMs: undefined, missingSinceMs: undefined });
      return;
    case "effect-replied":
      effect.reply = fact.reply;
      if (fact.reply.kind === "sent" || fact.reply.kind === "unknown")
        effect.opened = step.opened.findLast(({ registry }) => registry === effect.effect.target);
      if (fact.reply.kind === "later") {
        effect.putOff += 1;
        step.sinceMs = Math.max(step.sinceMs ?? atMs, fact.reply.atMs);
      } else effect.sendsOfSeries += 1;
      // These two say that nothing of this send was taken in; what was in doubt before still is.
      if (fact.reply.kind === "later" || fact.reply.kind === "refused") effect.open = effect.openBefore;
      return;
    case "effect-verified":
      Object.assign(effect, { evidence: fact.evidence, open: false });
      return;
    case "effect-settled":
      Object.assign(effect, { open: false, openBefore: false });
      if (effect.reply?.kind === "sent" || effect.reply?.kind === "by-person") effect.reply = undefined;
      return;
    default:
      return unreachable(fact, "fact");
  }
}

function bookLook(effect: WorkingEffect, observation: Observation, atMs: number): void {
  const waits = isForPerson(observation);
  // A person is given days and a target minutes: each counts from where the other ended.
  if (waits !== isForPerson(effect.observed?.observation)) Object.assign(effect, { looks: 0, lookedSinceMs: undefined });
  // What waits for a person was seen, and what becomes of it is theirs.
  if (waits) Object.assign(effect, { open: false, openBefore: false });
  Object.assign(effect, { observed: { observation, atMs, recheck: false }, looks: effect.looks + 1 });
  effect.lookedSinceMs ??= atMs;
  // Once it was seen, an answer that does not show it is a stale one, and its time begins anew.
  if (observation.kind === "present" || observation.kind === "pending") effect.missingSinceMs = undefined;
  else effect.missingSinceMs ??= atMs;
}
