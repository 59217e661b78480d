// A whole history cut into its releases while it is read, newest commit first and no commit before one that contains it
// (`git log --date-order`): each commit is told by the oldest release that contains it, and a release is told as soon as no
// commit can follow that belongs to it. Nothing is kept but the lines of what is not yet told, so that a history may be of
// any length (reference/performance.md §13, row 3).
import { assert } from "../error.ts";
import type { DatedCommit } from "../version/history.ts";
import type { Version, VersionScheme } from "../version/scheme.ts";
import { matchTag, type TagPattern } from "../version/tag.ts";
import type { CommitTag } from "./since.ts";
import { toldCommit } from "./groups.ts";
import { createSectionTeller, type SectionTeller } from "./tell-section.ts";

export interface ReleaseSection {
  /** Absent: not released yet. */
  readonly release?: {
    readonly tag: string;
    /** In the scheme's own form. */
    readonly version: string;
    /** Full object id of the commit that the tag leads to. */
    readonly commit: string;
    /** Committer time of that commit, seconds since 1970. */
    readonly epochSeconds: number;
  };
  /** Commits that belong to it. */
  readonly count: number;
  /** Markdown without a heading of its own. */
  readonly text: string;
}

export interface HistoryTelling {
  readonly tags: readonly CommitTag[];
  readonly pattern: TagPattern;
  readonly scheme: VersionScheme;
  /** Whether the commit is the package's to tell. */
  counts(commit: DatedCommit): boolean;
  /** Each release, the newest first; what is not released yet before all, where there is something. */
  onSection(section: ReleaseSection): void;
}

export interface HistoryTeller {
  add(commit: DatedCommit): void;
  /** The history is at its end. */
  end(): void;
}

interface TagVersion {
  readonly name: string;
  readonly version: Version;
}

interface OpenSection {
  readonly tag?: TagVersion & { readonly commit: string; readonly epochSeconds: number };
  readonly teller: SectionTeller;
  /** Commits that are known to belong to it, unless an older release contains them, and have not come yet. */
  waiting: number;
}

export function tellByRelease(telling: HistoryTelling): HistoryTeller {
  const tags = tagsByCommit(telling);
  const sections: (OpenSection | undefined)[] = [{ teller: createSectionTeller(), waiting: 0 }];
  /** Section of each commit that a newer one named as its parent. */
  const named = new Map<string, number>();
  let told = 0;

  const at = (index: number): OpenSection => {
    const section = sections[index];
    assert(section !== undefined, "a release that was told gets no more commits");
    return section;
  };

  function open(tag: TagVersion, { commit, epochSeconds }: DatedCommit): number {
    sections.push({ tag: { ...tag, commit: ownCopy(commit), epochSeconds }, teller: createSectionTeller(), waiting: 0 });
    return sections.length - 1;
  }

  /** What candidates were for is told of the final release, whose readers never saw them. */
  function sectionOf(commit: DatedCommit, inherited: number): number {
    let index = inherited;
    for (const tag of tags.get(commit.commit) ?? []) if (!tag.version.prerelease || !isFinal(index)) index = open(tag, commit);
    return index;
  }

  function isFinal(index: number): boolean {
    return at(index).tag?.version.prerelease === false;
  }

  /** Of two releases that contain a commit the older one tells it; a final one before a candidate. */
  function older(one: number, other: number): number {
    if (isFinal(one) !== isFinal(other)) return isFinal(one) ? one : other;
    return Math.max(one, other);
  }

  function name(parent: string, index: number): void {
    const before = named.get(parent);
    const after = before === undefined ? index : older(before, index);
    if (before !== undefined) at(before).waiting -= 1;
    at(after).waiting += 1;
    named.set(before === undefined ? ownCopy(parent) : parent, after);
  }

  function tellEnded(all: boolean): void {
    for (; told < sections.length - (all ? 0 : 1); told += 1) {
      const section = at(told);
      if (!all && section.waiting > 0) return;
      sections[told] = undefined;
      if (section.tag !== undefined || section.teller.count > 0) telling.onSection(tellSection(section));
    }
  }

  return {
    add(commit) {
      const inherited = named.get(commit.commit);
      if (inherited !== undefined) at(inherited).waiting -= 1;
      named.delete(commit.commit);
      const index = sectionOf(commit, inherited ?? 0);
      for (const parent of commit.parents) name(parent, index);
      if (telling.counts(commit)) at(index).teller.add(toldCommit(commit.message, commit.parents.length > 1));
      tellEnded(false);
    },
    end: () => tellEnded(true),
  };
}

function tellSection({ tag, teller }: OpenSection): ReleaseSection {
  const told = { count: teller.count, text: teller.text() };
  if (tag === undefined) return told;
  const { name, version, commit, epochSeconds } = tag;
  return { release: { tag: name, version: version.normal, commit, epochSeconds }, ...told };
}

/** Release tags of each commit, the highest version first: the lowest has the changes, and the others none. */
function tagsByCommit({ tags, pattern, scheme }: HistoryTelling): ReadonlyMap<string, readonly TagVersion[]> {
  const byCommit = new Map<string, TagVersion[]>();
  for (const { name, commit } of tags) {
    const matched = matchTag(pattern, name, scheme);
    if (matched.kind !== "final" && matched.kind !== "prerelease") continue;
    const others = byCommit.get(commit) ?? [];
    byCommit.set(commit, [...others, { name, version: matched.version }]);
  }
  for (const some of byCommit.values()) some.sort((a, b) => scheme.compare(b.version, a.version));
  return byCommit;
}

/** A part of a long text keeps all of it in memory, and some commits wait long for their turn. */
function ownCopy(part: string): string {
  return ` ${part}`.slice(1);
}
