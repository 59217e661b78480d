// What is released: which tag, which versions, started how, along which path. Decided from the configuration, the
// commit and what the person asked for, before the plan is assembled from it.
import type { Configuration, JsonObject, PipelineConfiguration, TriggerKind, VersionRule } from "../domain/configuration.ts";
import { SlipwayError, type Problem } from "../domain/error.ts";
import { readInputs } from "./inputs.ts";
import type { ChosenPath, PlannedPackage, PlannedRelease, PlannedSource } from "../domain/plan/plan.ts";
import { agrees, formatTag, matchTag, parseTagPattern, type ReleaseTag, type TagPattern } from "../domain/version/tag.ts";
import { agreement } from "../domain/version/agreement.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import { readVersion, type Version } from "../domain/version/scheme.ts";
import type { GitTag } from "../platform/ports.ts";
import type { AssumedVersion, FoundPackage } from "./packages.ts";

export interface Asked {
  /** `--pipeline`. */
  readonly pipeline: string | undefined;
  /** Version given on the command line. */
  readonly version: string | undefined;
  readonly inputs: JsonObject;
  readonly path: { readonly name: string; readonly reason: string | undefined; readonly by: string } | undefined;
  /** A plan or a rehearsal may be made before the tag is: `rehearse` runs tomorrow's release today. */
  readonly mayAssumeTag: boolean;
}

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

/** @throws SlipwayError PLAN_INVALID, VERSION_MISMATCH, VERSION_INVALID, VERSION_LOSSY, USAGE, POLICY_REFUSED */
export function chooseRelease(configuration: Configuration, around: Around, asked: Asked): Release {
  const pipeline = choosePipeline(configuration, asked.pipeline);
  const given = readInputs(pipeline, asked);
  const rule = pipeline.version ?? configuration.version;
  // A pipeline that is told its version makes a new release, whatever the commit was released as before.
  const tagged = rule.from === "input" ? undefined : chooseTag(pipeline, around, { ...asked, version: given.version });
  const trigger: TriggerKind = tagged === undefined || isStartedByPerson(pipeline) ? "dispatch" : "tag";
  const packages = around.packages.map((one) => planPackage(one, around.packages, { configuration, pipeline, tagged, asked: given }));
  const versions = packages.map((one) => readVersion(schemeOf(one.ecosystem), one.version));
  if (configuration.versions === "one") refuseDifferent(packages, versions);
  const prerelease = versions.some((version) => version.prerelease);
  const path = choosePath(configuration, tagged?.git, asked.path);
  refuseOtherForm(rule, given.inputs, { version: packages[0]?.version ?? "", prerelease });
  const wantsCandidate = rule.candidate === "tried" && !prerelease;
  const [first] = packages;
  return {
    pipeline,
    trigger,
    tag: tagged?.name,
    tagAssumed: tagged !== undefined && tagged.git === undefined,
    versionAssumed: tagged?.assumed,
    packages,
    release: {
      title: `${configuration.project} ${first?.version ?? ""}`.trim(),
      prerelease,
      ...(wantsCandidate && path?.leavesOut.includes("candidate") !== true ? { candidate: "tried" as const } : {}),
    },
    path,
    inputs: given.inputs,
  };
}

export function plannedSource(
  configuration: Configuration,
  at: { readonly commit: string; readonly epochSeconds: number; readonly branch: string | undefined },
  release: Release,
): PlannedSource {
  const branch = configuration.source.branch;
  return {
    commit: at.commit,
    epochSeconds: at.epochSeconds,
    moved: configuration.source.moved,
    ...(release.tag === undefined ? {} : { tag: release.tag }),
    ...(branch === undefined ? {} : { branch }),
  };
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

export function choosePipeline(configuration: Configuration, name: string | undefined): PipelineConfiguration {
  const names = configuration.pipelines.map((one) => one.name);
  const wanted = name ?? (names.length === 1 ? names[0] : undefined);
  const found = configuration.pipelines.find((one) => one.name === wanted);
  if (found !== undefined) return found;
  const said = name === undefined ? "there are several" : `there is no pipeline "${name}"`;
  throw new SlipwayError("USAGE", `Cannot choose a pipeline: ${said}`, { hint: `Name one with --pipeline: ${names.join(", ")}` });
}

interface ChosenTag {
  readonly name: string;
  readonly package: string;
  readonly release: ReleaseTag;
  /** Undefined while the tag is not made. */
  readonly git: GitTag | undefined;
  /** Where the version of a tag that is not made comes from, if nobody said it. */
  readonly assumed?: AssumedVersion;
}

export interface Around {
  readonly packages: readonly FoundPackage[];
  readonly tagsHere: readonly GitTag[];
  /** The clone lacks history, and perhaps tags. */
  readonly shallow: boolean;
}

function chooseTag(pipeline: PipelineConfiguration, around: Around, asked: Asked): ChosenTag | undefined {
  const triggers = pipeline.on.flatMap((trigger) => (trigger.kind === "tag" ? trigger.packages : []));
  const candidates = around.packages.filter(
    (one) => one.configuration.tag !== undefined && (triggers.includes(one.configuration.id) || triggers.length === 0),
  );
  const refusals: Problem[] = [];
  const all = candidates.flatMap((one) => around.tagsHere.flatMap((tag) => matchOne(one, tag, refusals)));
  // Packages of one version may share their tags.
  const matched = all.filter((tag, index) => all.findIndex((other) => other.name === tag.name) === index);
  const [only] = matched;
  if (matched.length === 1 && only !== undefined) return only;
  if (matched.length > 1) return chooseAmong(matched, around, asked);
  const [refusal] = refusals;
  if (refusal !== undefined)
    throw new SlipwayError(refusal.code, refusal.message, refusal.hint === undefined ? {} : { hint: refusal.hint });
  const [wanted] = candidates.filter((one) => triggers.includes(one.configuration.id));
  if (wanted === undefined) return undefined;
  // Whoever named a version means it; otherwise a tag that the clone lacks must not be taken for one that nobody made.
  if (around.shallow && wanted.manifestVersion === undefined && asked.version === undefined) throw shallowClone(wanted);
  if (asked.mayAssumeTag) return assumeTag(wanted, asked);
  if (pipeline.on.some((trigger) => trigger.kind === "dispatch")) return undefined;
  throw noTag(wanted);
}

function shallowClone(one: FoundPackage): SlipwayError {
  return new SlipwayError(
    "SOURCE_SHALLOW",
    `Cannot tell the version of "${one.name}": ${one.why}, and this clone is shallow, so that its tags may be missing`,
    {
      hint: "Run `git fetch --unshallow --tags`",
    },
  );
}

function matchOne(one: FoundPackage, tag: GitTag, refusals: Problem[]): readonly ChosenTag[] {
  const matched = matchTag(patternOf(one), tag.name, schemeOf(one.ecosystem));
  if (matched.kind === "refused") refusals.push(matched.problem);
  if (matched.kind === "other" || matched.kind === "refused") return [];
  return [{ name: tag.name, package: one.configuration.id, release: matched, git: tag }];
}

function patternOf(one: FoundPackage): TagPattern {
  const parsed = parseTagPattern(one.configuration.tag ?? "v{version}");
  if (parsed.kind === "pattern") return parsed.pattern;
  throw new SlipwayError(
    parsed.problem.code,
    parsed.problem.message,
    parsed.problem.hint === undefined ? {} : { hint: parsed.problem.hint },
  );
}

/** Several release tags at one commit (a candidate and the final, say): the one that says what was asked for, or the manifest. */
function chooseAmong(matched: readonly ChosenTag[], around: Around, asked: Asked): ChosenTag {
  const says = (tag: ChosenTag, version: string | undefined): boolean => {
    const one = around.packages.find((found) => found.configuration.id === tag.package);
    return one !== undefined && version !== undefined && agrees(tag.release, version, one.ecosystem).kind === "same";
  };
  const manifestOf = (tag: ChosenTag): string | undefined =>
    around.packages.find((one) => one.configuration.id === tag.package)?.manifestVersion?.version;
  const fitting = matched.filter((tag) => says(tag, asked.version ?? manifestOf(tag)));
  const [only] = fitting;
  if (fitting.length === 1 && only !== undefined) return only;
  throw new SlipwayError(
    "PLAN_INVALID",
    `Cannot choose a tag: ${matched.map((tag) => `"${tag.name}"`).join(", ")} all lead to this commit`,
    {
      hint: "Name the version: `slipway plan VERSION`",
    },
  );
}

function assumeTag(one: FoundPackage, asked: Asked): ChosenTag {
  const said = asked.version ?? one.manifestVersion?.version;
  const text = said ?? one.assumed?.version;
  if (text === undefined) {
    throw new SlipwayError(
      "PLAN_INVALID",
      `Cannot tell the version of "${one.name}": ${one.why}, and no release tag leads to this commit`,
      {
        hint: "Name the version: `slipway rehearse VERSION`, or make the tag",
      },
    );
  }
  const version = readVersion(schemeOf(one.ecosystem), text);
  const formatted = formatTag(patternOf(one), version);
  if (formatted.kind === "refused") throw new SlipwayError(formatted.problem.code, formatted.problem.message);
  const release: ReleaseTag = { kind: version.prerelease ? "prerelease" : "final", tag: formatted.tag, pattern: patternOf(one), version };
  const assumed = said === undefined && one.assumed !== undefined ? { assumed: one.assumed } : {};
  return { name: formatted.tag, package: one.configuration.id, release, git: undefined, ...assumed };
}

function noTag(one: FoundPackage): SlipwayError {
  const version = one.manifestVersion?.version;
  const formatted = version === undefined ? undefined : formatTag(patternOf(one), readVersion(schemeOf(one.ecosystem), version));
  const tag = formatted?.kind === "tag" ? formatted.tag : (one.configuration.tag ?? "").replace("{version}", "VERSION");
  return new SlipwayError(
    "PLAN_INVALID",
    `Cannot run: no release tag of "${one.configuration.id}" leads to this commit, and the pipeline starts by tag`,
    {
      hint: `Make it: \`git tag -a ${tag} -m "${one.name} ${version ?? "VERSION"}"\`; without it, \`slipway rehearse\` tries the release`,
    },
  );
}

interface Versioning {
  readonly configuration: Configuration;
  readonly pipeline: PipelineConfiguration;
  readonly tagged: ChosenTag | undefined;
  readonly asked: Pick<Asked, "version">;
}

function planPackage(one: FoundPackage, all: readonly FoundPackage[], versioning: Versioning): PlannedPackage {
  const version = versionOf(one, all, versioning);
  const { id, path } = one.configuration;
  const importName = one.importName === undefined ? {} : { importName: one.importName };
  const tag = one.configuration.tag === undefined ? {} : { tag: tagOf(one, version, versioning.tagged) };
  const changelog = plannedChangelog(one, all, versioning);
  return { id, ecosystem: one.ecosystem, name: one.name, folder: path, version: version.normal, ...importName, ...tag, ...changelog };
}

/** As the tag that started the run is written, or as the pattern writes it. */
function tagOf(one: FoundPackage, version: Version, tagged: ChosenTag | undefined): string {
  if (tagged?.package === one.configuration.id) return tagged.name;
  const formatted = formatTag(patternOf(one), version);
  if (formatted.kind === "tag") return formatted.tag;
  throw new SlipwayError(formatted.problem.code, formatted.problem.message);
}

/** Absent where the file says nothing of a changelog, so that such a plan's digest does not know of it. */
function plannedChangelog(
  one: FoundPackage,
  all: readonly FoundPackage[],
  { configuration }: Versioning,
): Pick<PlannedPackage, "changelog"> {
  const { changelog } = one.configuration;
  if (changelog === undefined) return {};
  const shared = configuration.versions === "one" ? all.find((other) => other.configuration.tag !== undefined) : undefined;
  const tag = one.configuration.tag ?? shared?.configuration.tag;
  return { changelog: { ...changelog, ...(tag === undefined ? {} : { tag }) } };
}

function versionOf(one: FoundPackage, all: readonly FoundPackage[], versioning: Versioning): Version {
  const { configuration, tagged, asked, pipeline } = versioning;
  const scheme = schemeOf(one.ecosystem);
  const rule = pipeline.version ?? configuration.version;
  const written = one.manifestVersion;
  if (rule.from === "input" && isBumped(pipeline)) return bumpedVersion(one, asked.version);
  const covers = tagged !== undefined && (tagged.package === one.configuration.id || configuration.versions === "one");
  if (covers && written !== undefined) refuseDisagreement(tagged, one, written);
  if (asked.version !== undefined)
    refuseOtherThanAsked(asked.version, one, written?.version ?? (covers ? tagged.release.version.normal : undefined));
  if (rule.from === "tag" || written === undefined) {
    if (covers) return readVersion(scheme, tagged.release.version.normal);
    if (rule.from === "input" && asked.version !== undefined) return readVersion(scheme, asked.version);
    if (written === undefined || rule.from === "tag") throw noVersion(one, all);
  }
  return readVersion(scheme, written.version);
}

/** The pipeline writes the version, by `bump` or by a command of its own, so that manifests still say the one before. */
function isBumped({ entries }: PipelineConfiguration): boolean {
  return entries.some((entry) =>
    (entry.kind === "step" ? [entry.step] : entry.steps).some(({ uses, keep }) => uses === "bump" || keep.length > 0),
  );
}

function bumpedVersion(one: FoundPackage, asked: string | undefined): Version {
  if (asked === undefined) {
    throw new SlipwayError("PLAN_INVALID", "Cannot tell the version: the pipeline takes it from its input, and none was given", {
      hint: "Name it: `slipway run 1.2.0`",
    });
  }
  const scheme = schemeOf(one.ecosystem);
  const version = readVersion(scheme, asked);
  const written = one.manifestVersion;
  if (written === undefined || scheme.compare(version, readVersion(scheme, written.version)) >= 0) return version;
  throw new SlipwayError(
    "VERSION_ORDER",
    `Cannot plan version "${asked}": "${one.name}" is at "${written.version}" already (in "${written.file}")`,
    {
      hint: "Name a newer version",
    },
  );
}

function refuseDisagreement(tagged: ChosenTag, one: FoundPackage, written: { readonly version: string; readonly file: string }): void {
  const answer = agrees(tagged.release, written.version, one.ecosystem);
  if (answer.kind === "same") return;
  const { code, message, hint } = answer.problem;
  throw new SlipwayError(code, `${message} (in "${written.file}")`, hint === undefined ? {} : { hint });
}

function refuseOtherThanAsked(asked: string, one: FoundPackage, known: string | undefined): void {
  const scheme = schemeOf(one.ecosystem);
  if (known === undefined || scheme.compare(readVersion(scheme, asked), readVersion(scheme, known)) === 0) return;
  throw new SlipwayError("VERSION_MISMATCH", `Cannot plan version "${asked}": "${one.name}" is at "${known}"`, {
    hint: `Set the version in its manifest to ${asked} and commit, or let a \`bump\` step write it (\`version: { from: input }\`)`,
  });
}

function noVersion(one: FoundPackage, all: readonly FoundPackage[]): SlipwayError {
  const others = all.length > 1 ? ` of package "${one.configuration.id}"` : "";
  const why = one.why === "" ? "the file takes it from the tag" : one.why;
  return new SlipwayError("PLAN_INVALID", `Cannot tell the version${others}: ${why}, and no release tag leads to this commit`, {
    hint: "Make the release tag, or name the version: `slipway rehearse VERSION`",
  });
}

function refuseDifferent(packages: readonly PlannedPackage[], versions: readonly Version[]): void {
  const [first, ...rest] = versions;
  if (first === undefined) return;
  for (const [index, other] of rest.entries()) {
    const answer = agreement(first, other);
    if (answer.kind === "same") continue;
    const message = `Cannot release "${packages[0]?.id}" ${first.normal} and "${packages[index + 1]?.id}" ${other.normal} as one: \`versions: one\` wants the same version`;
    throw new SlipwayError(answer.problem.code, message, { hint: "Make the manifests agree, or write `versions: each`" });
  }
}

/** A declared way around steps or rules: named on the command line, or by trailers of the annotated tag (S5.6). */
function choosePath(configuration: Configuration, tag: GitTag | undefined, asked: Asked["path"]): ChosenPath | undefined {
  const byTag = tag?.trailers["Slipway-Path"];
  const wanted =
    asked ?? (byTag === undefined ? undefined : { name: byTag, reason: tag?.trailers["Slipway-Reason"], by: tag?.tagger ?? "" });
  if (wanted === undefined) return undefined;
  const rule = configuration.paths.find((one) => one.name === wanted.name);
  if (rule === undefined) {
    const known = configuration.paths.map((one) => one.name).join(", ");
    throw new SlipwayError("USAGE", `Cannot take path "${wanted.name}": slipway.yaml has no such path`, {
      hint: `Paths: ${known === "" ? "none" : known}`,
    });
  }
  const reason = wanted.reason?.trim() ?? "";
  if (rule.reason === "required" && reason === "") {
    throw new SlipwayError("POLICY_REFUSED", `Cannot take path "${rule.name}": it wants a reason`, {
      hint: "Give one with --reason, or as trailer `Slipway-Reason:` of the annotated tag",
    });
  }
  const by = nameOf(wanted.by);
  const group = configuration.people.find((one) => one.name === rule.by);
  if (group !== undefined && group.kind !== "names") {
    throw new SlipwayError("NOT_YET", `Cannot take path "${rule.name}": this version of Slipway cannot tell who belongs to "${rule.by}"`, {
      hint: `Name its people in slipway.yaml: \`people: { ${rule.by}: [alice, bob] }\``,
    });
  }
  if (group?.kind === "names" && !group.names.some((name) => name === by || name === wanted.by || wanted.by.includes(`<${name}>`))) {
    throw new SlipwayError(
      "POLICY_REFUSED",
      `Cannot take path "${rule.name}": "${by}" is not one of ${rule.by} (${group.names.join(", ")})`,
      {
        hint: `Ask one of ${rule.by}`,
      },
    );
  }
  return { name: rule.name, by, reason, leavesOut: rule.leavesOut };
}

/** `Ada <ada@example.org>` is known as `Ada`. */
export function nameOf(person: string): string {
  return person.replace(/\s*<[^>]*>\s*$/, "").trim();
}
