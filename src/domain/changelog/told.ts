// What preflight says of changelogs that have to tell the version: a package with `changelog.required` whose section no
// step of the plan writes needs it in the commit that is released (S1.9, S5.4).
import { catalogueName, type Plan, type PlannedPackage } from "../plan/plan.ts";
import { schemeOf } from "../version/catalog.ts";
import { readVersion } from "../version/scheme.ts";
import type { Headings } from "./heading.ts";
import { notesOf } from "./notes.ts";
import { bodyOf, hasContent, readChangelog, sectionOf } from "./read.ts";

export interface MissingSection {
  readonly package: string;
  readonly file: string;
  readonly message: string;
  readonly hint: string;
}

/** How the headings of a package's changelog name it. */
export function headingsOf(one: Pick<PlannedPackage, "id" | "name" | "ecosystem">): Headings {
  return { scheme: schemeOf(one.ecosystem), names: [...new Set([one.name, one.id])] };
}

/** Changelogs that have to be read for `missingSections`: paths from the root of the repository, each once. */
export function requiredChangelogs(plan: Pick<Plan, "packages" | "steps">): readonly string[] {
  return [...new Set(waiting(plan).map(({ changelog }) => changelog.file))];
}

/** @param texts of the commit that is released, by path; a file that is not there is left out */
export function missingSections(plan: Pick<Plan, "packages" | "steps">, texts: ReadonlyMap<string, string>): readonly MissingSection[] {
  return waiting(plan).flatMap(({ one, changelog }) => {
    const why = faultOf(one, texts.get(changelog.file), changelog.file);
    if (why === undefined) return [];
    return [{ package: one.id, file: changelog.file, message: `Cannot release ${one.name} ${one.version}: ${why}`, hint: hintFor(one) }];
  });
}

/** Why a text does not tell the version; undefined when it does. */
export function faultOf(one: PlannedPackage, text: string | undefined, file: string): string | undefined {
  if (text === undefined) return `its changelog "${file}" is not there`;
  const headings = headingsOf(one);
  const changelog = readChangelog(text, headings);
  const aim = aimOf(one);
  const section = [one.version, ...(aim ?? [])]
    .map((version) => sectionOf(changelog, readVersion(headings.scheme, version), headings))
    .find((found) => found !== undefined);
  if (section === undefined) return `"${file}" has no section for it${aim === undefined ? "" : `, nor for ${aim[0]}`}`;
  return hasContent(bodyOf(changelog, section)) ? undefined : `its section in "${file}" (line ${section.heading.line}) is empty`;
}

/** The version that an untagged run is on the way to: whoever tries it writes that one's section, and no other (S1.6). */
function aimOf({ ecosystem, version }: PlannedPackage): readonly [string] | undefined {
  const aim = ecosystem === "pypi" ? /^(.+)\.dev[0-9]+$/.exec(version)?.[1] : undefined;
  return aim === undefined ? undefined : [aim];
}

function waiting(
  plan: Pick<Plan, "packages" | "steps">,
): readonly { one: PlannedPackage; changelog: NonNullable<PlannedPackage["changelog"]> }[] {
  // A step that writes sections looks at them itself.
  if (plan.steps.some((step) => catalogueName(step) === "changelog")) return [];
  return plan.packages.flatMap((one) => (one.changelog?.required === true ? [{ one, changelog: one.changelog }] : []));
}

function hintFor(one: PlannedPackage): string {
  return `Write what changed under \`## ${aimOf(one)?.[0] ?? one.version}\` and commit it, or let a step \`uses: changelog\` write it`;
}

/** One version's section for its release page; undefined where the text does not tell it. */
export function notesFor(one: PlannedPackage, text: string, file: string): string | undefined {
  const headings = headingsOf(one);
  const changelog = readChangelog(text, headings);
  const section = sectionOf(changelog, readVersion(headings.scheme, one.version), headings);
  return section === undefined ? undefined : notesOf(changelog, section, { file });
}
