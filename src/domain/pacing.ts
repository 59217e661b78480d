// How long the rate limits of registries alone will take: worked out before anything is sent, so that nobody starts a release on
// Friday evening that ends on Saturday. Only documented limits count; where none is known, nothing is said. The time that
// builds, uploads and indexes take is not in it. Sources: protocols §4.1 (crates, per user token; trusted publishing is
// exempt), §1.2 row 3 (PyPI: new projects per user). npm and image registries document none.
import { cratesBuckets, paceCrates, type PacedKind, type PacedSend } from "./crates/pacing.ts";
import type { PlannedMember, PlannedRegistry } from "./plan/plan.ts";

/** What a registry tells of one name: it has none, it has it, it has this very version of it; or it does not tell. */
export type NameStanding = "new" | "known" | "published" | "unknown";

export interface RegistryPacing {
  readonly registry: string;
  /** What a name stands for there. */
  readonly of: "crate" | "project";
  /** Names that the registry did not have, as far as it told. */
  readonly newNames: number;
  /** Versions of names that it has. */
  readonly newVersions: number;
  /** Names of which it did not tell. */
  readonly untold: number;
  /** From the first upload to the last, in milliseconds: what the limits alone take. */
  readonly atLeastMs: number;
  /** The same if every name that it did not tell of is new. */
  readonly atMostMs: number;
  /** The limit that takes the time, in words. */
  readonly limit: string;
}

/** New projects that the public index of Python packages lets one user make in an hour. */
const newProjectsPerHour = 20;
const hourMs = 60 * 60_000;

/**
 * Whether anything of that many names could be slowed down there at all: if not, nobody needs to ask the registry.
 * @param registry one with an address of its own has limits of its own, which nobody knows
 */
export function mayBePaced(registry: PlannedRegistry, names: number): boolean {
  if (registry.url !== undefined || registry.index !== undefined || registry.credentials.kind !== "token") return false;
  if (registry.ecosystem === "crates") return names > cratesBuckets["new-crate"].burst;
  return registry.ecosystem === "pypi" && names > newProjectsPerHour;
}

/**
 * @param members what is published there, each after what it needs
 * @returns undefined where limits take no time, or none are known
 */
export function paceRegistry(
  registry: PlannedRegistry,
  members: readonly Pick<PlannedMember, "name" | "needs">[],
  standing: (name: string) => NameStanding,
): RegistryPacing | undefined {
  const sent = members.filter(({ name }) => standing(name) !== "published");
  if (!mayBePaced(registry, sent.length)) return undefined;
  const count = (which: NameStanding): number => sent.filter(({ name }) => standing(name) === which).length;
  const pace = (untold: "new" | "known"): number => {
    const kindOf = (name: string): PacedKind => ((standing(name) === "unknown" ? untold : standing(name)) === "new" ? "new-crate" : "new-version"); // prettier-ignore
    return registry.ecosystem === "crates" ? paceCrates(sendsOf(sent, kindOf)).totalMs : paceProjects(sent.filter(({ name }) => kindOf(name) === "new-crate").length); // prettier-ignore
  };
  const [atLeastMs, atMostMs] = [pace("known"), pace("new")];
  if (atMostMs === 0) return undefined;
  const counted = { newNames: count("new"), newVersions: count("known"), untold: count("unknown") };
  const of = registry.ecosystem === "crates" ? "crate" : "project";
  return { registry: registry.name, of, ...counted, atLeastMs, atMostMs, limit: limitWords(registry, counted) };
}

function sendsOf(members: readonly Pick<PlannedMember, "name" | "needs">[], kindOf: (name: string) => PacedKind): readonly PacedSend[] {
  const names = new Set(members.map(({ name }) => name));
  return members.map(({ name, needs = [] }) => ({ key: name, kind: kindOf(name), after: needs.filter((need) => names.has(need)) }));
}

function paceProjects(count: number): number {
  return Math.max(0, Math.ceil(count / newProjectsPerHour) - 1) * hourMs;
}

function limitWords(
  { ecosystem }: PlannedRegistry,
  { newNames, newVersions, untold }: Pick<RegistryPacing, "newNames" | "newVersions" | "untold">,
): string {
  if (ecosystem === "pypi") return `${newProjectsPerHour} new projects an hour`;
  const isNew = newNames + untold > cratesBuckets["new-crate"].burst;
  const isMany = newVersions + untold > cratesBuckets["new-version"].burst;
  const words = [
    ...(isNew ? [bucketWords("new-crate", "new crates")] : []),
    ...(isMany ? [bucketWords("new-version", "new versions")] : []),
  ];
  return words.join(" and ");
}

function bucketWords(kind: PacedKind, what: string): string {
  const { burst, everyMs } = cratesBuckets[kind];
  return `${burst} ${what} at once, then one every ${minuteWords(everyMs)}`;
}

/** One line for people. @example "crates: 12 new crates, at least 70 min (5 new crates at once, then one every 10 min)" */
export function pacingWords({ registry, of, newNames, newVersions, untold, atLeastMs, atMostMs, limit }: RegistryPacing): string {
  const counts = [
    ...(newNames === 0 ? [] : [`${newNames} new ${newNames === 1 ? of : `${of}s`}`]),
    ...(newVersions === 0 ? [] : [`${newVersions} new ${newVersions === 1 ? "version" : "versions"}`]),
    ...(untold === 0 ? [] : [`${untold} of which it does not tell whether they are new`]),
  ];
  const most = atMostMs === atLeastMs ? "" : `, and up to ${minuteWords(atMostMs)} if they are`;
  return `${registry}: ${counts.join(" and ")}, at least ${minuteWords(atLeastMs)}${most} (${limit})`;
}

/** Minutes up to two hours, then hours and minutes: `70 min`, `15 h 50 min`. */
function minuteWords(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes <= 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? "" : ` ${minutes % 60} min`}`;
}
