// One section made from commits that come newest first, as git lists them, and of which there may be more than fit into
// memory with their messages: of each only its line is kept. The text is that of `tellCommits`, newest commits first to
// stay where there are too many.
import { groupOf, groups, groupText, lineOf, noChanges, type Group, type ToldCommit } from "./commits.ts";

export interface SectionTeller {
  /** Commits that were added. */
  readonly count: number;
  add(commit: ToldCommit): void;
  /** Markdown without a heading of its own. */
  text(): string;
}

/** Lines of one section, about 10 MB: a history that was never released is one section. */
export const sectionLinesMax = 50_000;

export function createSectionTeller(linesMax: number = sectionLinesMax): SectionTeller {
  let count = 0;
  let best = Number.POSITIVE_INFINITY;
  let lines: Lines | undefined;
  return {
    get count() {
      return count;
    },
    add(commit) {
      count += 1;
      const rank = rankOf(commit);
      if (rank > best) return;
      // Nobody will read what stands behind something better.
      if (rank < best) lines = undefined;
      best = rank;
      lines ??= createLines(linesMax);
      lines.add(commit);
    },
    text: () => lines?.text() ?? noChanges,
  };
}

/** What users notice is told; where there is none of it, what is no merge; and at last whatever there is. */
function rankOf(commit: ToldCommit): number {
  if (commit.merge) return 2;
  return commit.group === "hidden" && !commit.breaking ? 1 : 0;
}

interface Lines {
  add(commit: ToldCommit): void;
  text(): string;
}

function createLines(linesMax: number): Lines {
  const byGroup = new Map<Group, Set<string>>();
  let count = 0;
  return {
    add(commit) {
      count += 1;
      if (count > linesMax) return;
      const group = groupOf(commit);
      const lines = byGroup.get(group) ?? new Set();
      byGroup.set(group, lines);
      const line = lineOf(commit);
      // Of equal lines the oldest keeps its place, and it comes last.
      lines.delete(line);
      lines.add(line);
    },
    text() {
      const rest = count > linesMax ? [`- … and ${count - linesMax} more`] : [];
      return [...groups.flatMap((group) => groupText(group, [...(byGroup.get(group) ?? [])].toReversed())), ...rest].join("\n\n");
    },
  };
}
