// What is released: which tag, which packages and versions, started how, along which path. Decided from the configuration,
// the commit and what the person asked for, before the plan is assembled from it.
import type { Configuration, JsonObject, PipelineConfiguration, TriggerKind, VersionRule } from "../domain/configuration.ts";
import { SlipwayError } from "../domain/error.ts";
import type { CarriedFile, ChosenPath, PlannedPackage, PlannedRelease, PlannedSource } from "../domain/plan/plan.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import { readNextStep } from "../domain/version/next.ts";
import { readVersion } from "../domain/version/scheme.ts";
import type { Around, Asked } from "./asked.ts";
import { readInputs, type GivenInputs } from "./inputs.ts";
import type { AssumedVersion, FoundPackage } from "./packages/found.ts";
import { choosePackages, namedPackages } from "./release-packages.ts";
import { choosePath } from "./release-path.ts";
import { chooseTag, plannedTag } from "./release-tag.ts";
import { isDevelopment, refuseDifferent, ruleOf, versionOf, type Versioning } from "./release-version.ts";

export interface Release {
  readonly pipeline: PipelineConfiguration;
  readonly trigger: TriggerKind;
  readonly tag: string | undefined;
  /** The tag is not made yet; the plan is that of the run that it will start. */
  readonly tagAssumed: boolean;
  /** Nobody said the version: the assumed tag has this one. */
  readonly versionAssumed: AssumedVersion | undefined;
  readonly packages: readonly PlannedPackage[];
  readonly release: PlannedRelease;
  readonly path: ChosenPath | undefined;
  readonly inputs: JsonObject;
}

/**
 * @throws SlipwayError PLAN_INVALID, VERSION_MISMATCH, VERSION_INVALID, VERSION_LOSSY, VERSION_ORDER, USAGE, POLICY_REFUSED,
 * NOTHING_TO_RELEASE
 */
export function chooseRelease(configuration: Configuration, around: Around, asked: Asked): Release {
  const pipeline = choosePipeline(configuration, asked.pipeline);
  const given = readInputs(pipeline, asked);
  const rule = ruleOf({ configuration, pipeline });
  const named = namedPackages(around.packages, { configuration, asked });
  const tagged = makesVersion(rule)
    ? undefined
    : chooseTag(pipeline, { ...around, packages: named ?? around.packages }, { ...asked, version: given.version });
  const trigger: TriggerKind = tagged === undefined || isStartedByPerson(pipeline) ? "dispatch" : "tag";
  const versioning = { configuration, pipeline, tagged, asked: { ...asked, version: given.version }, around };
  const chosen = choosePackages(around, { configuration, rule, tagged, asked });
  const packages = chosen.map((one) => planPackage(one, versioning));
  const versions = packages.map((one) => readVersion(schemeOf(one.ecosystem), one.version));
  if (configuration.versions === "one") refuseDifferent(packages, versions);
  const prerelease = versions.some((version) => version.prerelease);
  const path = choosePath(configuration, tagged?.git, asked.path);
  refuseOtherForm(rule, given.inputs, { version: packages[0]?.version ?? "", prerelease });
  const wantsCandidate = rule.candidate === "tried" && !prerelease;
  return {
    pipeline,
    trigger,
    tag: tagged?.name,
    tagAssumed: tagged !== undefined && tagged.git === undefined,
    versionAssumed: tagged?.assumed,
    packages,
    release: {
      title: titleOf(configuration, packages),
      prerelease,
      ...(wantsCandidate && path?.leavesOut.includes("candidate") !== true ? { candidate: "tried" as const } : {}),
    },
    path,
    inputs: resolvedInputs(given, packages),
  };
}

/** The branch is the file's, whatever is checked out; files that nobody carries are no part of it. */
export function plannedSource(
  configuration: Configuration,
  at: Pick<PlannedSource, "commit" | "epochSeconds"> & { readonly carried: readonly CarriedFile[] },
  release: Pick<Release, "tag">,
): PlannedSource {
  const branch = configuration.source.branch;
  return {
    commit: at.commit,
    epochSeconds: at.epochSeconds,
    moved: configuration.source.moved,
    ...(release.tag === undefined ? {} : { tag: release.tag }),
    ...(branch === undefined ? {} : { branch }),
    ...(at.carried.length === 0 ? {} : { carried: at.carried }),
  };
}

export function choosePipeline(configuration: Configuration, name: string | undefined): PipelineConfiguration {
  const names = configuration.pipelines.map((one) => one.name);
  const wanted = name ?? (names.length === 1 ? names[0] : undefined);
  const found = configuration.pipelines.find((one) => one.name === wanted);
  if (found !== undefined) return found;
  const said = name === undefined ? "there are several" : `there is no pipeline "${name}"`;
  throw new SlipwayError("USAGE", `Cannot choose a pipeline: ${said}`, { hint: `Name one with --pipeline: ${names.join(", ")}` });
}

/**
 * Whether the version has to be counted from what was released before: from commits, by a word, for a run without a tag, or
 * to tell which of several packages are released at all.
 */
export function needsHistory(configuration: Configuration, asked: Asked, around: Pick<Around, "packages">): boolean {
  const pipeline = choosePipeline(configuration, asked.pipeline);
  const rule = ruleOf({ configuration, pipeline });
  const { version } = readInputs(pipeline, asked);
  const countsWord =
    version !== undefined && readNextStep(version) !== undefined && around.packages.some((one) => one.manifestVersion === undefined);
  const choosesPackages = configuration.versions === "each" && around.packages.length > 1;
  return rule.from === "commits" || countsWord || choosesPackages || isDevelopment({ configuration, pipeline, tagged: undefined });
}

// --- helpers ----------------------------------------------------------------------------------

/** A pipeline that is told its version, or counts it, makes a new release, whatever the commit was released as before. */
function makesVersion({ from }: VersionRule): boolean {
  return from === "input" || from === "commits";
}

/** The pipeline says what starts it, and no tag is among it. */
function isStartedByPerson({ on }: PipelineConfiguration): boolean {
  return on.length > 0 && on.every(({ kind }) => kind !== "tag");
}

/** A pipeline may ask whether a prerelease is meant: the answer and the form of the version have to agree (S4.1). */
function refuseOtherForm(rule: VersionRule, inputs: JsonObject, planned: { readonly version: string; readonly prerelease: boolean }): void {
  const condition = rule.prerelease;
  if (condition?.kind !== "input") return;
  const wanted = (inputs[condition.name] === true) !== condition.not;
  if (wanted === planned.prerelease) return;
  const form = planned.prerelease ? "a prerelease" : "final";
  throw new SlipwayError(
    "VERSION_MISMATCH",
    `Cannot plan version "${planned.version}": it is ${form}, and input "${condition.name}" says otherwise`,
    {
      hint: `Say --input ${condition.name}=${String(planned.prerelease !== condition.not)}, or name another version`,
    },
  );
}

function planPackage(one: FoundPackage, versioning: Versioning): PlannedPackage {
  const version = versionOf(one, versioning);
  const { id, path, versionFile } = one.configuration;
  return {
    id,
    ecosystem: one.ecosystem,
    name: one.name,
    folder: path,
    version: version.normal,
    ...(one.importName === undefined ? {} : { importName: one.importName }),
    ...(versionFile === undefined ? {} : { versionFile }),
    ...(one.configuration.tag === undefined ? {} : { tag: plannedTag(one, version, versioning.tagged) }),
    ...plannedChangelog(one, versioning),
    ...(one.members === undefined ? {} : { members: one.members }),
    ...(one.needs === undefined ? {} : { needs: one.needs }),
    ...(one.program === undefined ? {} : { program: one.program }),
    ...(one.configuration.generated === undefined ? {} : { generated: one.configuration.generated }),
    ...(one.configuration.asset === undefined ? {} : { asset: one.configuration.asset }),
  };
}

/** Absent where the file says nothing of a changelog, so that such a plan's digest does not know of it. */
function plannedChangelog(one: FoundPackage, { configuration, around }: Versioning): Pick<PlannedPackage, "changelog"> {
  const { changelog } = one.configuration;
  if (changelog === undefined) return {};
  const shared = configuration.versions === "one" ? around.packages.find((other) => other.configuration.tag !== undefined) : undefined;
  const tag = one.configuration.tag ?? shared?.configuration.tag;
  return { changelog: { ...changelog, ...(tag === undefined ? {} : { tag }) } };
}

/** Packages of one version are the project; of others each is named. */
function titleOf({ project, versions }: Configuration, packages: readonly PlannedPackage[]): string {
  const [first] = packages;
  if (versions === "one" || first === undefined) return `${project} ${first?.version ?? ""}`.trim();
  const shown = packages.slice(0, 3).map(({ name, version }) => `${name} ${version}`);
  return packages.length > shown.length ? `${shown.join(", ")} and ${packages.length - shown.length} more` : shown.join(", ");
}

/** A word is in the plan as the version that it meant, so that going on with a run does not count once more. */
function resolvedInputs({ inputs, version, versionInput }: GivenInputs, packages: readonly PlannedPackage[]): JsonObject {
  if (versionInput === undefined || version === undefined || readNextStep(version) === undefined) return inputs;
  const versions = new Set(packages.map((one) => one.version));
  const [only] = versions;
  return versions.size === 1 && only !== undefined ? { ...inputs, [versionInput]: only } : inputs;
}
