// Use case: `slipway withdraw`. Takes mistaken tags, and their release pages where there are any, back from remote and forge,
// as long as nothing of the release is where it has to stay; or the whole release, as far as each place can. It is a plan of its own,
// carried out by the same engine with a journal of its own: looked at before and after, never anything that somebody else made, and
// finished by the same command.
import type { Configuration, PipelineConfiguration, StepConfiguration } from "../domain/configuration.ts";
import { SlipwayError } from "../domain/error.ts";
import { assemble } from "../domain/plan/assemble.ts";
import type { Plan, PlannedPackage } from "../domain/plan/plan.ts";
import { refWords, releaseTagsOf } from "../domain/release-tags.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import { matchTag } from "../domain/version/tag.ts";
import { joinWords } from "../domain/words.ts";
import { runAlone } from "./alone.ts";
import { openRun, type RunObserver } from "./drive-run.ts";
import { planForge } from "./forges.ts";
import { openRuns, takeDriver, type Runs } from "./open-runs.ts";
import { commitSource } from "./packages/commit-source.ts";
import type { FoundPackage } from "./packages/found.ts";
import { findPackages } from "./packages/packages.ts";
import { openProject, type Project } from "./project.ts";
import { patternOf } from "./release-tag.ts";
import { writeRecord } from "./record.ts";
import { report, type Report } from "./report.ts";
import { projectFolders } from "./run-folder.ts";
import { wholeRelease, type WholeRelease } from "./withdraw-release.ts";
import { reasonOf, unfinishedWithdrawal, withdrawalsFolder } from "./withdrawals.ts";
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
export async function withdrawTag(world: World, options: WithdrawOptions): Promise<Withdrawn> {
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
  const whole = options.everything ? await wholeRelease(world, project, tagged) : undefined;
  const plan = await planWithdrawal(world, project, { tagged, page: options.page, whole, reason: options.reason });
  // No release is driven meanwhile: what one sends the other would take back.
  const release = takeDriver(world, projectFolders(project.folder));
  const runs = openRuns(world, { folder: withdrawalsFolder(project) });
  try {
    const own = takeDriver(world, runs.folders);
    try {
      return await withdraw(world, project, { plan, runs, options });
    } finally {
      own.release();
    }
  } finally {
    runs.journal.close();
    release.release();
  }
}

/**
 * The run of this withdrawal: the unfinished one, under the plan that it was begun with, or a new one.
 * @throws SlipwayError USAGE for a whole release without a reason, or with another than it was begun with
 */
function takeUp(
  world: World,
  project: Project,
  { plan, runs, options }: { readonly plan: Plan; readonly runs: Runs; readonly options: WithdrawOptions },
): { readonly run: string; readonly plan: Plan } {
  const { reason } = options;
  const open = unfinishedWithdrawal(runs.journal, plan);
  const began = open === undefined ? undefined : reasonOf(open.plan);
  if (open !== undefined && reason !== undefined && began !== undefined && reason !== began)
    throw new SlipwayError("USAGE", `Cannot go on with the withdrawal: it was begun because of "${began}", not of "${reason}"`, {
      hint: `Run the same command without --reason, or give it up with \`slipway cancel ${open.run}\``,
    });
  if (open !== undefined) return { run: open.run, plan: open.plan };
  if (options.everything && (reason ?? "").trim() === "") {
    const said = ["--everything", "--confirm", options.confirm ?? "", "--reason", "broken on Python 3.12"];
    throw new SlipwayError("USAGE", `Cannot withdraw ${refWords(options.tags)} from the registries without a reason`, {
      hint: joinWords(["slipway", "withdraw", ...options.tags, ...said]),
    });
  }
  const by = world.person(project.look.person);
  return { run: openRun({ world, journal: runs.journal }, { plan, mode: "run", by }), plan };
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
  const { describeStep, knownRegistries } = await import("./vocabulary.ts");
  const { commit, epochSeconds } = look;
  const assembled = assemble({
    configuration: plainly(whole === undefined ? configuration : { ...configuration, environments: whole.environments }),
    pipeline: pipelineOf(
      whole === undefined
        ? [{ kind: "step", step: stepOf("withdraw", { with: { of: [...(page ? ["forge-release"] : []), "tag"] } }) }]
        : wholeEntries(whole, { reason, hasPage: forge !== undefined }),
    ),
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

function pipelineOf(entries: PipelineConfiguration["entries"]): PipelineConfiguration {
  return { name: "withdraw", on: [], inputs: [], entries };
}

/** All side by side: whatever cannot be taken back, or waits for a person, keeps nothing else public. */
function wholeEntries(
  { places, gate }: WholeRelease,
  { reason, hasPage }: { readonly reason: string | undefined; readonly hasPage: boolean },
): PipelineConfiguration["entries"] {
  const guarded = gate === undefined ? {} : { gate };
  const why = reason === undefined ? {} : { reason };
  const steps = [
    ...(hasPage ? [stepOf("page", { ...guarded, with: { of: ["draft"], whole: true, ...why } })] : []),
    ...places.map((name) => stepOf(`from-${name}`, { environment: name, with: { of: ["published"], ...why } })),
    stepOf("tag", { ...guarded, with: { of: ["tag"], whole: true, ...why } }),
  ];
  return [{ kind: "parallel", name: "withdraw", when: [], steps }];
}

function stepOf(name: string, rest: Pick<StepConfiguration, "with"> & Partial<StepConfiguration>): StepConfiguration {
  return { name, uses: "withdraw", when: [], retry: 0, optional: false, keep: [], path: [], ...rest };
}

async function withdraw(
  world: World,
  project: Project,
  doing: { readonly plan: Plan; readonly runs: Runs; readonly options: WithdrawOptions },
): Promise<Withdrawn> {
  const { run, plan } = takeUp(world, project, doing);
  const { runs, options } = doing;
  const kept = { journal: runs.journal, run };
  const alone = { plan, kept, observer: options.observer, place: "withdrawn", tagAssumed: false, keepsLogs: false } as const;
  const { drove, state } = await runAlone(world, project, alone);
  const ended = report(state, drove);
  if (ended.code === "DECISION_NEEDED") return { ...ended, hint: byPersonHint };
  if (drove.kind === "waiting" && drove.gates.length > 0) return { ...ended, hint: consentHint(run) };
  if (ended.exitCode !== 0) return ended;
  const sealing = { plan, registries: await world.realRegistries(), repository: project.look.root };
  return { ...ended, ...goneWords(releaseTagsOf(plan.packages)), record: await writeRecord(world, runs.folders, { state, sealing }) };
}

/** What became of it; `record`: path of the document that says who took what back, why and when, once all of it is. */
export type Withdrawn = Report & { readonly record?: string };

function consentHint(run: string): string {
  return `Look at what is asked, and consent, with \`slipway approve ${run}\`; then run the same command again`;
}

const byPersonHint = "Do that there, then run the same command again: it looks whether it is so";

function goneWords(tags: readonly string[]): Pick<Report, "sentence" | "hint"> {
  const [is, copy] = tags.length > 1 ? ["are", "copies of the tags are"] : ["is", "copy of the tag is"];
  return {
    sentence: `${refWords(tags)} ${is} withdrawn`,
    hint: `Your own ${copy} yours to remove: ${joinWords(["git", "tag", "--delete", ...tags])}`,
  };
}
