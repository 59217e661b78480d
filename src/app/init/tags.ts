// Which tag pattern each package gets in a first slipway.yaml: what the repository did so far, or the common form.
import { normalizeName } from "../../domain/pypi/names.ts";
import { pep440 } from "../../domain/version/pep440.ts";
import { surveyTags, type SurveyedPattern } from "../../domain/version/tag-survey.ts";
import type { Discovered } from "./discover.ts";

export interface ChosenTags {
  readonly versions: "one" | "each";
  /** Pattern by folder of the package, and why it is this one. */
  readonly patterns: ReadonlyMap<string, { readonly text: string; readonly why: string }>;
}

/** @param names all tags of the repository */
export function chooseTags(packages: readonly Discovered[], names: readonly string[]): ChosenTags {
  const surveyed = surveyTags(names, pep440);
  const [only] = packages;
  if (packages.length === 1 && only !== undefined)
    return { versions: "one", patterns: new Map([[only.folder, patternOfOne(only, surveyed)]]) };
  const own = new Map(packages.map((one) => [one.folder, surveyed.find((seen) => isOwn(seen, one))]));
  const versions = sayOneVersion(packages) && [...own.values()].every((seen) => seen === undefined) ? "one" : "each";
  const shared = patternOfAll(surveyed);
  const patterns = packages.map((one) => {
    const seen = own.get(one.folder);
    if (versions === "one") return [one.folder, shared] as const;
    return [
      one.folder,
      seen === undefined
        ? { text: prefixed(one), why: "each package needs tags of its own" }
        : { text: seen.pattern.text, why: whyOf(seen) },
    ] as const;
  });
  return { versions, patterns: new Map(patterns) };
}

const common = { text: "v{version}", why: "no tag of this repository looks like a release yet" };

function patternOfOne(one: Discovered, surveyed: readonly SurveyedPattern[]): { readonly text: string; readonly why: string } {
  const found = surveyed.find((seen) => isOwn(seen, one)) ?? surveyed[0];
  return found === undefined ? common : { text: found.pattern.text, why: whyOf(found) };
}

function patternOfAll(surveyed: readonly SurveyedPattern[]): { readonly text: string; readonly why: string } {
  const [found] = surveyed;
  return found === undefined ? common : { text: found.pattern.text, why: whyOf(found) };
}

function whyOf({ count, newest }: SurveyedPattern): string {
  return `${count} ${count === 1 ? "tag has" : "tags have"} this form, and the newest means ${newest.normal}`;
}

/** `recorder-v`, `recorder/` and `recorder@` are of the package `recorder`. */
function isOwn({ pattern }: SurveyedPattern, one: Discovered): boolean {
  const prefix = pattern.prefix.replace(/(?:[-_/@=]v?|[-_/@]?v\.?)$/i, "");
  const names = [one.name, one.folder.split("/").at(-1) ?? ""].map(normalizeName).filter((name) => name !== "." && name !== "");
  return prefix !== "" && names.includes(normalizeName(prefix));
}

function prefixed(one: Discovered): string {
  return `${normalizeName(one.name)
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")}-v{version}`;
}

/** Packages that all say one version, or of which none says any, are likely released together. */
function sayOneVersion(packages: readonly Discovered[]): boolean {
  const said = packages.map((one) => (one.version.kind === "found" ? one.version.version : undefined));
  return new Set(said).size === 1;
}
