// What the step `changelog` is given: little, because slipway.yaml says it beside the package; and whose sections it writes.
import * as z from "../../domain/shape.ts";
import { headingsOf } from "../../domain/changelog/told.ts";
import type { Headings } from "../../domain/changelog/heading.ts";
import { tagOf, type Tagged } from "../../domain/changelog/since.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";

export const changelogInput = z.strictObject({
  existing: z
    .enum(["refuse", "keep"])
    .optional()
    .describe("What becomes of a section that is there with another text than would be generated (default: refuse)"),
});

export type ChangelogInput = z.infer<typeof changelogInput>;

/** One section to be written: of one package, or of several that share file and version. */
export interface Target {
  readonly one: PlannedPackage;
  readonly packages: readonly PlannedPackage[];
  /** From the root of the repository. */
  readonly file: string;
  readonly required: boolean;
  readonly generated: boolean;
  readonly tagged: Tagged;
  /** Release tag of the version. */
  readonly tag: string | undefined;
  readonly headings: Headings;
}

/** In the order of the plan. */
export function targetsOf(packages: readonly PlannedPackage[]): readonly Target[] {
  const groups = new Map<string, PlannedPackage[]>();
  for (const one of packages) {
    if (one.changelog === undefined) continue;
    const key = JSON.stringify([one.changelog.file, one.version]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => targetOf(group) ?? []);
}

function targetOf(group: readonly PlannedPackage[]): Target | undefined {
  const [one] = group;
  if (one?.changelog === undefined) return undefined;
  const tagged = { ecosystem: one.ecosystem, version: one.version, pattern: group.find((each) => each.changelog?.tag)?.changelog?.tag };
  return {
    one,
    packages: group,
    file: one.changelog.file,
    required: group.some((each) => each.changelog?.required === true),
    generated: group.some((each) => each.changelog?.by === "git-cliff"),
    tagged,
    tag: tagOf(tagged),
    headings: { scheme: headingsOf(one).scheme, names: [...new Set(group.flatMap((each) => headingsOf(each).names))] },
  };
}
