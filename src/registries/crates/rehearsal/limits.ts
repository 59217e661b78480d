// The rate limits of the public registry, by this registry's own clock: a bucket of tries for each kind of call, filled up
// slowly. Everybody is one user here. Source: protocols §4.1; the figures stand in domain/crates/pacing.ts.
import { cratesBuckets, type PacedKind } from "../../../domain/crates/pacing.ts";
import { laterReply, type Reply } from "./replies.ts";
import type { RegistryState } from "./state.ts";

const words: Readonly<Record<PacedKind, string>> = {
  "new-crate": "You have published too many new crates in a short period of time.",
  "new-version": "You have published too many updates to existing crates in a short period of time.",
  yank: "You have yanked too many versions in a short period of time.",
};

/** Takes one try. @returns the answer that it is too many, and the state with the try taken */
export function takeTry(state: RegistryState, kind: PacedKind, nowMs: number): { readonly state: RegistryState; readonly later?: Reply } {
  const { burst, everyMs } = cratesBuckets[kind];
  const bucket = state.buckets[kind] ?? { tries: burst, filledMs: nowMs };
  const passed = Math.max(0, Math.floor((nowMs - bucket.filledMs) / everyMs));
  const tries = Math.min(burst, bucket.tries + passed);
  // A full bucket begins to fill again when the first try is taken out of it.
  const filledMs = tries === burst ? nowMs : bucket.filledMs + passed * everyMs;
  if (tries < 1) return { state, later: laterReply(words[kind], filledMs + everyMs) };
  return { state: { ...state, buckets: { ...state.buckets, [kind]: { tries: tries - 1, filledMs } } } };
}
