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
  /** One for each registry, with the gate of the environment that publishes there; and whose rules those gates go by. */
  readonly environments: readonly EnvironmentConfiguration[];
  /** Environments in which versions are taken back, in their order; the last published first. */
  readonly places: readonly string[];
  /** Gate that the page and the tags wait for; absent: nobody asks. */
  readonly gate: string | undefined;
}

/** @param tagged the package and version of each tag */
export async function wholeRelease(
  world: Pick<World, "git">,
  project: Pick<Project, "configuration" | "look">,
  tagged: readonly PlannedPackage[],
): Promise<WholeRelease> {
  const { configuration } = project;
  const found = await Promise.all(tagged.map(async (one) => packagesOf(await foundAt(world, project, one), { configuration, one })));
  const packages = [...new Map(found.flat().map((one) => [one.id, one])).values()];
  const places = placesOf(configuration, packages);
  const gate = places.find((one) => one.gate !== undefined)?.gate;
  const environments = [...forgeEnvironment(configuration), ...ruleOwners(configuration, places), ...places];
  return { packages, environments, places: places.map(({ name }) => name), gate };
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

/** Each registry by itself, so that what one cannot do, or a person has to, keeps no other waiting. */
function placesOf(configuration: Configuration, packages: readonly PlannedPackage[]): readonly EnvironmentConfiguration[] {
  return publishedTo(configuration)
    .toReversed()
    .flatMap(({ environment, use }) => usableFor(configuration, packages, use).map((usable) => ({ environment, use: usable })))
    .filter(({ use }) => !use.test)
    .map(({ environment, use }) => {
      const name = environment.registries.length === 1 ? environment.name : `${environment.name}-${use.registry}`;
      const gate = gateOf(environment);
      return { name, registries: [use], secrets: [], variables: {}, ...(gate === undefined ? {} : { gate }), ...rulesOf(environment) };
    });
}

/** What publishing there has to ask is asked before anything is taken back from there. */
function gateOf({ name, gate, approvals }: EnvironmentConfiguration): string | undefined {
  return gate ?? (approvals === undefined ? undefined : name);
}

/** Consent to a withdrawal names no test registry: its reason is in the plan, for whoever consents to read. */
function rulesOf({ approvals }: EnvironmentConfiguration): Pick<EnvironmentConfiguration, "approvals"> {
  if (approvals === undefined) return {};
  const { note: _note, ...rule } = approvals;
  return { approvals: rule };
}

/** Environments whose gate others share, for their rule alone. */
function ruleOwners({ environments }: Configuration, places: readonly EnvironmentConfiguration[]): readonly EnvironmentConfiguration[] {
  const wanted = new Set(places.filter(({ approvals }) => approvals === undefined).flatMap(({ gate }) => gate ?? []));
  const known = new Set(places.map(({ name }) => name));
  return environments
    .filter((one) => wanted.has(one.name) && !known.has(one.name))
    .map((one) => ({ name: one.name, registries: [], secrets: [], variables: {}, gate: gateOf(one) ?? one.name, ...rulesOf(one) }));
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

/** Each registry once, in the order in which the pipelines come to it, with the environment in which that is. */
function publishedTo({
  pipelines,
  environments,
}: Configuration): readonly { readonly environment: EnvironmentConfiguration; readonly use: RegistryUse }[] {
  const steps = pipelines.flatMap(({ entries }) =>
    entries.flatMap((entry): readonly StepConfiguration[] => (entry.kind === "step" ? [entry.step] : entry.steps)),
  );
  const named = steps.filter(({ uses }) => uses === "publish").map(({ environment }) => environment);
  const uses = named.flatMap((name) => {
    const environment = environments.find((one) => one.name === name);
    return environment === undefined ? [] : environment.registries.map((use) => ({ environment, use }));
  });
  return [...new Map(uses.map((one) => [one.use.registry, one])).values()];
}
