// What a whole release is, for whoever takes it back: all packages that carry the versions of its tags, as they were in the tagged
// commit, and every registry that the file publishes to, the last one first.
import type { Configuration, EnvironmentConfiguration, RegistryUse, StepConfiguration } from "../domain/configuration.ts";
import type { PlannedPackage } from "../domain/plan/plan.ts";
import { servicesOf } from "../domain/known-services.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import { readVersion } from "../domain/version/scheme.ts";
import { agrees, matchTag } from "../domain/version/tag.ts";
import { commitSource } from "./packages/commit-source.ts";
import type { FoundPackage } from "./packages/found.ts";
import { findPackages } from "./packages/packages.ts";
import type { Project } from "./project.ts";
import { patternOf } from "./release-tag.ts";
import type { World } from "./world.ts";

export interface WholeRelease {
  readonly packages: readonly PlannedPackage[];
  readonly environments: readonly EnvironmentConfiguration[];
}

/** Environment in which a release is withdrawn: it has the registries of all others, and no gate of its own. */
export const withdrawEnvironment = "withdraw";

/** @param tagged the package and version of each tag */
export async function wholeRelease(
  world: Pick<World, "git">,
  project: Pick<Project, "configuration" | "look">,
  tagged: readonly PlannedPackage[],
): Promise<WholeRelease> {
  const { configuration } = project;
  const found = await Promise.all(tagged.map(async (one) => packagesOf(await foundAt(world, project, one), { configuration, one })));
  const packages = [...new Map(found.flat().map((one) => [one.id, one])).values()];
  return { packages, environments: [...forgeEnvironment(configuration), environmentOf(configuration, packages)] };
}

/** A tag that this clone does not have any more leaves the packages as they are here. */
async function foundAt(
  { git }: Pick<World, "git">,
  { configuration, look }: Pick<Project, "configuration" | "look">,
  { tag }: PlannedPackage,
): Promise<readonly FoundPackage[]> {
  const at = tag === undefined ? undefined : await git.commitAt(look.root, `refs/tags/${tag}`);
  return findPackages(configuration, commitSource(git, { ...look, ...at }, configuration));
}

function packagesOf(
  found: readonly FoundPackage[],
  { configuration, one }: { readonly configuration: Configuration; readonly one: PlannedPackage },
): readonly PlannedPackage[] {
  const meant = configuration.versions === "one" ? found : found.filter(({ configuration: { id } }) => id === one.id);
  return meant.map((each) => {
    const { id, path: folder } = each.configuration;
    const tag = id === one.id ? one.tag : undefined;
    const needs = {
      ...(each.members === undefined ? {} : { members: each.members }),
      ...(each.needs === undefined ? {} : { needs: each.needs }),
    };
    const version = versionOf(each, { found, one });
    return { id, ecosystem: each.ecosystem, name: each.name, folder, version, ...needs, ...(tag === undefined ? {} : { tag }) };
  });
}

/** In the form of its own ecosystem: as its manifest writes it, where that means the version of the tag. */
function versionOf(each: FoundPackage, of: { readonly found: readonly FoundPackage[]; readonly one: PlannedPackage }): string {
  const { one, found } = of;
  const owner = found.find(({ configuration }) => configuration.id === one.id);
  const written = each.manifestVersion?.version;
  if (written !== undefined && owner !== undefined && one.tag !== undefined) {
    const matched = matchTag(patternOf(owner), one.tag, schemeOf(owner.ecosystem));
    const isTag = matched.kind === "final" || matched.kind === "prerelease";
    if (isTag && agrees(matched, written, each.ecosystem).kind === "same") return readVersion(schemeOf(each.ecosystem), written).normal;
  }
  return readVersion(schemeOf(each.ecosystem), one.version).normal;
}

/** What opens the forge for the rest of the file opens it here. */
function forgeEnvironment({ environments }: Configuration): readonly EnvironmentConfiguration[] {
  return environments.filter(({ name }) => name === "forge");
}

function environmentOf(configuration: Configuration, packages: readonly PlannedPackage[]): EnvironmentConfiguration {
  const uses = publishedTo(configuration)
    .toReversed()
    .filter(({ test }) => !test)
    .flatMap((use) => usableFor(configuration, packages, use));
  return { name: withdrawEnvironment, registries: uses, secrets: [], variables: {} };
}

/** PyPI takes nothing back for a token: none is asked for. Registries of other ecosystems have nothing of it. */
function usableFor(configuration: Configuration, packages: readonly PlannedPackage[], use: RegistryUse): readonly RegistryUse[] {
  const ecosystem = ecosystemOf(configuration, use.registry);
  if (!packages.some((one) => one.ecosystem === ecosystem)) return [];
  return [ecosystem === "pypi" ? { ...use, credentials: { kind: "none" } } : use];
}

function ecosystemOf({ registries }: Configuration, name: string): string | undefined {
  const declared = registries.find((one) => one.name === name)?.ecosystem;
  const known = (["pypi", "crates", "npm", "oci"] as const).find((ecosystem) => servicesOf(ecosystem).some((one) => one.name === name));
  return declared ?? known;
}

/** Each registry once, in the order in which the pipelines come to it. */
function publishedTo({ pipelines, environments }: Configuration): readonly RegistryUse[] {
  const steps = pipelines.flatMap(({ entries }) =>
    entries.flatMap((entry): readonly StepConfiguration[] => (entry.kind === "step" ? [entry.step] : entry.steps)),
  );
  const named = steps.filter(({ uses }) => uses === "publish").map(({ environment }) => environment);
  const uses = named.flatMap((name) => environments.find((one) => one.name === name)?.registries ?? []);
  return [...new Map(uses.map((use) => [use.registry, use])).values()];
}
