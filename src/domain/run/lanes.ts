// What a target's "not now" to one send means for the others. A registry that takes so many uploads in a while (protocols §4.1)
// would refuse each of them in its turn; so that a hundred do not knock at every minute that one is let in, those of the same
// lane wait until then, and go one by one.
import type { Effect } from "./effect.ts";
import type { EffectState } from "./state.ts";

export interface SlowLane {
  /** Until then the target takes nothing of it; absolute. */
  readonly heldUntilMs: number;
  /** Key of the effect whose turn it is; undefined: all that may be sent are. */
  readonly next: string | undefined;
}

export function laneOf({ target, lane }: Pick<Effect, "target" | "lane">): string {
  return `${target}\0${lane ?? ""}`;
}

/** The lanes in which something was put off that is not there yet, by `laneOf`. */
export function slowLanes(effects: ReadonlyMap<string, EffectState>): ReadonlyMap<string, SlowLane> {
  const lanes = new Map<string, SlowLane>();
  for (const { effect, putOff, evidence, reply } of effects.values()) {
    if (putOff === 0 || evidence !== undefined) continue;
    const lane = laneOf(effect);
    const heldUntilMs = Math.max(lanes.get(lane)?.heldUntilMs ?? 0, reply?.kind === "later" ? reply.atMs : 0);
    lanes.set(lane, { heldUntilMs, next: undefined });
  }
  if (lanes.size === 0) return lanes;
  for (const state of effects.values()) {
    const lane = lanes.get(laneOf(state.effect));
    if (lane === undefined || lane.next !== undefined || !awaitsSending(state)) continue;
    if (!state.effect.after.every((before) => effects.get(before)?.evidence !== undefined)) continue;
    lanes.set(laneOf(state.effect), { ...lane, next: state.effect.key });
  }
  return lanes;
}

/** Nothing of it is on its way, and nobody saw it there. */
export function awaitsSending({ evidence, open, observed }: EffectState): boolean {
  if (evidence !== undefined || open) return false;
  return observed === undefined || observed.observation.kind === "absent" || observed.observation.kind === "damaged";
}
