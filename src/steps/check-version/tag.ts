// Whether the tag that a run is pinned to means the planned version of some package (S1.3, S5.2). The plan does not keep
// the pattern, so every place of the tag at which a version may begin is tried; only a plain spelling counts.
import type { Plan, PlannedPackage } from "../../domain/plan/plan.ts";
import { schemeOf } from "../../domain/version/catalog.ts";
import { longReading, matchTag, parseTagPattern } from "../../domain/version/tag.ts";
import type { VersionLook } from "./look.ts";

/** Nothing is looked at when the run is not pinned to a tag. */
export function lookAtTag(plan: Plan): readonly VersionLook[] {
  const { tag } = plan.source;
  if (tag === undefined) return [];
  const meant = plan.packages.find((one) => means(tag, one));
  if (meant !== undefined) return [{ kind: "agrees", message: `The tag "${tag}" means ${meant.name} ${meant.version}, as planned` }];
  const versions = plan.packages.map((one) => `${one.name} ${one.version}`).join(", ");
  return [
    {
      kind: "wrong",
      code: "VERSION_MISMATCH",
      message: `The tag "${tag}" does not mean what the plan releases: ${versions}`,
      hint: "Name the tag after the version, or set the version in the manifest",
    },
  ];
}

/** The first place that reads as a version decides: a later one would be a part of it (the `1` of `v1.0.0-1`). */
function means(tag: string, one: PlannedPackage): boolean {
  const scheme = schemeOf(one.ecosystem);
  const planned = scheme.parse(one.version);
  const start = starts(tag).find((at) => scheme.parse(tag.slice(at)).kind === "valid");
  if (planned.kind === "invalid" || start === undefined) return false;
  const pattern = parseTagPattern(`${tag.slice(0, start)}{version}`);
  const matched = pattern.kind === "pattern" ? matchTag(pattern.pattern, tag, scheme) : pattern;
  if (!("version" in matched)) return false;
  const readings = [matched.version, longReading(matched.version)].filter((reading) => reading !== undefined);
  return readings.some((reading) => scheme.compare(reading, planned.version) === 0);
}

/** Positions of the first digit of each number; a tag name is short, so these are few. */
function starts(tag: string): readonly number[] {
  return [...tag.matchAll(/(?<![0-9.+!])[0-9]/g)].map((match) => match.index);
}
