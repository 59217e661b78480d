// Use case: compute the plan of the release that this commit would be. Read only, and quick: it is asked all the time.
import { mayBeVouchedFor } from "../domain/plan/vouched.ts";
import type { Configuration, PipelineConfiguration } from "../domain/configuration.ts";
import { assemble } from "../domain/plan/assemble.ts";
import { couldGoEarlier } from "../domain/plan/exposure.ts";
import { digestPlan, type Plan } from "../domain/plan/plan.ts";
import type { Sha256 } from "../domain/digest.ts";
import { SlipwayError } from "../domain/error.ts";
import { commitSource } from "./packages/commit-source.ts";
import { findPackages } from "./packages/packages.ts";
import { openProject, type Project } from "./project.ts";
import { findCarried } from "./carried.ts";
import { withEarlyTags } from "./early-tags.ts";
import { planForge } from "./forges.ts";
import type { Step } from "../steps/step.ts";
import { readInputs } from "./inputs.ts";
import type { Around, Asked } from "./asked.ts";
import { choosePipeline, chooseRelease, needsHistory, plannedSource, type Release } from "./release.ts";
import type { SourceLook } from "../platform/ports.ts";
import type { World } from "./world.ts";

export interface PlannedRun {
  readonly project: Project;
  readonly plan: Plan;
  readonly digest: Sha256;
  /** The tag that the plan is pinned to is not made yet. */
  readonly tagAssumed: boolean;
  /** What a person should know and the plan does not hold. */
  readonly notices: readonly string[];
}

/** @throws SlipwayError what `openProject` and `chooseRelease` throw, PLAN_INVALID and NOT_YET with all problems */
export async function planRelease(world: World, asked: Asked): Promise<PlannedRun> {
  const project = await openProject(world);
  return planProject(world, project, asked);
}

export async function planProject(world: World, project: Project, asked: Asked): Promise<PlannedRun> {
  const { configuration } = project;
  const look = await lookAtTag(world, project, asked);
  const release = chooseRelease(configuration, await lookAround(world, configuration, { look, asked }), asked);
  if (!asked.mayAssumeTag && release.trigger === "dispatch") refuseOtherBranch(release.pipeline, look.branch);
  // An unfinished run has taken its files already, whatever became of them since.
  const carried = asked.carried ?? (await findCarried(world, look.root, configuration));
  const { describeStep, knownRegistries, stepNamed } = await import("./vocabulary.ts");
  const assembled = assemble({
    configuration,
    pipeline: release.pipeline,
    source: plannedSource(configuration, { commit: look.commit, epochSeconds: look.epochSeconds, carried }, release),
    trigger: release.trigger,
    inputs: release.inputs,
    path: release.path,
    packages: release.packages,
    release: release.release,
    forge: usesForge(release.pipeline, stepNamed) || mayBeVouchedFor(configuration) ? await planForge(configuration, look) : undefined,
    knownRegistries,
    describe: describeStep,
  });
  if (assembled.kind === "invalid") {
    const [first] = assembled.problems;
    throw new SlipwayError(first?.code ?? "PLAN_INVALID", first?.message ?? "Cannot plan", {
      ...(first?.hint === undefined ? {} : { hint: first.hint }),
      problems: assembled.problems,
    });
  }
  const { plan } = assembled;
  return {
    project,
    plan,
    digest: digestPlan(plan, world.sha256OfText),
    tagAssumed: release.tagAssumed,
    notices: noticesOf({ ...project, look }, release, plan),
  };
}

/** Packages, tags and, where the version is counted from them, the commits since the last release. */
async function lookAround(
  world: World,
  configuration: Configuration,
  { look, asked }: { readonly look: SourceLook; readonly asked: Asked },
): Promise<Around> {
  // Where history is needed whatever the packages are, it is asked for beside them.
  const git = needsHistory(configuration, asked, { packages: [] }) ? withEarlyTags(world.git, look.root) : world.git;
  const around = {
    packages: await findPackages(configuration, commitSource(git, look, configuration)),
    tagsHere: look.tagsHere,
    shallow: look.shallow,
  };
  if (!needsHistory(configuration, asked, around)) return around;
  const { readHistories } = await import("./release-history.ts");
  const without = asked.begun?.tags ?? [];
  return { ...around, histories: await readHistories(git, { configuration, packages: around.packages, at: look, without }) };
}

function usesForge({ entries }: PipelineConfiguration, stepNamed: (name: string) => Step | undefined): boolean {
  const steps = entries.flatMap((entry) => (entry.kind === "step" ? [entry.step] : entry.steps));
  return steps.some(({ uses }) => stepNamed(uses)?.usesForge !== undefined);
}

/** A pipeline that is given a tag releases that tag's commit, whatever is checked out. @throws SlipwayError PLAN_INVALID */
async function lookAtTag(world: World, { configuration, look }: Project, asked: Asked): Promise<SourceLook> {
  const { tag: name } = readInputs(choosePipeline(configuration, asked.pipeline), asked);
  if (name === undefined) return look;
  const [tag, at] = await Promise.all([world.git.tag(look.root, name), world.git.commitAt(look.root, `refs/tags/${name}`)]);
  if (tag === undefined || at === undefined) {
    throw new SlipwayError("PLAN_INVALID", `Cannot plan the release of tag "${name}": there is no such tag in this clone`, {
      hint: `Fetch it: git fetch origin tag ${name}`,
    });
  }
  return { ...look, ...at, tagsHere: [tag] };
}

/** A person may start the pipeline from the branches that it names, and from no other. */
function refuseOtherBranch(pipeline: Release["pipeline"], branch: string | undefined): void {
  const refs = pipeline.on.flatMap((trigger) => (trigger.kind === "dispatch" ? [trigger.ref] : []));
  if (refs.length === 0 || refs.includes("any") || (branch !== undefined && refs.includes(branch))) return;
  const here = branch === undefined ? "no branch is checked out" : `this is "${branch}"`;
  throw new SlipwayError(
    "POLICY_REFUSED",
    `Cannot run: pipeline "${pipeline.name}" may be started from "${refs.join('" or "')}", and ${here}`,
    {
      hint: `Check out ${refs[0]}, then run the same command again`,
    },
  );
}

function noticesOf(project: Project, { tagAssumed, versionAssumed }: Release, plan: Plan): readonly string[] {
  const { look } = project;
  const carried = new Set(plan.source.carried?.map((one) => one.path));
  const others = look.dirty.filter((file) => file !== "slipway.yaml" && !carried.has(file));
  return [
    ...(versionAssumed === undefined
      ? []
      : [`Version ${versionAssumed.version} is assumed, as ${versionAssumed.from}; name another with \`slipway rehearse VERSION\``]),
    ...couldGoEarlier(plan).map(
      ({ step, behind }) =>
        `Step "${step}" can be taken back and stands behind ${behind.map((id) => `"${id}"`).join(", ")}: above, its failure would leave nothing public`,
    ),
    ...(tagAssumed ? [`Tag ${plan.source.tag} is not made yet: this is the plan of the run that it will start`] : []),
    ...(project.configurationDirty ? ["slipway.yaml differs from the commit: commit it before `slipway run`"] : []),
    ...(carried.size > 0
      ? [
          `${carried.size} uncommitted ${carried.size === 1 ? "file is" : "files are"} taken into the release: ${[...carried].slice(0, 5).join(", ")}`,
        ]
      : []),
    ...(others.length > 0
      ? [
          `${others.length} uncommitted ${others.length === 1 ? "change is" : "changes are"} not part of the release: it is made from commit ${look.commit.slice(0, 10)}`,
        ]
      : []),
  ];
}
