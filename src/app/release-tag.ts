// Which release tag a run is pinned to: the one that leads to the commit, or, for a plan and a rehearsal, the one of tomorrow.
import type { PipelineConfiguration } from "../domain/configuration.ts";
import { SlipwayError, type Problem } from "../domain/error.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import { readVersion, type Version } from "../domain/version/scheme.ts";
import { agrees, formatTag, matchTag, parseTagPattern, type ReleaseTag, type TagPattern } from "../domain/version/tag.ts";
import type { GitTag } from "../platform/ports.ts";
import type { Around, Asked } from "./asked.ts";
import type { AssumedVersion, FoundPackage } from "./packages/found.ts";

export interface ChosenTag {
  readonly name: string;
  readonly package: string;
  readonly release: ReleaseTag;
  /** Undefined while the tag is not made. */
  readonly git: GitTag | undefined;
  /** Where the version of a tag that is not made comes from, if nobody said it. */
  readonly assumed?: AssumedVersion;
}

export function chooseTag(pipeline: PipelineConfiguration, around: Around, asked: Asked): ChosenTag | undefined {
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
  const started = candidates.filter((one) => triggers.includes(one.configuration.id));
  const wanted = started.find((one) => !isReleased(one, around)) ?? started[0];
  if (wanted === undefined) return undefined;
  // Whoever named a version means it; otherwise a tag that the clone lacks must not be taken for one that nobody made.
  if (around.shallow && wanted.manifestVersion === undefined && asked.version === undefined) throw shallowClone(wanted);
  if (asked.mayAssumeTag) return assumeTag(wanted, asked);
  if (pipeline.on.some((trigger) => trigger.kind === "dispatch")) return undefined;
  throw noTag(wanted);
}

/** A release tag of what the manifest says is there, elsewhere than at this commit. */
function isReleased(one: FoundPackage, { histories }: Around): boolean {
  const newest = histories?.get(one.configuration.id)?.newest;
  if (newest === undefined || one.manifestVersion === undefined) return false;
  const scheme = schemeOf(one.ecosystem);
  return scheme.compare(newest.version, readVersion(scheme, one.manifestVersion.version)) >= 0;
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

export function patternOf(one: FoundPackage): TagPattern {
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
      hint: "Name the version: `slipway plan VERSION`; or the package, with --package",
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

/** The release tag of a package's version: as the tag that started the run is written, or as the pattern writes it. */
export function plannedTag(one: FoundPackage, version: Version, tagged: ChosenTag | undefined): string {
  if (tagged?.package === one.configuration.id) return tagged.name;
  const formatted = formatTag(patternOf(one), version);
  if (formatted.kind === "tag") return formatted.tag;
  throw new SlipwayError(formatted.problem.code, formatted.problem.message);
}

/** The version that a tag at the commit means for a package; undefined: it is none of its release tags. */
export function matchHere(one: FoundPackage, tag: GitTag): ReleaseTag | undefined {
  const matched = matchTag(patternOf(one), tag.name, schemeOf(one.ecosystem));
  return matched.kind === "final" || matched.kind === "prerelease" ? matched : undefined;
}
