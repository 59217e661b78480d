// Use case: the changelog of a whole history, for a project that starts one. Read only: one look at the source, one list of
// tags, and one `git log` that is told while it is read. What the step `changelog` writes for a release is git-cliff's, over
// the commits of that release alone: over whole histories its cost grows with the tags (reference/performance.md §2.4).
import { nearestWord } from "../config/nearest.ts";
import { tellByRelease, type ReleaseSection } from "../domain/changelog/by-release.ts";
import type { Configuration, PackageConfiguration } from "../domain/configuration.ts";
import { SlipwayError } from "../domain/error.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import { ownersOf } from "../domain/version/history.ts";
import { parseTagPattern, type TagPattern } from "../domain/version/tag.ts";
import { withEarlyTags } from "./early-tags.ts";
import { openProject } from "./project.ts";
import { patternFor } from "./release-history.ts";
import type { World } from "./world.ts";

/** What is told, and of what; known before the first release is. */
export interface HistoryHead {
  readonly project: string;
  /** Id of the package; absent: all packages of the file carry one version. */
  readonly package?: string;
  /** Full object id of the newest commit that is told. */
  readonly commit: string;
  /** False: the clone is shallow, and older commits are not here. */
  readonly complete: boolean;
  /** Whether a step writes what is not released yet when it is released. */
  readonly generated: boolean;
}

export interface HistoryAsked {
  /** Id of one package of several with versions of their own. */
  readonly package: string | undefined;
  /** Leave out what is not released yet. */
  readonly released: boolean;
}

export interface HistoryListener {
  onHead(head: HistoryHead): void;
  /** The newest first. */
  onSection(section: ReleaseSection): void;
}

/** @throws SlipwayError what `openProject` throws; USAGE for a package that is not there, or where one has to be named */
export async function tellHistory(world: World, asked: HistoryAsked, listener: HistoryListener): Promise<void> {
  const git = withEarlyTags(world.git, world.folder);
  const { configuration, look } = await openProject(world);
  const one = packageOf(configuration, asked.package);
  const isShared = configuration.versions === "one" || configuration.packages.length === 1;
  listener.onHead({
    project: configuration.project,
    ...(isShared ? {} : { package: one.id }),
    commit: look.commit,
    complete: !look.shallow,
    generated: one.changelog?.by !== undefined,
  });
  const owners = ownersOf(configuration.packages.map(({ id, path }) => ({ id, folder: path })));
  const teller = tellByRelease({
    tags: await git.tags(look.root, "**"),
    pattern: patternOf(configuration, one),
    scheme: schemeOf(one.ecosystem ?? "pypi"),
    counts: isShared ? () => true : ({ paths }) => paths.some((path) => owners(path).includes(one.id)),
    onSection(section) {
      if (section.release !== undefined || !asked.released) listener.onSection(section);
    },
  });
  await git.history(look.root, { commit: look.commit, paths: !isShared }, (commit) => teller.add(commit));
  teller.end();
}

/** @throws SlipwayError USAGE */
function packageOf({ packages, versions }: Configuration, id: string | undefined): PackageConfiguration {
  const ids = packages.map((one) => one.id);
  const named = packages.find((one) => one.id === id);
  if (id !== undefined && named === undefined) {
    const nearest = nearestWord(id, ids);
    throw new SlipwayError("USAGE", `Cannot choose package "${id}": slipway.yaml has no such package`, {
      hint: nearest === undefined ? `Packages: ${ids.join(", ")}` : `Did you mean "${nearest}"?`,
    });
  }
  const [first, ...others] = packages;
  // Packages of one version share their commits, and the tags of whichever has some.
  const all = versions === "one" ? (packages.find(({ tag }) => tag !== undefined) ?? first) : others.length === 0 ? first : undefined;
  const chosen = named ?? all;
  if (chosen !== undefined) return chosen;
  throw new SlipwayError("USAGE", `Cannot tell one changelog: slipway.yaml has ${ids.length} packages with versions of their own`, {
    hint: `Name one of them, as in \`slipway changelog --package ${ids[0] ?? "ID"}\``,
  });
}

/** As the step `changelog` has it: without a pattern the tags are `v1.2.3`. */
function patternOf(configuration: Configuration, { id }: PackageConfiguration): TagPattern {
  const own = patternFor(configuration, id);
  if (own !== undefined) return own;
  const usual = parseTagPattern("v{version}");
  return usual.kind === "pattern" ? usual.pattern : { text: "v{version}", prefix: "v", accepts: "all" };
}
