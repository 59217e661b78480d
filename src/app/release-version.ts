// Which version each package gets: what the rule of the file says, from manifest, tag, input or commits, and that all
// other sources agree with it.
import { nearestWord } from "../config/nearest.ts";
import type { Configuration, PipelineConfiguration, VersionRule } from "../domain/configuration.ts";
import { SlipwayError, type Problem } from "../domain/error.ts";
import type { PlannedPackage } from "../domain/plan/plan.ts";
import { mayWriteVersion, writesVersion } from "../domain/plan/writes-version.ts";
import { agreement } from "../domain/version/agreement.ts";
import { nextAfter, nextDev } from "../domain/version/bump.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import type { PackageHistory } from "../domain/version/history.ts";
import { nextVersion, nextWords, readNextStep, resolveVersion } from "../domain/version/next.ts";
import { nextFromCommits } from "../domain/version/next-from-commits.ts";
import { pep440 } from "../domain/version/pep440.ts";
import { readVersion, type Version } from "../domain/version/scheme.ts";
import { agrees } from "../domain/version/tag.ts";
import type { Around, Asked } from "./asked.ts";
import type { FoundPackage } from "./packages/found.ts";
import type { ChosenTag } from "./release-tag.ts";

export interface Versioning {
  readonly configuration: Configuration;
  readonly pipeline: PipelineConfiguration;
  readonly tagged: ChosenTag | undefined;
  readonly asked: Pick<Asked, "version">;
  readonly around: Around;
}

/** @throws SlipwayError PLAN_INVALID, VERSION_MISMATCH, VERSION_INVALID, VERSION_ORDER, NOTHING_TO_RELEASE, SOURCE_SHALLOW */
export function versionOf(one: FoundPackage, versioning: Versioning): Version {
  const { configuration, tagged, pipeline } = versioning;
  const scheme = schemeOf(one.ecosystem);
  const rule = ruleOf(versioning);
  const written = one.manifestVersion;
  const asked = askedVersion(one, versioning);
  if (rule.from === "commits") return countedVersion(one, asked, versioning);
  if (rule.from === "input" && mayWriteVersion(pipeline)) return bumpedVersion(one, asked);
  if (isDevelopment(versioning)) return developmentVersion(one, versioning);
  const covers = tagged !== undefined && (tagged.package === one.configuration.id || configuration.versions === "one");
  if (covers && written !== undefined) refuseDisagreement(tagged, one, written);
  if (asked !== undefined) refuseOtherThanAsked(asked, one, written?.version ?? (covers ? tagged.release.version.normal : undefined));
  if (rule.from === "tag" || written === undefined) {
    if (covers) return readVersion(scheme, written?.version ?? saidByTag(tagged, versioning.around.packages));
    if (rule.from === "input" && asked !== undefined) return readVersion(scheme, asked);
    if (written === undefined || rule.from === "tag") throw noVersion(one, versioning.around.packages);
  }
  return readVersion(scheme, written.version);
}

/** What has no manifest of its own gets the version as the tag's own package spells it. */
function saidByTag({ package: id, release }: ChosenTag, packages: readonly FoundPackage[]): string {
  const own = packages.find(({ configuration }) => configuration.id === id);
  const written = own?.manifestVersion?.version;
  const isSame = own !== undefined && written !== undefined && agrees(release, written, own.ecosystem).kind === "same";
  return isSame ? written : release.version.normal;
}

/** The rule of the pipeline, or that of the file. */
export function ruleOf({ configuration, pipeline }: Pick<Versioning, "configuration" | "pipeline">): VersionRule {
  return pipeline.version ?? configuration.version;
}

// --- asked for --------------------------------------------------------------------------------

/** The version that a person named, or the one that a word counts from the present one; undefined: nobody said one. */
function askedVersion(one: FoundPackage, versioning: Versioning): string | undefined {
  const { asked, around } = versioning;
  const { version } = asked;
  if (version === undefined) return undefined;
  const scheme = schemeOf(one.ecosystem);
  const isWord = readNextStep(version) !== undefined;
  if (isWord && ruleOf(versioning).from !== "input") throw wordWithoutRule(version, one);
  const resolved = resolveVersion(version, { scheme, current: presentVersion(one, around) });
  if (resolved.kind === "next") return isWord ? resolved.version : version;
  throw isWord ? errorOf(resolved.problem) : noSuchWord(version, resolved.problem);
}

/** What the manifest says, or where it says nothing, the newest release. */
export function presentVersion(one: FoundPackage, { histories, shallow }: Omit<Around, "packages" | "tagsHere">): Version | undefined {
  if (one.manifestVersion !== undefined) return readVersion(schemeOf(one.ecosystem), one.manifestVersion.version);
  const newest = histories?.get(one.configuration.id)?.newest;
  if (newest === undefined && shallow) throw shallowHistory(one);
  return newest?.version;
}

function wordWithoutRule(word: string, one: FoundPackage): SlipwayError {
  const known = one.manifestVersion === undefined ? "" : `, and "${one.name}" is at "${one.manifestVersion.version}"`;
  return new SlipwayError("VERSION_INVALID", `Cannot count "${word}": slipway.yaml does not take the version from an input${known}`, {
    hint: "Write `version: { from: input }`, and let a `bump` step write the version; or name the version itself",
  });
}

/** Only what looks like a word is taken for a mistaken one. */
function noSuchWord(version: string, problem: Problem): SlipwayError {
  const nearest = /^[A-Za-z][A-Za-z_-]*$/.test(version) ? nearestWord(version, nextWords) : undefined;
  return errorOf(nearest === undefined ? problem : { ...problem, hint: `Did you mean "${nearest}"?` });
}

function bumpedVersion(one: FoundPackage, asked: string | undefined): Version {
  if (asked === undefined) {
    throw new SlipwayError("PLAN_INVALID", "Cannot tell the version: the pipeline takes it from its input, and none was given", {
      hint: "Name it: `slipway run 1.2.0`, or count from the present one: `slipway run minor`",
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

// --- counted from commits ---------------------------------------------------------------------

function countedVersion(one: FoundPackage, asked: string | undefined, { pipeline, around }: Versioning): Version {
  const scheme = schemeOf(one.ecosystem);
  const counted = countFrom(one, around);
  switch (counted.kind) {
    case "refused":
      throw errorOf(counted.problem);
    case "nothing":
      throw new SlipwayError("NOTHING_TO_RELEASE", `Cannot plan a release of "${one.name}": since "${counted.tag}" ${counted.why}`, {
        hint: "See `slipway next`; to release all the same, say the version with `version: { from: input }`",
      });
    case "next":
    case "first":
      break;
  }
  const version = readVersion(scheme, counted.version);
  if (asked !== undefined) refuseOtherThanAsked(asked, one, version.normal);
  const written = one.manifestVersion;
  if (written === undefined || mayWriteVersion(pipeline) || scheme.compare(readVersion(scheme, written.version), version) === 0)
    return version;
  throw new SlipwayError(
    "VERSION_MISMATCH",
    `Cannot release "${one.name}" ${version.normal}, as its commits ask: "${written.file}" says "${written.version}"`,
    { hint: "Let a step `uses: bump` write the version, or set it in the manifest and commit" },
  );
}

export type Counted = Exclude<ReturnType<typeof nextFromCommits>, { kind: "nothing" }> | ({ readonly tag: string } & Nothing);
type Nothing = Extract<ReturnType<typeof nextFromCommits>, { kind: "nothing" }>;

/** What the commits of a package ask for. @throws SlipwayError SOURCE_SHALLOW, PLAN_INVALID for a package without a tag pattern */
export function countFrom(one: FoundPackage, { histories, shallow }: Pick<Around, "histories" | "shallow">): Counted {
  const history = histories?.get(one.configuration.id);
  if (history === undefined) {
    throw new SlipwayError("PLAN_INVALID", `Cannot count the version of "${one.configuration.id}" from commits: it has no tag pattern`, {
      hint: 'Write one in slipway.yaml: `tag: "v{version}"`',
    });
  }
  if (history.newest === undefined && shallow) throw shallowHistory(one);
  const scheme = schemeOf(one.ecosystem);
  const written = one.manifestVersion === undefined ? undefined : readVersion(scheme, one.manifestVersion.version);
  const counted = nextFromCommits({ scheme, written, history });
  return counted.kind === "nothing" ? { ...counted, tag: history.newest?.tag ?? "" } : counted;
}

function shallowHistory(one: FoundPackage): SlipwayError {
  return new SlipwayError(
    "SOURCE_SHALLOW",
    `Cannot tell the last release of "${one.name}": this clone is shallow, so that its tags may be missing`,
    {
      hint: "Run `git fetch --unshallow --tags`",
    },
  );
}

// --- of a run without a release tag -----------------------------------------------------------

/** A run that no release tag started, of a file that gives such a run a version of its own (S1.6). */
export function isDevelopment(versioning: Pick<Versioning, "configuration" | "pipeline" | "tagged">): boolean {
  const { from } = ruleOf(versioning);
  const { untagged } = versioning.pipeline.version ?? versioning.configuration.version;
  // Where no step writes it, the plan says that it cannot be done.
  return untagged === "dev" && versioning.tagged === undefined && from === "manifest" && writesVersion(versioning.pipeline);
}

/** On the way to what comes next: its number is that of the commits since the last release, the same on every machine. */
function developmentVersion(one: FoundPackage, { around }: Versioning): Version {
  const written = one.manifestVersion;
  const history = around.histories?.get(one.configuration.id);
  if (written === undefined) throw noVersion(one, around.packages);
  if (around.shallow) throw shallowHistory(one);
  const present = readVersion(pep440, written.version);
  return readVersion(pep440, nextDev(readVersion(pep440, nextOf(present, history)), history?.distance ?? 0));
}

function nextOf(present: Version, history: PackageHistory | undefined): string {
  const released = history?.newest?.version;
  if (released === undefined || pep440.compare(readVersion(pep440, present.normal), readVersion(pep440, released.normal)) > 0)
    return present.normal;
  const next = released.prerelease ? nextVersion(released, { kind: "pre" }) : undefined;
  return next?.kind === "next" ? next.version : nextAfter(released);
}

// --- agreement --------------------------------------------------------------------------------

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

export function refuseDifferent(packages: readonly PlannedPackage[], versions: readonly Version[]): void {
  const [first, ...rest] = versions;
  if (first === undefined) return;
  for (const [index, other] of rest.entries()) {
    const answer = agreement(first, other);
    if (answer.kind === "same") continue;
    const message = `Cannot release "${packages[0]?.id}" ${first.normal} and "${packages[index + 1]?.id}" ${other.normal} as one: \`versions: one\` wants the same version`;
    throw new SlipwayError(answer.problem.code, message, { hint: "Make the manifests agree, or write `versions: each`" });
  }
}

function errorOf({ code, message, hint }: Problem): SlipwayError {
  return new SlipwayError(code, message, hint === undefined ? {} : { hint });
}
