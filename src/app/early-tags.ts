// Tags are asked for once, and beside everything else that git is asked for at the start: each time that a command waits for
// git costs it ten milliseconds (reference/performance.md §13, rows 3 and 4).
import type { Git } from "../platform/ports.ts";

/** @param folder anywhere in the repository. What asking throws is thrown by whoever waits for the tags. */
export function withEarlyTags(git: Git, folder: string): Git {
  const all = git.tags(folder, "**");
  // Whether this is a repository at all is told better by those who look at it.
  all.catch(() => undefined);
  return { ...git, tags: (at, glob) => (glob === "**" ? all : git.tags(at, glob)) };
}
