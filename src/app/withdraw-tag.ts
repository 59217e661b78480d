// Use case: `slipway withdraw`. Takes a mistaken tag, and its release page where there is one, back from remote and forge,
// as long as nothing of the release is where it has to stay. It is a plan of one step, carried out by the same engine:
// looked at before and after, and never anything that somebody else made.
import path from "node:path";
import type { Configuration, PipelineConfiguration, StepConfiguration } from "../domain/configuration.ts";
import { SlipwayError } from "../domain/error.ts";
import { assemble } from "../domain/plan/assemble.ts";
import type { Plan, PlannedPackage } from "../domain/plan/plan.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import { matchTag } from "../domain/version/tag.ts";
import { driveRun, openRun, type RunObserver } from "./drive-run.ts";
import { planForge } from "./forges.ts";
import { openRuns, takeDriver } from "./open-runs.ts";
import { commitReader, findPackages, tagLister } from "./packages.ts";
import { openProject, type Project } from "./project.ts";
import { patternOf } from "./release-tag.ts";
import { report, type Report } from "./report.ts";
import { projectFolders, runFolders } from "./run-folder.ts";
import type { World } from "./world.ts";

export interface WithdrawOptions {
  readonly tag: string;
  /** The version, said again by whoever means it. */
  readonly confirm: string | undefined;
  /** The release page as well. */
  readonly page: boolean;
  readonly observer: RunObserver;
}

/** @throws SlipwayError USAGE without the version as confirmation, PLAN_INVALID for a tag of no package, RUN_LOCKED */
export async function withdrawTag(world: World, options: WithdrawOptions): Promise<Report> {
  const project = await openProject(world);
  const one = await packageOf(world, project, options.tag);
  if (options.confirm !== one.version) {
    throw new SlipwayError("USAGE", `Cannot withdraw ${options.tag} without its version as confirmation`, {
      hint: `slipway withdraw ${options.tag}${options.page ? " --page" : ""} --confirm ${one.version}`,
    });
  }
  const runs = openRuns(world, project);
  const lock = takeDriver(world, runs.folders);
  try {
    return await withdraw(world, project, {
      plan: await planWithdrawal(world, project, { one, page: options.page }),
      observer: options.observer,
    });
  } finally {
    runs.journal.close();
    lock.release();
  }
}

async function packageOf(world: World, { configuration, look }: Project, tag: string): Promise<PlannedPackage> {
  const packages = await findPackages(configuration, commitReader(world.git, look.root, look.commit), tagLister(world.git, look.root));
  for (const one of packages.filter(({ configuration: { tag: pattern } }) => pattern !== undefined)) {
    const matched = matchTag(patternOf(one), tag, schemeOf(one.ecosystem));
    if (matched.kind !== "final" && matched.kind !== "prerelease") continue;
    const { id, path: folder } = one.configuration;
    return { id, ecosystem: one.ecosystem, name: one.name, folder, version: matched.version.normal, tag };
  }
  const patterns = configuration.packages.flatMap((one) => one.tag ?? []).join(", ");
  throw new SlipwayError("PLAN_INVALID", `Cannot withdraw "${tag}": it is no release tag of this project`, {
    hint: `Release tags: ${patterns === "" ? "none" : patterns}`,
  });
}

async function planWithdrawal(
  world: World,
  { configuration, look }: Project,
  { one, page }: Pick<WithdrawOptions, "page"> & { readonly one: PlannedPackage },
): Promise<Plan> {
  const { describeStep, knownRegistries } = await import("./vocabulary.ts");
  const { commit, epochSeconds } = look;
  const assembled = assemble({
    configuration: plainly(configuration),
    pipeline: pipelineOf(page ? ["forge-release", "tag"] : ["tag"]),
    source: { commit, epochSeconds, moved: "stop" },
    trigger: "dispatch",
    inputs: {},
    path: undefined,
    packages: [one],
    release: { title: `${one.name} ${one.version}`, prerelease: false },
    forge: page ? await planForge(configuration, look) : undefined,
    knownRegistries,
    describe: describeStep,
  });
  if (assembled.kind === "assembled") return assembled.plan;
  const [first] = assembled.problems;
  throw new SlipwayError(first?.code ?? "PLAN_INVALID", first?.message ?? "Cannot plan", { problems: assembled.problems });
}

/** What the file asks of a release is none of this one's business. */
function plainly({ tracker: _tracker, logs: _logs, ...configuration }: Configuration): Configuration {
  return { ...configuration, source: { moved: "stop", carry: [] }, version: { from: "manifest" } };
}

function pipelineOf(of: readonly string[]): PipelineConfiguration {
  const step: StepConfiguration = {
    name: "withdraw",
    uses: "withdraw",
    with: { of },
    when: [],
    retry: 0,
    optional: false,
    keep: [],
    path: [],
  };
  return { name: "withdraw", on: [], inputs: [], entries: [{ kind: "step", step }] };
}

async function withdraw(world: World, project: Project, doing: { readonly plan: Plan; readonly observer: RunObserver }): Promise<Report> {
  const { plan, observer } = doing;
  const journal = world.forgetfulJournal();
  const by = world.person(project.look.person);
  const run = openRun({ world, journal }, { plan, mode: "run", by });
  const folders = runFolders(path.join(project.folder, "withdrawn"), run);
  const registries = await world.realRegistries();
  const forges = await world.realForges();
  try {
    const workshop = {
      plan,
      folders,
      store: world.openStore(projectFolders(project.folder).store),
      registries,
      preflightRegistries: registries,
      source: { look: () => Promise.resolve({ kind: "same" as const }) },
      repository: project.look.root,
      forges,
      preflightForges: forges,
      filesFolder: undefined,
      rehearsalFolder: undefined,
      identity: project.look.person,
      tagAssumed: false,
      candidateTried: () => true,
      configurationIs: "committed" as const,
    };
    const { drove, state } = await driveRun(
      { world, journal, configuration: project.configuration, workshop, observer, waitForPeople: false },
      run,
      by,
    );
    const ended = report(state, drove);
    const tag = plan.packages[0]?.tag ?? "";
    return ended.exitCode === 0
      ? { ...ended, sentence: `${tag} is withdrawn`, hint: `Your own copy of the tag is yours to remove: git tag --delete ${tag}` }
      : ended;
  } finally {
    await world.files.remove(folders.root);
  }
}
