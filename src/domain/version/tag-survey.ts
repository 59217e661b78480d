// How a repository has named its release tags so far, told from the tags themselves: the patterns that `slipway init`
// chooses from, and the newest release of one pattern.
import type { Version, VersionScheme } from "./scheme.ts";
import { matchTag, parseTagPattern, type TagPattern } from "./tag.ts";

export interface SurveyedPattern {
  readonly pattern: TagPattern;
  /** How many tags mean a version under this pattern. */
  readonly count: number;
  readonly newest: Version;
}

/** Most prefixes that are looked at: a repository of hundreds of packages has hundreds, a hostile one a million. */
const prefixesMax = 1_000;

/**
 * Every pattern that some tag has, the one of the newest version first. A pattern that only a few odd tags have stands
 * behind those in use, however high its version is (`2019.1` among `v1.2.3`).
 */
export function surveyTags(names: readonly string[], scheme: VersionScheme): readonly SurveyedPattern[] {
  const byPrefix = new Map<string, string[]>();
  for (const name of names) {
    const prefix = prefixOf(name);
    if (prefix === undefined || (byPrefix.size >= prefixesMax && !byPrefix.has(prefix))) continue;
    const of = byPrefix.get(prefix) ?? [];
    of.push(name);
    byPrefix.set(prefix, of);
  }
  const found = [...byPrefix].flatMap(([prefix, tags]) => surveyed(prefix, tags, scheme));
  const most = Math.max(0, ...found.map((one) => one.count));
  const isUsed = (one: SurveyedPattern): boolean => one.count * 10 >= most;
  return found.toSorted((a, b) => Number(isUsed(b)) - Number(isUsed(a)) || scheme.compare(b.newest, a.newest) || b.count - a.count);
}

/** The newest version that a tag of this pattern means; undefined if there is none. */
export function newestTagged(names: readonly string[], pattern: TagPattern, scheme: VersionScheme): Version | undefined {
  return names.reduce<Version | undefined>((best, name) => {
    const matched = matchTag(pattern, name, scheme);
    if (matched.kind === "other" || matched.kind === "refused") return best;
    return best === undefined || scheme.compare(matched.version, best) > 0 ? matched.version : best;
  }, undefined);
}

/** What stands before the first thing that looks like a version: `recorder-v` of `recorder-v1.2.3`. */
function prefixOf(name: string): string | undefined {
  return /^(?<prefix>(?:.*?[^0-9.+!])??)[0-9]+(?:\.[0-9]+)+/.exec(name)?.groups?.["prefix"];
}

function surveyed(prefix: string, tags: readonly string[], scheme: VersionScheme): readonly SurveyedPattern[] {
  const parsed = parseTagPattern(`${prefix}{version}`);
  if (parsed.kind === "invalid") return [];
  const { pattern } = parsed;
  const meaningful = tags.filter((tag) => !["other", "refused"].includes(matchTag(pattern, tag, scheme).kind));
  const newest = newestTagged(meaningful, pattern, scheme);
  return newest === undefined ? [] : [{ pattern, count: meaningful.length, newest }];
}
