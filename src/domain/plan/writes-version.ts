// Which steps write the version into the source, so that manifests still say another one at the pinned commit: `bump`, and
// any that keeps files, since a command of the project's own may be what bumps (S2.3, S4.1).
import type { PipelineConfiguration } from "../configuration.ts";
import { ancestors } from "./order.ts";
import { catalogueName, type Plan, type PlannedStep } from "./plan.ts";

/** Whether a step of the pipeline may write the version. */
export function mayWriteVersion({ entries }: Pick<PipelineConfiguration, "entries">): boolean {
  return stepsOf(entries).some(({ uses, keep }) => uses === "bump" || keep.length > 0);
}

/** Whether a step of the pipeline is there to write the version. */
export function writesVersion({ entries }: Pick<PipelineConfiguration, "entries">): boolean {
  return stepsOf(entries).some(({ uses }) => uses === "bump");
}

/** Whether a step above this one, at any distance, may write the version: then only the head can be held against the plan. */
export function isVersionWrittenAbove({ steps }: Pick<Plan, "steps">, step: Pick<PlannedStep, "waitsFor">): boolean {
  const above = ancestors(steps, step.waitsFor);
  return steps.some(
    (one) => (above.has(one.id) || step.waitsFor.includes(one.id)) && (catalogueName(one) === "bump" || one.keep.length > 0),
  );
}

function stepsOf(entries: PipelineConfiguration["entries"]): readonly { readonly uses: string; readonly keep: readonly string[] }[] {
  return entries.flatMap((entry) => (entry.kind === "step" ? [entry.step] : entry.steps));
}
