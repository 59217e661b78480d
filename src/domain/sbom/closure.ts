// Who is in a release with it: the declared requirements and, where a lock file resolved them, everything they pull in.
import type { LockedDependency, LockedPackage } from "./lock.ts";
import type { Requirement } from "./requirement.ts";

export interface Needed {
  /** PEP 503 form. */
  readonly name: string;
  /** Absent: declared, and no lock file says which version. */
  readonly version?: string;
  /** Reached by an extra only. */
  readonly optional: boolean;
  /** As the package declares it; empty for what others pull in. */
  readonly declared: readonly string[];
  /** Names it asks for itself. */
  readonly dependencies: readonly string[];
}

/** By name, then version. @param locked empty where there is no lock file */
export function neededBy(own: string, requirements: readonly Requirement[], locked: readonly LockedPackage[]): readonly Needed[] {
  const byName = Map.groupBy(locked, (one) => one.name);
  const required = reach(
    requirements.filter((one) => !one.optional),
    byName,
  );
  const optional = reach(
    requirements.filter((one) => one.optional),
    byName,
  );
  const names = [...new Set([...required.keys(), ...optional.keys()])].filter((name) => name !== own).toSorted();
  return names.flatMap((name): readonly Needed[] => {
    const extras = new Set([...(required.get(name) ?? []), ...(optional.get(name) ?? [])]);
    const declared = requirements.filter((one) => one.name === name).map((one) => one.text);
    const base = { name, optional: !required.has(name), declared };
    const versions = byName.get(name) ?? [];
    if (versions.length === 0) return [{ ...base, dependencies: [] }];
    return versions
      .toSorted((one, other) => (one.version < other.version ? -1 : 1))
      .map((one) => ({
        ...base,
        version: one.version,
        dependencies: [...new Set(askedWith(one, extras).map((each) => each.name))].toSorted(),
      }));
  });
}

type ByName = ReadonlyMap<string, readonly LockedPackage[]>;

/** Names that are reached, each with the extras it is asked for with. Ends, because extras are only ever added. */
function reach(requirements: readonly Pick<Requirement, "name" | "extras">[], byName: ByName): ReadonlyMap<string, ReadonlySet<string>> {
  const reached = new Map<string, Set<string>>();
  const queue: Pick<LockedDependency, "name" | "extras">[] = [...requirements];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const known = reached.get(next.name);
    const extras = known ?? new Set<string>();
    const isNews = known === undefined || next.extras.some((extra) => !extras.has(extra));
    if (!isNews) continue;
    for (const extra of next.extras) extras.add(extra);
    reached.set(next.name, extras);
    for (const one of byName.get(next.name) ?? []) queue.push(...askedWith(one, extras));
  }
  return reached;
}

function askedWith(one: LockedPackage, extras: ReadonlySet<string>): readonly LockedDependency[] {
  return one.dependencies.filter((each) => each.extra === undefined || extras.has(each.extra));
}
