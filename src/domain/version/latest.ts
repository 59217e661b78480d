// Whether a release may become the one that is shown as the latest: it may if no higher final version of its package is
// published. A hotfix of an older line comes later and is not the latest: channels never move backwards (DESIGN §4). Pure.
import type { Ecosystem } from "../configuration.ts";
import { compareVersions, schemeOf } from "./catalog.ts";
import type { VersionScheme } from "./scheme.ts";
import { matchTag, type TagPattern } from "./tag.ts";

export interface TaggedVersion {
  readonly tag: string;
  /** In the form of the ecosystem. */
  readonly version: string;
  readonly ecosystem: Ecosystem;
}

/**
 * The highest final release of the same package above this one. @param tags of published releases, those of other packages
 * among them. @returns its tag; undefined: nothing is higher
 */
export function higherFinal(own: TaggedVersion, tags: readonly string[]): string | undefined {
  const scheme = schemeOf(own.ecosystem);
  const pattern = patternOf(own, scheme);
  if (pattern === undefined) return undefined;
  let highest: TaggedVersion = own;
  for (const tag of tags) {
    const matched = matchTag(pattern, tag, scheme);
    if (matched.kind !== "final") continue;
    const version = matched.version.normal;
    if (compareVersions(own.ecosystem, version, highest.version) > 0) highest = { ...own, tag, version };
  }
  return highest === own ? undefined : highest.tag;
}

/** A pattern ends with its version, so that what stands before it is the tag without the version that it means. */
function patternOf({ tag, version }: TaggedVersion, scheme: VersionScheme): TagPattern | undefined {
  for (let at = 0; at < tag.length; at += 1) {
    const prefix = tag.slice(0, at);
    // As the patterns themselves: a digit or a dot before the version could be a part of it.
    if (!/[0-9]/.test(tag.charAt(at)) || /[0-9.+!]$/.test(prefix)) continue;
    const pattern: TagPattern = { text: `${prefix}{version}`, prefix, accepts: "all" };
    const matched = matchTag(pattern, tag, scheme);
    if ((matched.kind === "final" || matched.kind === "prerelease") && matched.version.normal === version) return pattern;
  }
  return undefined;
}
