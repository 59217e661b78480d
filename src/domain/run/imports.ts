// Artifacts of a leg that were made elsewhere: whether a run may take them where it stands (DESIGN §2). Pure; which leg a
// file belongs to was judged before, by the step that would have made it.
import type { Artifact } from "../artifact.ts";
import { compareWithExpected } from "../artifact.ts";
import { stepOf, type PlannedStep } from "../plan/plan.ts";
import type { RunState, StepState } from "./state.ts";

export interface ImportedLeg {
  /** Id of the step with its leg. */
  readonly step: string;
  readonly artifacts: readonly Artifact[];
}

/** Steps that can be filled from elsewhere: work of one platform that makes something. */
export function isImportable(step: PlannedStep): boolean {
  return step.kind === "work" && step.makes.length > 0 && step.leg?.["platform"] !== undefined;
}

/** Why a run cannot take what was made for one of its legs, to follow "Cannot import: "; undefined: it can. */
export function refuseImport(state: RunState, leg: ImportedLeg): string | undefined {
  const planned = stepOf(state.plan, leg.step);
  const found = state.steps.get(leg.step);
  if (planned === undefined || found === undefined || !isImportable(planned))
    return `the plan has no leg "${leg.step}" that makes something`;
  if (found.phase === "done") return `"${leg.step}" is done already, with ${namesOf(found.artifacts)}`;
  if (found.phase === "running") return `"${leg.step}" is being worked on`;
  const deviations = compareWithExpected(planned.makes, leg.artifacts);
  if (deviations.length > 0) return `"${leg.step}" wants other files: ${deviations.join("; ")}`;
  const names = new Set(leg.artifacts.map(({ name }) => name));
  const other = [...state.steps.values()].find((step) => step.id !== leg.step && artifactsOf(step).some(({ name }) => names.has(name)));
  if (other !== undefined) return `"${other.id}" has a file of the same name as "${leg.step}": ${namesOf(artifactsOf(other))}`;
  return undefined;
}

/** What a step made, or has from elsewhere. */
function artifactsOf(step: StepState): readonly Artifact[] {
  return step.phase === "done" ? step.artifacts : (step.imported?.artifacts ?? []);
}

function namesOf(artifacts: readonly Artifact[]): string {
  return artifacts.map(({ name }) => `"${name}"`).join(", ");
}
