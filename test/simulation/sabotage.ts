// Faults that somebody might build into the engine one day, planted on purpose: each breaks one promise of DESIGN §1, and
// the simulation has to find each of them. A test that cannot fail proves nothing.
import type { Fact } from "../../src/domain/run/fact.ts";
import type { Runtime } from "../../src/engine/driver.ts";
import { numbered, type Sabotage } from "./schedule.ts";

/** Writes down other facts than the ones concluded; the process itself goes on from what it concluded. */
function writes(change: (fact: Fact, nowMs: number) => readonly Fact[], isBelieved: boolean): Sabotage {
  const runtime: Sabotage["runtime"] = (own, { state }) => ({
    ...own,
    commit(facts, answered) {
      const changed = facts.flatMap((fact) => change(fact, own.nowMs()));
      const recorded = own.commit(changed, answered);
      return isBelieved ? recorded : numbered(state, facts, own);
    },
  });
  return { runtime };
}

export const sabotages: Readonly<Record<string, Sabotage>> = {
  "sends before the intent is written down": writes((fact) => (fact.kind === "effect-intended" ? [] : [fact]), false),

  "takes a lost reply for a failure and sends again at once": writes((fact, nowMs) => {
    if (fact.kind !== "effect-replied" || fact.reply.kind !== "unknown") return [fact];
    return [{ ...fact, reply: { kind: "later", atMs: nowMs, why: fact.reply.why } }];
  }, true),

  "believes the first look after a lost reply": writes((fact) => {
    if (fact.kind !== "effects-listed") return [fact];
    return [{ ...fact, effects: fact.effects.map((effect) => ({ ...effect, settleMs: 0 })) }];
  }, true),

  "crosses the line early": { plan: (plan) => ({ ...plan, line: { ...plan.line, above: [] } }) },

  "takes a stranger's bytes for ours": writes((fact) => {
    if (fact.kind !== "effect-observed" || fact.observation.kind !== "conflict") return [fact];
    return [{ kind: "effect-verified", step: fact.step, effect: fact.effect, evidence: { how: "a file of that name is there" } }];
  }, true),

  "goes on beside a stranger's file": writes((fact) => {
    if (fact.kind !== "targets-surveyed") return [fact];
    return [{ ...fact, surveyed: { kind: "clear" } }];
  }, true),

  "opens a gate by itself": writes((fact) => {
    if (fact.kind !== "subject-frozen") return [fact];
    const by = { name: "slipway", authenticated: false };
    return [
      fact,
      ...["one", "two"].map((name): Fact => ({ kind: "gate-approved", gate: fact.gate, digest: fact.digest, by: { ...by, name } })),
    ];
  }, true),

  "says that something is on the disk before it is": {
    runtime: (own, { state }): Runtime => {
      let held: readonly Fact[] = [];
      return {
        ...own,
        commit(facts, answered) {
          const late = held;
          held = facts;
          if (late.length > 0 || answered.length > 0) own.commit(late, answered);
          return numbered(state, facts, own);
        },
      };
    },
  },

  "lets two processes drive": { ignoreLock: true },
};
