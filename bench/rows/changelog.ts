// Row 4, the changelog since the last tag: 200 commits of a repository with 20,000.
import { commitsCount, commitsSinceTag, history, tagsCount } from "../data/history.ts";
import type { Side } from "../measure.ts";
import { changelogs, gitCliff, installAll } from "../peers.ts";
import { gitCliffProgram, node, npm } from "../places.ts";
import { slipwayCommand } from "../product.ts";
import { over, times, type Prepared, type Row } from "../row.ts";

export const changelogRow: Row = {
  name: "changelog",
  title: `4 · Changelog since the last tag: ${commitsSinceTag} of ${commitsCount} commits`,
  prepare,
};

async function prepare(): Promise<Prepared> {
  const missing = installAll(changelogs, gitCliff);
  const { work } = await history();
  const side = (name: string, command: readonly string[]): Side => ({ name, command, cwd: work });
  const changelogen = npm("npm-cl", "changelogen", "dist", "cli.mjs");
  const conventional = npm("npm-cl", "conventional-changelog", "dist", "cli", "index.js");
  return {
    comparisons: [
      {
        title: "`next --json` from the work tree: version, reasons and changelog",
        sides: [
          side("node -e 0", [node, "-e", "0"]),
          side("slipway next", slipwayCommand("next", "--json")),
          side("git log", ["git", "log", "--format=%H%n%B", `v0.${tagsCount}.0..`]),
          side("changelogen", [node, changelogen, "--from", `v0.${tagsCount}.0`, "--to", "HEAD"]),
          side("conventional-changelog", [node, conventional, "-p", "angular", "-u", "--stdout"]),
          side("git-cliff --unreleased", [gitCliffProgram, "--unreleased"]),
        ],
        bars: [
          times("must", "slipway next", "node -e 0", 2),
          times("must", "slipway next", "changelogen", 0.55),
          times("must", "slipway next", "conventional-changelog", 0.3),
          times("reach", "slipway next", "node -e 0", 1.5),
          over("room", "slipway next", "node -e 0", 0.06),
        ],
      },
    ],
    notes: [
      "`slipway next` reads slipway.yaml, the manifest and the state of the work tree as well, and says version and reasons beside the changelog; the peers print the changelog alone.",
    ],
    missing,
  };
}
