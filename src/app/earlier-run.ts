// The run of the same release that is over already: what it made public is never built again (DESIGN §1.4), and what it
// finished is not done twice. `slipway run` after a complete release has nothing to do; after a cancel or a rejection it
// begins anew with the bytes that are public.
import type { Plan } from "../domain/plan/plan.ts";
import { effectsOf, fold, type RunState } from "../domain/run/state.ts";
import type { Journal } from "../engine/journal/journal.ts";
import type { Sha256 } from "../domain/digest.ts";

/** How many runs are looked through for one of the same release. */
const runsMax = 1_000;

export type Earlier =
  | { readonly kind: "none" }
  /** This very plan was carried out to its end. */
  | { readonly kind: "complete"; readonly run: RunState }
  /** Something of the release was sent: its bytes are the release's, whatever became of the run. */
  | { readonly kind: "sent"; readonly run: RunState };

/** @param digest of the plan */
export function findEarlier(journal: Journal, plan: Plan, digest: Sha256): Earlier {
  for (const summary of journal.runs(runsMax)) {
    if (!summary.closed || summary.title !== plan.release.title) continue;
    const run = fold(journal.read(summary.run));
    // A superseded run lives on in its successor, which is newer.
    if (run.closed?.result === "superseded" || !isSameRelease(run.plan, plan)) continue;
    if (run.closed?.result === "complete" && run.planDigest === digest) return { kind: "complete", run };
    if (isSent(run)) return { kind: "sent", run };
  }
  return { kind: "none" };
}

/**
 * The same packages in the same versions, made from the same commit by the same pipeline. Another pipeline of the file has
 * steps of its own: what it made public is found at its place, where every step looks before it sends (S4).
 */
function isSameRelease(one: Plan, other: Plan): boolean {
  const packagesOf = (plan: Plan): string => JSON.stringify(plan.packages.map(({ name, version }) => [name, version]));
  const isSamePipeline = one.pipeline === other.pipeline;
  return isSamePipeline && one.source.commit === other.source.commit && packagesOf(one) === packagesOf(other);
}

function isSent(run: RunState): boolean {
  return [...run.steps.values()].some((step) => effectsOf(step).some((effect) => effect.evidence !== undefined || effect.open));
}
