// Row 1, cold start: what a person waits before anything begins, and what every CI job pays.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Side } from "../measure.ts";
import { changesets, installAll, pythonPeers, semanticRelease } from "../peers.ts";
import { data, node, npm, python } from "../places.ts";
import { slipwayCommand } from "../product.ts";
import { times, type Comparison, type Prepared, type Row } from "../row.ts";

export const coldRow: Row = { name: "cold", title: "1 · Cold start: `--version`, `--help`", prepare };

function prepare(): Promise<Prepared> {
  const missing = installAll(semanticRelease, changesets, pythonPeers);
  const cwd = workspace();
  const comparisons = ["--version", "--help"].map((word) => compare(word, cwd));
  return Promise.resolve({
    comparisons,
    notes: ["In a small npm workspace in git; every program written for Node is run by the same Node."],
    missing: [...missing, "`goreleaser --version` (the *reach* column) is not measured: it takes minutes to build, and is no gate."],
  });
}

function compare(word: string, cwd: string): Comparison {
  const side = (name: string, ...command: readonly string[]): Side => ({ name, command, cwd });
  return {
    title: `\`${word}\``,
    rounds: 9,
    sides: [
      side("node -e 0", node, "-e", "0"),
      side("slipway", ...slipwayCommand(word)),
      side("semantic-release", node, npm("npm-sr", "semantic-release", "bin", "semantic-release.js"), word),
      side("changeset", node, npm("npm-cs", "@changesets", "cli", "bin.js"), word),
      side("twine", python("twine"), word),
    ],
    bars: [
      times("must", "slipway", "node -e 0", 1.3),
      times("must", "slipway", "semantic-release", 0.2),
      times("must", "slipway", "changeset", 0.35),
      times("must", "slipway", "twine", 0.5),
    ],
  };
}

function workspace(): string {
  const folder = join(data, "npm-workspace");
  mkdirSync(join(folder, ".changeset"), { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ name: "workspace", private: true, workspaces: ["packages/*"] })}\n`);
  writeFileSync(join(folder, ".changeset", "config.json"), "{}\n");
  for (const name of ["one", "two", "three"]) {
    mkdirSync(join(folder, "packages", name), { recursive: true });
    writeFileSync(join(folder, "packages", name, "package.json"), `${JSON.stringify({ name, version: "1.0.0" })}\n`);
  }
  execFileSync("git", ["init", "--quiet", folder]);
  return folder;
}
