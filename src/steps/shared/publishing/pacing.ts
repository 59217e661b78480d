// What the rate limits of a registry mean for one release: whether a name is new there hangs on the registry, so it is asked –
// but only where the answer can matter.
import { mayBePaced, paceRegistry, type NameStanding, type RegistryPacing } from "../../../domain/pacing.ts";
import { inOrderOfNeed, membersOf, type PublishedMember } from "../../../domain/plan/members.ts";
import type { PlannedPackage, PlannedRegistry } from "../../../domain/plan/plan.ts";
import type { ReadRegistry } from "../../../registries/registry.ts";
import { looksAtOnce, sideBySide } from "./side-by-side.ts";

/** @returns undefined where limits take no time, or none are known */
export async function findPacing(
  registry: PlannedRegistry,
  packages: readonly PlannedPackage[],
  looking: { readonly at: Pick<ReadRegistry, "versions">; readonly signal: AbortSignal },
): Promise<RegistryPacing | undefined> {
  const ordered = inOrderOfNeed(packages, registry.ecosystem);
  const members = ordered.kind === "ordered" ? ordered.members : packages.flatMap(membersOf);
  if (!mayBePaced(registry, members.length)) return undefined;
  const standing = await standingsOf(members, looking);
  return paceRegistry(registry, members, (name) => standing.get(name) ?? "unknown");
}

/** What a registry tells of each name, by name. */
export async function standingsOf(
  members: readonly PublishedMember[],
  { at, signal }: { readonly at: Pick<ReadRegistry, "versions">; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, NameStanding>> {
  const found = await sideBySide(members, looksAtOnce, async ({ name, package: { version } }): Promise<[string, NameStanding]> => {
    const versions = await at.versions(name, signal);
    if (versions.kind === "unknown") return [name, "unknown"];
    if (versions.kind === "absent") return [name, "new"];
    return [name, versions.versions.includes(version) ? "published" : "known"];
  });
  return new Map(found);
}
