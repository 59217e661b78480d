// The release tags of what is released: one for each package that has a pattern for them. Packages of one version may share
// a tag, and a package without a pattern has none. Pure.
import type { PlannedPackage } from "./plan/plan.ts";

/** Each tag once, in the order of the packages. */
export function releaseTagsOf(packages: readonly Pick<PlannedPackage, "tag">[]): readonly string[] {
  return [...new Set(packages.flatMap((one) => one.tag ?? []))];
}

/** A release of five hundred packages has as many tags, and a line for people is one line. */
const namedMax = 5;

/** Names of refs for people: `main, a-v1.0.0 and b-v2.0.0`; of many the first, and how many more there are. */
export function refWords(names: readonly string[]): string {
  const named = names.length > namedMax ? names.slice(0, namedMax) : names.slice(0, -1);
  const last = names.length > namedMax ? `${names.length - namedMax} more` : names.at(-1);
  return [named.join(", "), last].filter((part) => part !== undefined && part !== "").join(" and ");
}
