// Where the legs of a plan are built, as seen from this machine: what a plan's reader wants to know and the plan must not
// hold, since the same inputs give the same digest everywhere.
import { hostsFor } from "../domain/platform.ts";
import { environmentOf, type Plan, type PlannedStep } from "../domain/plan/plan.ts";
import { isImportable } from "../domain/run/imports.ts";
import { builtIn } from "./built-in.ts";
import { openRuns, unfinishedRun } from "./open-runs.ts";
import type { PlannedRun } from "./plan-release.ts";
import { projectFolders } from "./run-folder.ts";
import type { World } from "./world.ts";

/** Sentences for people; none for a plan whose legs are all at home here. */
export async function legNotices(world: World, { plan, digest, project }: PlannedRun): Promise<readonly string[]> {
  const elsewhere = stepsElsewhere(plan, world.host);
  if (elsewhere.length === 0) return [];
  // Whoever only looks leaves no journal behind.
  const hasRuns = (await world.files.info(projectFolders(project.folder).journal)) !== undefined;
  const imports = hasRuns ? importsOf(world, project, digest) : new Map<string, string>();
  const waiting = elsewhere.filter(({ id }) => !imports.has(id));
  return [...placeNotices(waiting, world.host), ...imports.values()];
}

/** Legs whose own kind of machine is another one; what can be done on any machine has a place here. */
export function stepsElsewhere(plan: Plan, host: string): readonly PlannedStep[] {
  return plan.steps.filter((step) => {
    const environment = environmentOf(plan, step);
    const around = environment === undefined ? {} : { environment };
    const { platforms } = builtIn(step).asks({ input: step.input, leg: step.leg ?? {}, packages: plan.packages, ...around });
    return platforms.length > 0 && !platforms.includes(host);
  });
}

/** One sentence for the legs of one step that need the same machine. */
export function placeNotices(steps: readonly PlannedStep[], host: string): readonly string[] {
  const groups = Map.groupBy(steps, (step) => `${step.id.replace(/\[.*$/, "")} ${step.leg?.["platform"] ?? ""}`);
  return [...groups.values()].map((group) => noticeOf(group, host));
}

function noticeOf(group: readonly PlannedStep[], host: string): string {
  const [first] = group;
  const platform = first?.leg?.["platform"] ?? "";
  const [what, are, them] = group.length === 1 ? ["", "is", "it"] : [` and ${group.length - 1} more`, "are", "them"];
  const needs = `"${first?.id}"${what} ${are} done on ${hostsFor(platform).join(" or ")}, and this machine is ${host}`;
  if (first?.optional === true) return `${needs}: done here, the release goes on without ${them} and says so`;
  if (first === undefined || !isImportable(first))
    return `${needs}: a run waits for such a machine, a rehearsal leaves ${them} out and is partial`;
  return (
    `${needs}: unless preflight finds that it can be made here all the same, a run waits for \`slipway import FILE... --platform ${platform}\`, ` +
    `and a rehearsal leaves it out and is partial, or takes it by \`--import FILE...\``
  );
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
