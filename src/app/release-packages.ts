// Which packages of the file are released: all that carry one version; of packages with versions of their own the one that
// the tag names, those that a person names, or those that have something to release.
import { nearestWord } from "../config/nearest.ts";
import type { Configuration, VersionRule } from "../domain/configuration.ts";
import { SlipwayError } from "../domain/error.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import { nextFromCommits } from "../domain/version/next-from-commits.ts";
import type { PackageHistory } from "../domain/version/history.ts";
import { readVersion } from "../domain/version/scheme.ts";
import { matchTag } from "../domain/version/tag.ts";
import type { Around, Asked } from "./asked.ts";
import type { FoundPackage } from "./packages/found.ts";
import { patternOf, type ChosenTag } from "./release-tag.ts";

export interface ChoosingPackages {
  readonly configuration: Pick<Configuration, "versions">;
  readonly rule: VersionRule;
  readonly tagged: ChosenTag | undefined;
  readonly asked: Pick<Asked, "packages" | "begun">;
}

/** @throws SlipwayError USAGE, NOTHING_TO_RELEASE */
export function choosePackages(around: Around, choosing: ChoosingPackages): readonly FoundPackage[] {
  const { configuration, rule, tagged, asked } = choosing;
  const named = namedPackages(around.packages, choosing);
  if (configuration.versions === "one") return around.packages;
  if (tagged !== undefined) return ofTag(around.packages, tagged, named);
  if (named !== undefined) return named;
  if (asked.begun !== undefined) {
    const ids = asked.begun.packages.map(({ id }) => id);
    return around.packages.filter((one) => ids.includes(one.configuration.id));
  }
  const changed = around.packages.filter((one) => hasSomething(one, rule, around.histories?.get(one.configuration.id)));
  if (changed.length > 0 || around.packages.length === 0) return changed;
  throw nothingAtAll(around);
}

/** Those that `--package` names. */
export function namedPackages(
  packages: readonly FoundPackage[],
  { configuration, asked }: Pick<ChoosingPackages, "configuration" | "asked">,
): readonly FoundPackage[] | undefined {
  const names = asked.packages ?? [];
  if (names.length === 0) return undefined;
  const ids = packages.map((one) => one.configuration.id);
  const unknown = names.find((name) => !ids.includes(name));
  if (unknown !== undefined) {
    const nearest = nearestWord(unknown, ids);
    throw new SlipwayError("USAGE", `Cannot choose package "${unknown}": slipway.yaml has no such package`, {
      hint: nearest === undefined ? `Packages: ${ids.join(", ")}` : `Did you mean "${nearest}"?`,
    });
  }
  if (configuration.versions === "one" && names.length < packages.length) {
    throw new SlipwayError("USAGE", `Cannot release "${names.join('", "')}" alone: all packages of slipway.yaml carry one version`, {
      hint: "Leave `--package` out, or write `versions: each`",
    });
  }
  return packages.filter((one) => names.includes(one.configuration.id));
}

/** Packages may share tags, where their patterns write them alike. */
function ofTag(packages: readonly FoundPackage[], tagged: ChosenTag, named: readonly FoundPackage[] | undefined): readonly FoundPackage[] {
  const meant = packages.filter(
    (one) => one.configuration.id === tagged.package || (one.configuration.tag !== undefined && isTagOf(one, tagged.name)),
  );
  const other = named?.find((one) => !meant.includes(one));
  if (other === undefined) return meant;
  throw new SlipwayError(
    "USAGE",
    `Cannot release "${other.configuration.id}" by the tag "${tagged.name}": it is one of "${tagged.package}"`,
    {
      hint: `Leave \`--package\` out, or check out a commit with a release tag of "${other.configuration.id}"`,
    },
  );
}

function isTagOf(one: FoundPackage, tag: string): boolean {
  const matched = matchTag(patternOf(one), tag, schemeOf(one.ecosystem));
  return matched.kind === "final" || matched.kind === "prerelease";
}

function hasSomething(one: FoundPackage, rule: VersionRule, history: PackageHistory | undefined): boolean {
  // Without tags nothing tells what was released.
  if (history?.newest === undefined) return true;
  const scheme = schemeOf(one.ecosystem);
  const written = one.manifestVersion === undefined ? undefined : readVersion(scheme, one.manifestVersion.version);
  switch (rule.from) {
    case "commits":
      return nextFromCommits({ scheme, written, history }).kind !== "nothing";
    case "manifest":
      return written === undefined || rule.untagged !== undefined || scheme.compare(written, history.newest.version) > 0;
    case "input":
    case "tag":
      return history.commits.length > 0;
  }
}

function nothingAtAll({ packages, histories }: Around): SlipwayError {
  const tags = packages.flatMap((one) => histories?.get(one.configuration.id)?.newest?.tag ?? []);
  const shown = tags.slice(0, 5).map((tag) => `"${tag}"`);
  const message = `Cannot plan a release: nothing of ${packages.length} packages came since ${shown.join(", ")}${tags.length > 5 ? ", …" : ""}`;
  return new SlipwayError("NOTHING_TO_RELEASE", message, { hint: "See `slipway next`, or name a package with --package" });
}
