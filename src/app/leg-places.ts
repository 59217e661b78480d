// Where the legs of a plan are built, as seen from this machine: what a plan's reader wants to know and the plan must not
// hold, since the same inputs give the same digest everywhere.
import { explainNoPlace, hostsFor } from "../domain/platform.ts";
import type { Plan } from "../domain/plan/plan.ts";
import { isImportable } from "../domain/run/imports.ts";
import { openRuns, unfinishedRun } from "./open-runs.ts";
import type { PlannedRun } from "./plan-release.ts";
import { projectFolders } from "./run-folder.ts";
import type { World } from "./world.ts";

/** Sentences for people; none for a plan whose legs are all at home here. */
export async function legNotices(world: World, { plan, digest, project }: PlannedRun): Promise<readonly string[]> {
  const elsewhere = plan.steps.filter(({ leg }) => explainNoPlace(leg?.["platform"], world.host) !== undefined);
  if (elsewhere.length === 0) return [];
  // Whoever only looks leaves no journal behind.
  const hasRuns = (await world.files.info(projectFolders(project.folder).journal)) !== undefined;
  const imports = hasRuns ? importsOf(world, project, digest) : new Map<string, string>();
  const waiting = elsewhere.filter(({ id }) => !imports.has(id));
  return [...waiting.map((step) => noticeOf(step, world.host)), ...imports.values()];
}

function noticeOf(step: Plan["steps"][number], host: string): string {
  const platform = step.leg?.["platform"] ?? "";
  const needs = `"${step.id}" needs a machine that is ${hostsFor(platform).join(" or ")}, and this one is ${host}`;
  if (!isImportable(step)) return needs;
  return `${needs}: unless preflight finds that it can be cross-compiled here, bring it in with \`slipway import FILE... --platform ${platform}\``;
}

/** Legs of the unfinished run of this very plan that were made elsewhere. */
function importsOf(world: World, project: PlannedRun["project"], digest: string): ReadonlyMap<string, string> {
  const runs = openRuns(world, project);
  try {
    const open = unfinishedRun(runs.journal);
    if (open === undefined || open.planDigest !== digest) return new Map();
    return new Map(
      [...open.steps.values()].flatMap(({ id, imported }) =>
        imported === undefined
          ? []
          : [
              [
                id,
                `"${id}" was made elsewhere, on the word of ${imported.by.name} (${imported.by.authenticated ? "" : "not "}authenticated): ${imported.reason}`,
              ] as const,
            ],
      ),
    );
  } finally {
    runs.journal.close();
  }
}
