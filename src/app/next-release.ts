// Use case: what would be released now, and why. Read only and quick: it looks at the repository alone, and asks nobody.
import { bodyOf, hasContent, readChangelog, sectionOf } from "../domain/changelog/read.ts";
import { headingsOf } from "../domain/changelog/told.ts";
import { tellCommits } from "../domain/changelog/commits.ts";
import { toldCommit } from "../domain/changelog/groups.ts";
import type { Configuration, Ecosystem, PipelineConfiguration, VersionRule } from "../domain/configuration.ts";
import { SlipwayError } from "../domain/error.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import { readCommits, readConventional, type Change } from "../domain/version/commits.ts";
import type { PackageHistory } from "../domain/version/history.ts";
import { readVersion } from "../domain/version/scheme.ts";
import type { GitTag } from "../platform/ports.ts";
import type { Around } from "./asked.ts";
import { commitSource, type ReadCommit } from "./packages/commit-source.ts";
import type { FoundPackage } from "./packages/found.ts";
import { findPackages } from "./packages/packages.ts";
import { withEarlyTags } from "./early-tags.ts";
import { openProject } from "./project.ts";
import { readHistories } from "./release-history.ts";
import { namedPackages } from "./release-packages.ts";
import { choosePipeline } from "./release.ts";
import { matchHere, plannedTag } from "./release-tag.ts";
import { countFrom, presentVersion, ruleOf, type Counted } from "./release-version.ts";
import type { World } from "./world.ts";

export const nextSchema = "slipway-next/1";

export interface NextRelease {
  readonly schema: typeof nextSchema;
  readonly project: string;
  readonly pipeline: string;
  /** Full object id of the commit that was looked at. */
  readonly commit: string;
  /** Where the version comes from. */
  readonly from: VersionRule["from"];
  readonly versions: Configuration["versions"];
  readonly packages: readonly NextPackage[];
  /** Paths that differ from the commit, and are no part of it. */
  readonly uncommitted: readonly string[];
}

export interface NextPackage {
  readonly id: string;
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly folder: string;
  /** What the manifest says, or where it says nothing, the newest release tag; absent: neither does. */
  readonly present?: string;
  /** The newest release tag that the commit contains. */
  readonly last?: { readonly tag: string; readonly version: string; readonly commit: string };
  readonly outlook: Outlook;
  readonly commits: CommitsTold;
  /** What would be told of the release; absent: there is nothing to tell. */
  readonly changelog?: ChangelogPreview;
}

export type Outlook =
  /** This is released by the next run. */
  | { readonly kind: "release"; readonly version: string; readonly tag?: string; readonly why: string }
  /** A person has to say the version; this one is what the commits ask for. */
  | { readonly kind: "proposal"; readonly version: string; readonly tag?: string; readonly why: string }
  | { readonly kind: "nothing"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string; readonly hint?: string };

/** Of commits since the last final release; those of a monorepo that touch the package's folder. */
export interface CommitsTold {
  readonly count: number;
  /** False: there are more; no more were read, as the package was never released. */
  readonly complete: boolean;
  readonly change: Change;
  /** How many of each conventional type; `other`: those that follow no convention. */
  readonly types: Readonly<Record<string, number>>;
  /** Subjects of the commits that ask for the change. */
  readonly reasons: readonly string[];
}

export interface ChangelogPreview {
  /** `file`: as it stands there; `commits`: the list that the commits make under Slipway's own headings. */
  readonly by: "file" | "commits";
  readonly file?: string;
  readonly text: string;
}

export interface NextAsked {
  readonly pipeline: string | undefined;
  readonly packages: readonly string[];
}

const uncommittedMax = 1_000;

/** @throws SlipwayError what `openProject` and `findPackages` throw; USAGE for a pipeline or package that is not there */
export async function nextRelease(world: World, asked: NextAsked): Promise<NextRelease> {
  const git = withEarlyTags(world.git, world.folder);
  const { configuration, look } = await openProject(world);
  const pipeline = pipelineOf(configuration, asked.pipeline);
  const source = commitSource(git, look, configuration);
  const { read } = source;
  const packages = await findPackages(configuration, source);
  const named = namedPackages(packages, { configuration, asked }) ?? packages;
  const histories = await readHistories(git, { configuration, packages, at: look, without: [] });
  const around: Around = { packages, tagsHere: look.tagsHere, shallow: look.shallow, histories };
  const rule = ruleOf({ configuration, pipeline });
  return {
    schema: nextSchema,
    project: configuration.project,
    pipeline: pipeline.name,
    commit: look.commit,
    from: rule.from,
    versions: configuration.versions,
    packages: await Promise.all(named.map((one) => nextOf(one, { around, rule, read, history: histories.get(one.configuration.id) }))),
    uncommitted: look.dirty.slice(0, uncommittedMax),
  };
}

/** Without a name the pipeline that makes versions, since the others take theirs from what it made. */
function pipelineOf(configuration: Configuration, name: string | undefined): PipelineConfiguration {
  const makes = configuration.pipelines.find((pipeline) => ["input", "commits"].includes(ruleOf({ configuration, pipeline }).from));
  return choosePipeline(configuration, name ?? makes?.name ?? configuration.pipelines[0]?.name);
}

interface Looking {
  readonly around: Around;
  readonly rule: VersionRule;
  readonly read: ReadCommit;
  readonly history: PackageHistory | undefined;
}

async function nextOf(one: FoundPackage, looking: Looking): Promise<NextPackage> {
  const { around, history } = looking;
  const { id, path } = one.configuration;
  const present = around.shallow && history?.newest === undefined ? one.manifestVersion?.version : presentVersion(one, around)?.normal;
  const outlook = outlookOf(one, looking);
  const version = outlook.kind === "release" || outlook.kind === "proposal" ? outlook.version : undefined;
  const changelog = await previewOf(one, looking, version);
  return {
    id,
    ecosystem: one.ecosystem,
    name: one.name,
    folder: path,
    ...(present === undefined ? {} : { present }),
    ...(history?.newest === undefined
      ? {}
      : { last: { tag: history.newest.tag, version: history.newest.version.normal, commit: history.newest.commit } }),
    outlook,
    commits: tellOf(history),
    ...(changelog === undefined ? {} : { changelog }),
  };
}

// --- outlook ----------------------------------------------------------------------------------

function outlookOf(one: FoundPackage, looking: Looking): Outlook {
  try {
    return decidedOutlook(one, looking) ?? proposedOutlook(one, looking);
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return { kind: "unknown", why: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
}

/** What is released without anybody saying more. */
function decidedOutlook(one: FoundPackage, { around, rule, history }: Looking): Outlook | undefined {
  if (rule.from === "commits") return countedOutlook(one, countFrom(one, around), "release");
  const here = rule.from === "input" ? undefined : tagHere(one, around.tagsHere);
  if (here !== undefined)
    return {
      kind: "release",
      version: here.version,
      tag: here.tag,
      why: `the release tag "${here.tag}" leads to this commit; whether it is published, \`slipway verify\` tells`,
    };
  const written = one.manifestVersion;
  if (rule.from !== "manifest" || written === undefined) return undefined;
  const scheme = schemeOf(one.ecosystem);
  const version = readVersion(scheme, written.version);
  if (history?.newest !== undefined && scheme.compare(version, history.newest.version) <= 0) return undefined;
  return { ...toBe(one, version.normal, "release"), why: `"${written.file}" says it, and no release tag does yet` };
}

/** What the commits ask for where a person decides. */
function proposedOutlook(one: FoundPackage, { around, rule }: Looking): Outlook {
  // What the manifest says is released already, or nobody's business.
  const counted = countFrom(rule.from === "input" ? one : { ...one, manifestVersion: undefined }, around);
  const proposed = countedOutlook(one, counted, "proposal");
  if (proposed.kind !== "proposal") return proposed;
  const how = {
    manifest: `set it in the manifest (${one.manifestVersion?.version ?? "none"} is released) and commit`,
    tag: "make the tag",
    input: "say it to `slipway run`",
    commits: "",
  }[rule.from];
  return { ...proposed, why: `${proposed.why}; to release it, ${how}` };
}

function countedOutlook(one: FoundPackage, counted: Counted, kind: "release" | "proposal"): Outlook {
  switch (counted.kind) {
    case "nothing":
      return { kind: "nothing", why: `since "${counted.tag}" ${counted.why}` };
    case "refused":
      return {
        kind: "unknown",
        why: counted.problem.message,
        ...(counted.problem.hint === undefined ? {} : { hint: counted.problem.hint }),
      };
    case "first":
      return { ...toBe(one, counted.version, kind), why: "it is the first release, as the manifest says it" };
    case "next":
      return { ...toBe(one, counted.version, kind), why: whyOf(counted) };
  }
}

function whyOf({ size, read }: Extract<Counted, { kind: "next" }>): string {
  if (read.change === "none") return `${size}: what the candidates were for`;
  const what = { breaking: "a breaking change", feature: "a feature", fix: "a fix" }[read.change];
  return `${size}: the commits have ${what}`;
}

function toBe(one: FoundPackage, version: string, kind: "release" | "proposal"): { kind: typeof kind; version: string; tag?: string } {
  const tag = one.configuration.tag === undefined ? undefined : plannedTag(one, readVersion(schemeOf(one.ecosystem), version), undefined);
  return { kind, version, ...(tag === undefined ? {} : { tag }) };
}

function tagHere(one: FoundPackage, tags: readonly GitTag[]): { readonly tag: string; readonly version: string } | undefined {
  if (one.configuration.tag === undefined) return undefined;
  const matched = tags.flatMap((tag) => matchHere(one, tag) ?? []);
  const scheme = schemeOf(one.ecosystem);
  const [newest] = matched.toSorted((a, b) => scheme.compare(b.version, a.version));
  return newest === undefined ? undefined : { tag: newest.tag, version: newest.version.normal };
}

// --- commits and changelog --------------------------------------------------------------------

function tellOf(history: PackageHistory | undefined): CommitsTold {
  const messages = (history?.commits ?? []).map(({ message }) => message);
  const read = readCommits(messages);
  const types = new Map<string, number>();
  for (const message of messages) {
    const type = readConventional(message)?.type ?? "other";
    types.set(type, (types.get(type) ?? 0) + 1);
  }
  const sorted = [...types].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  return {
    count: messages.length,
    complete: history?.complete ?? true,
    change: read.change,
    types: Object.fromEntries(sorted),
    reasons: read.reasons,
  };
}

/** By git-cliff with a configuration of the project's own the section may read otherwise; what it tells are the same commits. */
async function previewOf(
  one: FoundPackage,
  { read, history }: Looking,
  version: string | undefined,
): Promise<ChangelogPreview | undefined> {
  const { changelog } = one.configuration;
  if (changelog !== undefined && changelog.by === undefined) {
    const text = await read(changelog.file);
    const section = text === undefined ? undefined : writtenSection(one, text, version);
    return section === undefined ? undefined : { by: "file", file: changelog.file, text: section };
  }
  const commits = history?.commits ?? [];
  if (commits.length === 0 || version === undefined) return undefined;
  const text = tellCommits(commits.toReversed().map(({ message, parents }) => toldCommit(message, parents.length > 1)));
  return { by: "commits", ...(changelog === undefined ? {} : { file: changelog.file }), text };
}

/** The section of the version, or what waits for one. */
function writtenSection(one: FoundPackage, text: string, version: string | undefined): string | undefined {
  const headings = headingsOf({ id: one.configuration.id, name: one.name, ecosystem: one.ecosystem });
  const changelog = readChangelog(text, headings);
  const own = version === undefined ? undefined : sectionOf(changelog, readVersion(headings.scheme, version), headings);
  const section = own ?? changelog.unreleased;
  const body = section === undefined ? "" : bodyOf(changelog, section);
  return hasContent(body) ? body : undefined;
}
