// Row 3, the changelog of a whole history: 20,000 commits and 99 releases.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { commitsCount, history, historyOfPackages, tagsCount } from "../data/history.ts";
import type { Side } from "../measure.ts";
import { changelogs, commitizen, gitCliff, installAll } from "../peers.ts";
import { gitCliffProgram, node, npm, scratch } from "../places.ts";
import { slipwayCommand } from "../product.ts";
import { atMost, mebibytes, times, type Comparison, type Prepared, type Row } from "../row.ts";

export const historyRow: Row = {
  name: "history",
  title: `3 · Changelog of a whole history: ${commitsCount} commits, ${tagsCount} releases`,
  prepare,
};

const nothing: Omit<Side, "cwd"> = { name: "node -e 0", command: [node, "-e", "0"] };

async function prepare(): Promise<Prepared> {
  const missing = installAll(changelogs, commitizen, gitCliff);
  return {
    comparisons: [whole((await history()).work), ofPackage((await historyOfPackages()).work)],
    notes: [
      "`slipway changelog` reads slipway.yaml and looks at the work tree as every command does; then it tells one `git log` while it is read, and one `git for-each-ref`. What it prints is told in full by conventional-changelog and git-cliff as well; commitizen lists features, fixes, refactorings and what is faster or breaks.",
      "Where the bars were set, `node -e 0` took 60 ms and `git log` 107: twice their sum left 167 ms above them, which the bar called `room` holds.",
      "git-cliff has no configuration here; in Slipway it writes the section of one release (row 4), and never runs over more.",
    ],
    missing: [...missing, "vite's history (9,620 commits, 1,041 tags) is not measured: it is not on this machine"],
  };
}

function whole(cwd: string): Comparison {
  const settings = join(scratch, "cz.toml");
  writeFileSync(settings, '[tool.commitizen]\nname = "cz_conventional_commits"\ntag_format = "v$version"\nversion_provider = "scm"\n');
  const conventional = npm("npm-cl", "conventional-changelog", "dist", "cli", "index.js");
  return {
    title: "`slipway changelog`, from the work tree",
    sides: [
      { ...nothing, cwd },
      { name: "git log", command: ["git", "log", "--format=%H%n%B"], cwd },
      { name: "slipway changelog", command: slipwayCommand("changelog"), cwd },
      { name: "slipway changelog --json", command: slipwayCommand("changelog", "--json"), cwd },
      { name: "commitizen", command: [join(scratch, "commitizen", "bin", "cz"), "--config", settings, "changelog", "--dry-run"], cwd },
      { name: "conventional-changelog", command: [node, conventional, "-p", "angular", "-r", "0", "-u", "--stdout"], cwd },
      { name: "git-cliff", command: [gitCliffProgram], cwd },
    ],
    bars: [
      times("must", "slipway changelog", ["git log", "node -e 0"], 2),
      times("must", "slipway changelog", "commitizen", 0.6),
      times("must", "slipway changelog", "conventional-changelog", 0.2),
      times("must", "slipway changelog", "git-cliff", 0.06),
      atMost("must", "slipway changelog", 100, { quantity: "peakMiB", unit: mebibytes }),
      {
        level: "room",
        side: "slipway changelog",
        than: { kind: "over", base: ["git log", "node -e 0"] },
        limit: 0.167,
        unit: { name: "ms", factor: 1000 },
      },
    ],
  };
}

/** Which files each commit changed has to be asked for. */
function ofPackage(cwd: string): Comparison {
  return {
    title: "one of two packages with versions of their own",
    sides: [
      { ...nothing, cwd },
      { name: "git log --name-only", command: ["git", "log", "--name-only", "--format=%H%n%B"], cwd },
      { name: "slipway changelog --package", command: slipwayCommand("changelog", "--package", "history"), cwd },
    ],
    bars: [times("reach", "slipway changelog --package", ["git log --name-only", "node -e 0"], 2)],
  };
}
