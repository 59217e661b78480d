// Where a run stands when nothing more is under way: what a person is told, and what the exit status says.
import { isGateWaiting } from "./gates.ts";
import { conflictStep, movedAboveLine, waitsForPerson, type Progress } from "./progress.ts";
import { effectsOf, type RunState, type StepState } from "./state.ts";

/** In order of weight: the first that holds is the standing. */
export type Standing =
  | { readonly kind: "closed"; readonly result: "complete" | "cancelled" | "rejected" | "superseded" }
  | { readonly kind: "conflict"; readonly step: string }
  | { readonly kind: "moved" }
  | { readonly kind: "blocked" }
  | { readonly kind: "unresolved"; readonly steps: readonly string[] }
  | { readonly kind: "failed"; readonly steps: readonly string[] }
  | {
      readonly kind: "waiting";
      readonly gates: readonly string[];
      readonly questions: readonly string[];
      /** Steps with an effect that somebody elsewhere is to make final, such as by a merge; absent: none. */
      readonly elsewhere?: readonly string[];
    }
  | { readonly kind: "working" };

export function standingOf(state: RunState, progress: Progress): Standing {
  if (state.closed !== undefined) return { kind: "closed", result: state.closed.result };
  const conflict = conflictStep(state);
  if (conflict !== undefined) return { kind: "conflict", step: conflict };
  if (movedAboveLine(state)) return { kind: "moved" };
  if (state.preflight?.passed === false) return { kind: "blocked" };
  const failed = [...state.steps.values()].filter((step) => step.phase === "failed");
  return (
    standingOfFailed(failed.filter((step) => !progress.over.has(step.id))) ??
    standingOfWaiting(state, progress) ??
    standingOfOptional(failed)
  );
}

function standingOfFailed(failed: readonly StepState[]): Standing | undefined {
  const unresolved = failed.filter(isInDoubt);
  if (unresolved.length > 0) return { kind: "unresolved", steps: unresolved.map((step) => step.id) };
  return failed.length > 0 ? { kind: "failed", steps: failed.map((step) => step.id) } : undefined;
}

function standingOfWaiting(state: RunState, progress: Progress): Standing | undefined {
  const gates = [...state.gates.keys()].filter((gate) => isGateWaiting(state, gate, progress));
  const questions = [...state.steps.values()]
    .filter((step) => step.question !== undefined && step.phase === "pending")
    .map((step) => step.id);
  const elsewhere = [...state.steps.values()]
    .filter((step) => step.phase === "running" && effectsOf(step).some(waitsForPerson))
    .map((step) => step.id);
  if (gates.length + questions.length + elsewhere.length === 0) return undefined;
  return { kind: "waiting", gates, questions, ...(elsewhere.length === 0 ? {} : { elsewhere }) };
}

/** What an optional step left in doubt is told at the end: it holds nothing up, but a run that ends early names it. */
function standingOfOptional(failed: readonly StepState[]): Standing {
  const unresolved = failed.filter(isInDoubt);
  return unresolved.length > 0 ? { kind: "unresolved", steps: unresolved.map((step) => step.id) } : { kind: "working" };
}

/** Something of the step was sent, and nothing says yet what became of it. */
export function isInDoubt(step: StepState): boolean {
  return effectsOf(step).some((effect) => effect.open);
}
