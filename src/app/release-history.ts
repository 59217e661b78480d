// Reads what came since the last release of each package: all tags, and one log of commits for all packages together
// (reference/performance.md §13, rows 2 to 4). Read only, at most four processes of git, however many packages there are.
import type { Configuration } from "../domain/configuration.ts";
import { SlipwayError } from "../domain/error.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import {
  countSince,
  coversAll,
  ownersOf,
  releasesAmong,
  sinceOf,
  type CommitLog,
  type LoggedCommit,
  type PackageHistory,
  type Releases,
} from "../domain/version/history.ts";
import { parseTagPattern, type TagPattern } from "../domain/version/tag.ts";
import type { Git, SourceLook } from "../platform/ports.ts";
import type { FoundPackage } from "./packages/found.ts";

export interface HistoriesAsked {
  readonly configuration: Pick<Configuration, "versions" | "packages">;
  readonly packages: readonly FoundPackage[];
  readonly at: Pick<SourceLook, "root" | "commit">;
  /** Tags that are passed over: an unfinished run made them itself. */
  readonly without: readonly string[];
}

type NamedCommit = { readonly name: string; readonly commit: string };

/** Most commits since a last release. */
const commitsMax = 50_000;
/** Of a project that was never released nobody reads more. */
const firstCommitsMax = 2_000;

/**
 * By package id; packages of which no tag pattern is known are left out.
 * @throws SlipwayError GIT_FAILED for more commits since the last release than are read
 */
export async function readHistories(git: Git, asked: HistoriesAsked): Promise<ReadonlyMap<string, PackageHistory>> {
  const { root, commit } = asked.at;
  const owned = (tags: readonly NamedCommit[]): readonly NamedCommit[] => tags.filter(({ name }) => !asked.without.includes(name));
  const quick = releasesOf(asked, owned(await git.tags(root, "**")));
  const log = await readLog(git, asked, { releases: quick, since: basesOf(quick) });
  if (coversAll(log, commit, basesOf(quick))) return historiesOf(asked, quick, log);
  // Some tag leads to a commit of another branch: only a walk through the whole history tells which tags count.
  const exact = releasesOf(asked, owned(await git.tagsIn(root, commit)));
  const bases = basesOf(exact);
  const since = bases.length === 1 ? bases : [];
  return historiesOf(asked, exact, await readLog(git, asked, { releases: exact, since }));
}

/** The pattern of a package's release tags: its own, or the one that packages of one version share. */
export function patternFor(configuration: Pick<Configuration, "versions" | "packages">, id: string): TagPattern | undefined {
  const own = configuration.packages.find((one) => one.id === id)?.tag;
  const shared = configuration.versions === "one" ? configuration.packages.find(({ tag }) => tag !== undefined)?.tag : undefined;
  const text = own ?? shared;
  const parsed = text === undefined ? undefined : parseTagPattern(text);
  return parsed?.kind === "pattern" ? parsed.pattern : undefined;
}

type ReleasesById = ReadonlyMap<string, Releases>;

function releasesOf({ configuration, packages }: HistoriesAsked, tags: readonly NamedCommit[]): ReleasesById {
  const named = tags.map(({ name, commit }) => ({ tag: name, commit }));
  const byPattern = new Map<string, Releases>();
  return new Map(
    packages.flatMap(({ configuration: { id }, ecosystem }) => {
      const pattern = patternFor(configuration, id);
      if (pattern === undefined) return [];
      const scheme = schemeOf(ecosystem);
      const key = `${scheme.name} ${pattern.text}`;
      const releases = byPattern.get(key) ?? releasesAmong(named, pattern, scheme);
      byPattern.set(key, releases);
      return [[id, releases] as const];
    }),
  );
}

function basesOf(releases: ReleasesById): readonly string[] {
  const commits = [...releases.values()].flatMap(({ newest, final }) => [newest?.commit, final?.commit]);
  return [...new Set(commits.filter((commit) => commit !== undefined))];
}

async function readLog(
  git: Git,
  { configuration, packages, at }: HistoriesAsked,
  { releases, since }: { readonly releases: ReleasesById; readonly since: readonly string[] },
): Promise<CommitLog> {
  const paths = configuration.versions === "each" && packages.length > 1;
  const isFirst = basesOf(releases).length === 0;
  const log = await git.log(at.root, { to: at.commit, since, paths, max: isFirst ? firstCommitsMax : commitsMax });
  if (log.complete || isFirst) return log;
  throw new SlipwayError("GIT_FAILED", `Cannot count the commits since the last release: there are more than ${commitsMax}`, {
    hint: "Name the version yourself: `version: { from: input }`",
  });
}

function historiesOf(
  { configuration, packages }: HistoriesAsked,
  releases: ReleasesById,
  log: CommitLog,
): ReadonlyMap<string, PackageHistory> {
  const own = ownCommits(configuration, packages, log);
  return new Map(
    [...releases].map(([id, { newest, final }]) => {
      const commits = own(id).filter(sinceOf(log, final?.commit));
      // Of a package without a release the log has only what came since that of another.
      const complete = log.complete && (final !== undefined || log.from === undefined);
      return [id, { newest, final, commits, distance: countSince(log, newest?.commit), complete }] as const;
    }),
  );
}

/** Which commits count for which package: all where they carry one version, else those that touch its folder. */
function ownCommits(
  { versions }: HistoriesAsked["configuration"],
  packages: readonly FoundPackage[],
  { commits }: CommitLog,
): (id: string) => readonly LoggedCommit[] {
  if (versions === "one" || packages.length <= 1) return () => commits;
  const owners = ownersOf(packages.map(({ configuration: { id, path } }) => ({ id, folder: path })));
  const byPackage = new Map<string, LoggedCommit[]>(packages.map(({ configuration: { id } }) => [id, []]));
  for (const one of commits) for (const id of new Set(one.paths.flatMap(owners))) byPackage.get(id)?.push(one);
  return (id) => byPackage.get(id) ?? [];
}
