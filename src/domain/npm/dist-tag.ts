// The dist-tag under which a version is published: there is none without one. `latest` is what everybody gets who names no
// version, so it leads to the highest final version and never moves backwards (npm documentation of `dist-tag`; protocols §5.1).
import { semver, type SemverVersion } from "../version/semver.ts";

/**
 * A final version that is the highest is `latest`; one of an older line has a tag of that line; a prerelease has the word
 * that it begins with (`rc` of 1.0.0-rc.1), or `next` where it begins with a number.
 * @param others versions that the registry has
 * @example distTagFor("1.2.4", ["1.2.3", "2.0.0"]) // "release-1.x"
 */
export function distTagFor(version: string, others: readonly string[]): string {
  const read = semver.parse(version);
  if (read.kind === "invalid") return "next";
  const own = read.version;
  if (own.prerelease) return wordOf(own);
  const isHighest = others.every((other) => {
    const one = semver.parse(other);
    return one.kind === "invalid" || one.version.prerelease || semver.compare(one.version, own) <= 0;
  });
  return isHighest ? "latest" : `release-${own.major}.x`;
}

/** A tag that reads as a range of versions is refused by npm: a word alone never does, but for `x` and `v1`. */
function wordOf({ normal }: SemverVersion): string {
  const word = /-([A-Za-z][A-Za-z-]*)/.exec(normal)?.[1] ?? "next";
  return /^[xv]$/i.test(word) || word === "latest" ? "next" : word;
}
