// Row 2, planning: the next versions in a repository with 20,000 commits, 200 of them new.
import { commitsCount, commitsSinceTag, history } from "../data/history.ts";
import type { Side } from "../measure.ts";
import { installAll, pythonPeers, releaseIt, semanticRelease } from "../peers.ts";
import { node, npm, python } from "../places.ts";
import { slipwayCommand } from "../product.ts";
import { over, times, type Prepared, type Row } from "../row.ts";

export const planRow: Row = { name: "plan", title: `2 · Plan: ${commitsCount} commits, ${commitsSinceTag} new`, prepare };

async function prepare(): Promise<Prepared> {
  const missing = installAll(semanticRelease, releaseIt, pythonPeers);
  const { work } = await history();
  const side = (name: string, command: readonly string[], more: Partial<Side> = {}): Side => ({ name, command, cwd: work, ...more });
  const semantic = npm("npm-sr", "semantic-release", "bin", "semantic-release.js");
  // A CI service of the environment would change what these tools do.
  const outside = { CI: "", GITHUB_ACTIONS: "", GITHUB_TOKEN: "", GH_TOKEN: "" };
  return {
    comparisons: [
      {
        title: "`plan --json` from the work tree",
        sides: [
          side("node -e 0", [node, "-e", "0"]),
          side("slipway plan", slipwayCommand("plan", "--json")),
          side("git describe and log", ["sh", "-c", 'git log --format=%H%n%B "$(git describe --abbrev=0 --match "v*")"..']),
          side("semantic-release --dry-run", [node, semantic, "--dry-run", "--no-ci", "--repository-url", `file://${work}/../origin.git`], {
            env: outside,
          }),
          side("release-it --dry-run", [node, npm("npm-ri", "release-it", "bin", "release-it.js"), "--dry-run", "--ci"], { env: outside }),
          side("python-semantic-release --print", [python("semantic-release"), "--noop", "version", "--print"], { env: outside }),
        ],
        bars: [
          times("must", "slipway plan", "node -e 0", 2),
          times("must", "slipway plan", "semantic-release --dry-run", 0.15),
          times("must", "slipway plan", "release-it --dry-run", 0.35),
          times("reach", "slipway plan", "node -e 0", 1.5),
          over("room", "slipway plan", "node -e 0", 0.06),
        ],
      },
    ],
    notes: [
      "The version is counted from the commits (`version.from: commits`), as the peers do. The plan that Slipway prints is whole: source, packages, steps, registries, the line, the digest.",
      "The base is `node -e 0`, of the same Node. `git describe` and `git log` are shown as the limit.",
    ],
    missing,
  };
}
