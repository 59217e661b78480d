// What the packages of a plan are at the registries: one thing each, or the members of a workspace; and the order in which
// registries take them that want everything a package names to be there before it (crates; npm's readers want it too).
import type { Ecosystem } from "../configuration.ts";
import type { PlannedMember, PlannedPackage } from "./plan.ts";

/** One name at a registry, with the package of the plan that it belongs to. */
export interface PublishedMember extends PlannedMember {
  readonly package: PlannedPackage;
}

/** What one package of the plan publishes. */
export function membersOf(one: PlannedPackage): readonly PublishedMember[] {
  const { name, folder, needs, program } = one;
  const alone = { name, folder, ...(needs === undefined ? {} : { needs }), ...(program === undefined ? {} : { program }) };
  const members = one.members ?? [alone];
  return members.map((member) => ({ ...member, package: one }));
}

export type Ordered =
  | { readonly kind: "ordered"; readonly members: readonly PublishedMember[] }
  /** Each needs the next, and the last the first. */
  | { readonly kind: "cycle"; readonly names: readonly string[] };

/** All of an ecosystem, each after what it needs; in the order of the plan where they do not need one another. */
export function inOrderOfNeed(packages: readonly PlannedPackage[], ecosystem: Ecosystem): Ordered {
  const all = packages.filter((one) => one.ecosystem === ecosystem).flatMap(membersOf);
  return orderByNeed(all);
}

/** @returns the same, each after what it needs of the others; what stands elsewhere does not count */
export function orderByNeed<M extends Pick<PlannedMember, "name" | "needs">>(
  all: readonly M[],
): { readonly kind: "ordered"; readonly members: readonly M[] } | Extract<Ordered, { kind: "cycle" }> {
  const byName = new Map(all.map((one) => [one.name, one]));
  const done = new Set<string>();
  const ordered: M[] = [];
  const way: string[] = [];
  const visit = (one: M): readonly string[] | undefined => {
    if (done.has(one.name)) return undefined;
    if (way.includes(one.name)) return way.slice(way.indexOf(one.name));
    way.push(one.name);
    for (const need of one.needs ?? []) {
      const needed = byName.get(need);
      const cycle = needed === undefined || needed === one ? undefined : visit(needed);
      if (cycle !== undefined) return cycle;
    }
    way.pop();
    done.add(one.name);
    ordered.push(one);
    return undefined;
  };
  for (const one of all) {
    const cycle = visit(one);
    if (cycle !== undefined) return { kind: "cycle", names: cycle };
  }
  return { kind: "ordered", members: ordered };
}
