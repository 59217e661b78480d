// What came since a package's last release, told from tags and one list of commits for all packages: which tags are its
// releases, which commits came after them, and which of those touch its folder. Pure: the list is the caller's to read.
import type { Version, VersionScheme } from "./scheme.ts";
import { matchTag, type TagPattern } from "./tag.ts";

export interface LoggedCommit {
  /** Full object id. */
  readonly commit: string;
  readonly parents: readonly string[];
  /** Subject and body. */
  readonly message: string;
  /** Files it changes, `/` between parts; none for a merge. */
  readonly paths: readonly string[];
}

export interface DatedCommit extends LoggedCommit {
  /** Committer time, seconds since 1970. */
  readonly epochSeconds: number;
}

/** Commits of a history, newest first. */
export interface CommitLog {
  readonly commits: readonly LoggedCommit[];
  /** The commit that is left out with all that it contains; absent: nothing is left out. */
  readonly from?: string;
  /** False: there are more commits than were read. */
  readonly complete: boolean;
}

export interface TaggedRelease {
  readonly tag: string;
  /** Commit that the tag leads to. */
  readonly commit: string;
  readonly version: Version;
}

export interface Releases {
  /** Of the highest version, candidates included. */
  readonly newest: TaggedRelease | undefined;
  /** The newest that is no candidate. */
  readonly final: TaggedRelease | undefined;
}

export interface PackageHistory extends Releases {
  /** Of the package, since its last final release, or where it has candidates alone, since its beginning; newest first. */
  readonly commits: readonly LoggedCommit[];
  /** How many commits of the whole repository came since its newest release. */
  readonly distance: number;
  /** False: there are more commits than were read. */
  readonly complete: boolean;
}

/** The releases of one tag pattern. */
export function releasesAmong(
  tags: readonly Pick<TaggedRelease, "tag" | "commit">[],
  pattern: TagPattern,
  scheme: VersionScheme,
): Releases {
  let newest: TaggedRelease | undefined;
  let final: TaggedRelease | undefined;
  for (const { tag, commit } of tags) {
    if (!tag.startsWith(pattern.prefix)) continue;
    const matched = matchTag(pattern, tag, scheme);
    if (matched.kind === "other" || matched.kind === "refused") continue;
    const { version } = matched;
    const isNewer = (than: TaggedRelease | undefined): boolean => than === undefined || scheme.compare(version, than.version) > 0;
    if (isNewer(newest)) newest = { tag, commit, version };
    if (!version.prerelease && isNewer(final)) final = { tag, commit, version };
  }
  return { newest, final };
}

/**
 * Whether commits since each of `bases` can be told from the log: `head` contains all of them, and each contains what the
 * log leaves out. A descendant of the commit that is left out has a chain of commits down to it, all in the log, so that
 * its parents tell.
 */
export function coversAll(log: CommitLog, head: string, bases: readonly string[]): boolean {
  const { from } = log;
  const index = indexOf(log);
  const leadsToFrom = (seen: ReadonlySet<number>): boolean =>
    from === undefined || [...seen].some((position) => index.commits[position]?.parents.includes(from) === true);
  const isFirst = head === from || (index.commits[0]?.commit === head && leadsToFrom(new Set(index.commits.keys())));
  // In a chain that ends at `from`, every commit contains it.
  return (
    isFirst &&
    bases.every((base) => base === from || (index.positions.has(base) && (index.isLinear || leadsToFrom(reachable(index, base)))))
  );
}

/** Which commits of the log `base` does not contain; undefined: all of them. */
export function sinceOf(log: CommitLog, base: string | undefined): (one: LoggedCommit) => boolean {
  if (base === undefined || base === log.from) return () => true;
  const index = indexOf(log);
  const { positions, isLinear } = index;
  const at = positions.get(base) ?? log.commits.length;
  if (isLinear) return ({ commit }) => (positions.get(commit) ?? 0) < at;
  const before = reachable(index, base);
  return ({ commit }) => !before.has(positions.get(commit) ?? -1);
}

export function countSince(log: CommitLog, base: string | undefined): number {
  if (base === undefined || base === log.from) return log.commits.length;
  const index = indexOf(log);
  if (index.isLinear) return index.positions.get(base) ?? log.commits.length;
  return log.commits.length - reachable(index, base).size;
}

/**
 * Which packages a file belongs to: those whose folder is the nearest above it, so that a package at the root has what no
 * other has.
 * @returns ids, by path
 */
export function ownersOf(packages: readonly { readonly id: string; readonly folder: string }[]): (path: string) => readonly string[] {
  const byFolder = new Map<string, string[]>();
  for (const { id, folder } of packages) {
    const key = folder.replace(/^\.\/|\/+$/g, "") || ".";
    byFolder.set(key, [...(byFolder.get(key) ?? []), id]);
  }
  const known = new Map<string, readonly string[]>();
  const ownersOfFolder = (folder: string): readonly string[] => {
    const found = known.get(folder) ?? byFolder.get(folder) ?? (folder === "." ? [] : ownersOfFolder(parentOf(folder)));
    known.set(folder, found);
    return found;
  };
  return (path) => ownersOfFolder(parentOf(path));
}

function parentOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at === -1 ? "." : path.slice(0, at);
}

interface Index {
  readonly positions: ReadonlyMap<string, number>;
  readonly commits: readonly LoggedCommit[];
  /** Each commit is the only parent of the one before it: what one contains is what follows it. */
  readonly isLinear: boolean;
}

const indexes = new WeakMap<CommitLog, Index>();

function indexOf(log: CommitLog): Index {
  const known = indexes.get(log);
  if (known !== undefined) return known;
  const { commits } = log;
  const index: Index = {
    positions: new Map(commits.map(({ commit }, position) => [commit, position])),
    commits,
    isLinear: commits.every(({ parents }, position) => {
      const after = commits[position + 1]?.commit;
      return after === undefined ? parents.length <= 1 : parents.length === 1 && parents[0] === after;
    }),
  };
  indexes.set(log, index);
  return index;
}

/** Positions of all commits of the log that `from` contains, itself included. */
function reachable({ positions, commits }: Index, from: string): ReadonlySet<number> {
  const seen = new Set<number>();
  const open = [from];
  for (let commit = open.pop(); commit !== undefined; commit = open.pop()) {
    const position = positions.get(commit);
    if (position === undefined || seen.has(position)) continue;
    seen.add(position);
    open.push(...(commits[position]?.parents ?? []));
  }
  return seen;
}
