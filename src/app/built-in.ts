// The built-in step behind a planned one. A plan names kind and revision, so that another Slipway never does other work
// under the same name.
import { SlipwayError } from "../domain/error.ts";
import { catalogueName, type PlannedStep } from "../domain/plan/plan.ts";
import type { Step } from "../steps/step.ts";
import { stepNamed } from "./vocabulary.ts";

/** @throws SlipwayError NOT_YET when this Slipway has another revision, or none */
export function builtIn(step: PlannedStep): Step {
  const found = stepNamed(catalogueName(step));
  if (found === undefined || `${found.name}@${found.revision}` !== step.uses) {
    throw new SlipwayError(
      "NOT_YET",
      `Cannot run step "${step.id}": the plan wants "${step.uses}", and this Slipway has ${found === undefined ? "none" : `"${found.name}@${found.revision}"`}`,
      {
        hint: "Finish the run with the Slipway that began it",
      },
    );
  }
  return found;
}
