// Which tag pattern each package gets in a first slipway.yaml: what the repository did so far, or the common form.
import { normalizeName } from "../../domain/pypi/names.ts";
import { schemeOf } from "../../domain/version/catalog.ts";
import { inSemver } from "../packages/in-semver.ts";
import { surveyTags, type SurveyedPattern } from "../../domain/version/tag-survey.ts";
import type { Discovered } from "./discover.ts";

export interface ChosenTags {
  readonly versions: "one" | "each";
  /** Pattern by package, and why it is this one. */
  readonly patterns: ReadonlyMap<Discovered, Pattern>;
}

/** @param names all tags of the repository */
export function chooseTags(packages: readonly Discovered[], names: readonly string[]): ChosenTags {
  const surveys = new Map(packages.map((one) => [one.ecosystem, surveyTags(names, schemeOf(one.ecosystem))]));
  const surveyOf = (one: Discovered): readonly SurveyedPattern[] => surveys.get(one.ecosystem) ?? [];
  const [first] = packages;
  if (packages.length === 1 && first !== undefined)
    return { versions: "one", patterns: new Map([[first, patternOfOne(first, surveyOf(first))]]) };
  const own = new Map(packages.map((one) => [one, surveyOf(one).find((seen) => isOwn(seen, one))]));
  const isNamed = [...own.values()].some((seen) => seen !== undefined);
  const shared = patternOfAll(first === undefined ? [] : surveyOf(first));
  if (!isNamed && shareVersion(packages)) return { versions: "one", patterns: new Map(packages.map((one) => [one, shared])) };
  return { versions: "each", patterns: patternsOfEach(packages, own, surveyOf) };
}

type Pattern = Readonly<{ text: string; why: string }>;

/** No two alike: of packages with versions of their own, a tag has to tell which is meant. */
function patternsOfEach(
  packages: readonly Discovered[],
  own: ReadonlyMap<Discovered, SurveyedPattern | undefined>,
  surveyOf: (one: Discovered) => readonly SurveyedPattern[],
): ReadonlyMap<Discovered, Pattern> {
  const unnamed = packages.filter((one) => own.get(one) === undefined);
  const taken = new Set<string>();
  const chosen = new Map<Discovered, Pattern>();
  for (const one of packages) {
    const seen = own.get(one) ?? nameless(one, unnamed, surveyOf(one));
    const usual = seen === undefined ? { text: prefixed(one), why: "each package needs tags of its own" } : patternOf(seen);
    const pattern = taken.has(usual.text)
      ? { text: prefixed(one, one.ecosystem), why: `"${usual.text}" is of another package of that name` }
      : usual;
    taken.add(pattern.text);
    chosen.set(one, pattern);
  }
  return chosen;
}

/** Tags without a name (`v1.2.3`) beside tags with one are those of the package that has no others and is at that version. */
function nameless(one: Discovered, unnamed: readonly Discovered[], surveyed: readonly SurveyedPattern[]): SurveyedPattern | undefined {
  const plain = surveyed.find(({ pattern }) => /^(?:release[-/_])?v?$/i.test(pattern.prefix));
  if (plain === undefined) return undefined;
  const atNewest = unnamed.filter(({ version }) => version.kind === "found" && version.version === plain.newest.normal);
  return (atNewest.length > 0 ? atNewest : unnamed).length === 1 && (atNewest[0] ?? unnamed[0]) === one ? plain : undefined;
}

const common = { text: "v{version}", why: "no tag of this repository looks like a release yet" };

function patternOfOne(one: Discovered, surveyed: readonly SurveyedPattern[]): Pattern {
  const found = surveyed.find((seen) => isOwn(seen, one)) ?? surveyed[0];
  return found === undefined ? common : patternOf(found);
}

function patternOfAll([found]: readonly SurveyedPattern[]): Pattern {
  return found === undefined ? common : patternOf(found);
}

function patternOf(seen: SurveyedPattern): Pattern {
  return { text: seen.pattern.text, why: whyOf(seen) };
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

/** As the tools of each ecosystem do it: `@scope/name@1.2.3` of npm packages, `name-v1.2.3` of all others. */
function prefixed(one: Discovered, more = ""): string {
  if (one.ecosystem === "npm" && one.members === undefined && more === "") return `${one.name}@{version}`;
  const plain = normalizeName(`${one.name} ${more}`)
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `${plain}-v{version}`;
}

/** Packages that all say one version, whatever way it is written, or of which none says any, are likely released together. */
function shareVersion(packages: readonly Discovered[]): boolean {
  const said = packages.map(({ version, ecosystem }) =>
    version.kind === "found" ? (inSemver(version.version, ecosystem) ?? version.version) : undefined,
  );
  return new Set(said).size === 1;
}
