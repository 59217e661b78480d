// Use case: `slipway withdraw`. Takes mistaken tags, and their release pages where there are any, back from remote and forge,
// as long as nothing of the release is where it has to stay. It is a plan of one step, carried out by the same engine:
// looked at before and after, and never anything that somebody else made.
import type { Configuration, PipelineConfiguration, StepConfiguration } from "../domain/configuration.ts";
import { SlipwayError } from "../domain/error.ts";
import { assemble } from "../domain/plan/assemble.ts";
import type { Plan, PlannedPackage } from "../domain/plan/plan.ts";
import { refWords, releaseTagsOf } from "../domain/release-tags.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import { matchTag } from "../domain/version/tag.ts";
import { joinWords } from "../domain/words.ts";
import { runAlone } from "./alone.ts";
import type { RunObserver } from "./drive-run.ts";
import { planForge } from "./forges.ts";
import { openRuns, takeDriver } from "./open-runs.ts";
import { commitSource } from "./packages/commit-source.ts";
import type { FoundPackage } from "./packages/found.ts";
import { findPackages } from "./packages/packages.ts";
import { openProject, type Project } from "./project.ts";
import { patternOf } from "./release-tag.ts";
import { report, type Report } from "./report.ts";
import { wholeRelease, withdrawEnvironment, type WholeRelease } from "./withdraw-release.ts";
import type { World } from "./world.ts";

export interface WithdrawOptions {
  /** At least one. */
  readonly tags: readonly string[];
  /** The version of each tag, with commas between, said again by whoever means it. */
  readonly confirm: string | undefined;
  /** The release pages as well. */
  readonly page: boolean;
  /** All of the release: also what its registries hold, as far as each can take it back. */
  readonly everything: boolean;
  /** For those who use it; needed for everything. */
  readonly reason: string | undefined;
  readonly observer: RunObserver;
}

/** @throws SlipwayError USAGE without the versions as confirmation, or without a reason for everything, PLAN_INVALID for a tag of no package, RUN_LOCKED */
export async function withdrawTag(world: World, options: WithdrawOptions): Promise<Report> {
  const project = await openProject(world);
  const tags = [...new Set(options.tags)];
  const tagged = await packagesOf(world, project, tags);
  const versions = tagged.map(({ version }) => version).join(",");
  if (options.confirm !== versions) {
    const whose = tags.length > 1 ? "their versions" : "its version";
    throw new SlipwayError("USAGE", `Cannot withdraw ${refWords(tags)} without ${whose} as confirmation`, {
      hint: joinWords(["slipway", "withdraw", ...tags, ...optionWords(options), "--confirm", versions]),
    });
  }
  if (options.everything && (options.reason ?? "") === "") {
    throw new SlipwayError("USAGE", `Cannot withdraw ${refWords(tags)} from the registries without a reason`, {
      hint: joinWords(["slipway", "withdraw", ...tags, "--everything", "--confirm", versions, "--reason", "broken on Python 3.12"]),
    });
  }
  const whole = options.everything ? await wholeRelease(world, project, tagged) : undefined;
  const runs = openRuns(world, project);
  const lock = takeDriver(world, runs.folders);
  try {
    return await withdraw(world, project, {
      plan: await planWithdrawal(world, project, { tagged, page: options.page, whole, reason: options.reason }),
      observer: options.observer,
    });
  } finally {
    runs.journal.close();
    lock.release();
  }
}

function optionWords({ page, everything, reason }: WithdrawOptions): readonly string[] {
  return [
    ...(page ? ["--page"] : []),
    ...(everything ? ["--everything"] : []),
    ...(everything && reason !== undefined ? ["--reason", reason] : []),
  ];
}

/** The package and version that each tag is of, in the order of the tags. */
async function packagesOf(world: World, { configuration, look }: Project, tags: readonly string[]): Promise<readonly PlannedPackage[]> {
  const found = await findPackages(configuration, commitSource(world.git, look, configuration));
  return tags.map((tag) => packageOf(configuration, found, tag));
}

function packageOf(configuration: Configuration, found: readonly FoundPackage[], tag: string): PlannedPackage {
  for (const one of found.filter(({ configuration: { tag: pattern } }) => pattern !== undefined)) {
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
  wanted: Pick<WithdrawOptions, "page" | "reason"> & {
    readonly tagged: readonly PlannedPackage[];
    readonly whole: WholeRelease | undefined;
  },
): Promise<Plan> {
  const { tagged, page, whole, reason } = wanted;
  const packages = whole?.packages ?? tagged;
  const planned = await planForge(configuration, look);
  const forge = page || (whole !== undefined && planned !== undefined) ? planned : undefined;
  const usesPage = page || forge !== undefined;
  const of = [...(usesPage ? ["forge-release"] : []), ...(whole === undefined ? [] : ["published"]), "tag"];
  const { describeStep, knownRegistries } = await import("./vocabulary.ts");
  const { commit, epochSeconds } = look;
  const assembled = assemble({
    configuration: plainly(whole === undefined ? configuration : { ...configuration, environments: whole.environments }),
    pipeline: pipelineOf({ of, ...(whole === undefined ? {} : { reason }) }, whole === undefined ? undefined : withdrawEnvironment),
    source: { commit, epochSeconds, moved: "stop" },
    trigger: "dispatch",
    inputs: {},
    path: undefined,
    packages,
    release: { title: tagged.map(({ name, version }) => `${name} ${version}`).join(", "), prerelease: false },
    forge,
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

function pipelineOf(
  given: { readonly of: readonly string[]; readonly reason?: string | undefined },
  environment: string | undefined,
): PipelineConfiguration {
  const { of, reason } = given;
  const step: StepConfiguration = {
    name: "withdraw",
    uses: "withdraw",
    with: { of, ...(reason === undefined ? {} : { reason }) },
    ...(environment === undefined ? {} : { environment }),
    when: [],
    retry: 0,
    optional: false,
    keep: [],
    path: [],
  };
  return { name: "withdraw", on: [], inputs: [], entries: [{ kind: "step", step }] };
}

async function withdraw(world: World, project: Project, doing: { readonly plan: Plan; readonly observer: RunObserver }): Promise<Report> {
  const alone = { ...doing, place: "withdrawn", tagAssumed: false, keepsLogs: false } as const;
  const { drove, state } = await runAlone(world, project, alone);
  const ended = report(state, drove);
  if (ended.code === "DECISION_NEEDED") return { ...ended, hint: byPersonHint };
  return ended.exitCode === 0 ? { ...ended, ...goneWords(releaseTagsOf(doing.plan.packages)) } : ended;
}

const byPersonHint = "Do that there, then run the same command again: it looks whether it is so";

function goneWords(tags: readonly string[]): Pick<Report, "sentence" | "hint"> {
  const [is, copy] = tags.length > 1 ? ["are", "copies of the tags are"] : ["is", "copy of the tag is"];
  return {
    sentence: `${refWords(tags)} ${is} withdrawn`,
    hint: `Your own ${copy} yours to remove: ${joinWords(["git", "tag", "--delete", ...tags])}`,
  };
}
