// The head: where the run's own source stands (DESIGN §1.7). It begins at the pinned commit; steps that write the source
// move it on, locally. What is kept and not committed yet is a tree of its own, so that the next step starts from it.
import type { PlannedSource } from "../plan/plan.ts";

export interface Head {
  /** The pinned commit, or the last that the run made. */
  readonly commit: string;
  /** Committer time of that commit, seconds since 1970: `SOURCE_DATE_EPOCH` of what is built from it. */
  readonly epochSeconds: number;
  /** The tree that the next step starts from, where it is another than the commit's. */
  readonly tree?: string;
  /** Tags that the run made, oldest first. */
  readonly tags: readonly MadeTag[];
}

export interface MadeTag {
  readonly name: string;
  /** Of the tag object itself. */
  readonly object: string;
  /** Commit that it leads to. */
  readonly commit: string;
}

/** Where every run begins. */
export function firstHead(source: Pick<PlannedSource, "commit" | "epochSeconds">): Head {
  return { commit: source.commit, epochSeconds: source.epochSeconds, tags: [] };
}

/** One name for all copies of the same source. */
export function headKey(head: Head): string {
  return head.tree === undefined ? head.commit : `${head.commit}-${head.tree}`;
}
