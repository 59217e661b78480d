// Since when a version's changes are counted: from the newest release before it. The section of a final version tells what
// came since the last final one, because most of its readers never saw the candidates between.
import type { Ecosystem } from "../configuration.ts";
import { schemeOf } from "../version/catalog.ts";
import { readVersion } from "../version/scheme.ts";
import { formatTag, matchTag, parseTagPattern, type TagPattern } from "../version/tag.ts";

export interface CommitTag {
  readonly name: string;
  /** Commit that it leads to. */
  readonly commit: string;
}

export interface Tagged {
  readonly ecosystem: Ecosystem;
  readonly version: string;
  /** As slipway.yaml writes it; absent: `v{version}`. */
  readonly pattern: string | undefined;
}

/** The release tag that the version has, or will have; undefined where the pattern cannot write it. */
export function tagOf({ ecosystem, version, pattern }: Tagged): string | undefined {
  const formatted = formatTag(patternOf(pattern), readVersion(schemeOf(ecosystem), version));
  return formatted.kind === "tag" ? formatted.tag : undefined;
}

/** What all release tags of the package begin with. */
export function prefixOf(pattern: string | undefined): string {
  return patternOf(pattern).prefix;
}

/** @param tags those that the commit contains */
export function lastRelease(tagged: Tagged, tags: readonly CommitTag[]): CommitTag | undefined {
  const scheme = schemeOf(tagged.ecosystem);
  const pattern = patternOf(tagged.pattern);
  const ours = readVersion(scheme, tagged.version);
  let last: { readonly tag: CommitTag; readonly version: typeof ours } | undefined;
  for (const tag of tags) {
    const matched = matchTag(pattern, tag.name, scheme);
    if (matched.kind !== "final" && matched.kind !== "prerelease") continue;
    const counts = ours.prerelease || !matched.version.prerelease;
    const older = counts && scheme.compare(matched.version, ours) < 0;
    if (older && (last === undefined || scheme.compare(matched.version, last.version) > 0)) last = { tag, version: matched.version };
  }
  return last?.tag;
}

function patternOf(text: string | undefined): TagPattern {
  const parsed = parseTagPattern(text ?? "v{version}");
  // slipway.yaml was checked: this is what a plan of another maker may hold.
  return parsed.kind === "pattern" ? parsed.pattern : { text: "v{version}", prefix: "v", accepts: "all" };
}
