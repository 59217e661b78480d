// Row 11, a whole release of a tiny Python project to a local index: bump, changelog, commit, tag, push, build, upload.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { wheelsOfOne } from "../data/wheels.ts";
import { wholeFolder, wholeTemplate, wholeVersion } from "../data/whole.ts";
import type { Side } from "../measure.ts";
import { installAll, pythonPeers } from "../peers.ts";
import { node, scratch } from "../places.ts";
import { entry, slipwayCommand } from "../product.ts";
import { startSink, type Sink } from "../sink.ts";
import { times, type Prepared, type Row } from "../row.ts";
import { toolboxCache } from "./check.ts";

export const wholeRow: Row = { name: "whole", title: "11 · Whole release of a tiny Python project", prepare };

async function prepare(): Promise<Prepared> {
  const missing = installAll(pythonPeers);
  execFileSync(node, [entry("check"), await wheelsOfOne(20, "markdown"), toolboxCache], { stdio: ["ignore", "ignore", "inherit"] });
  const sink = await startSink();
  return {
    comparisons: [
      {
        title: "bump to upload",
        sides: sidesOf(sink, wholeTemplate({ uploadUrl: sink.uploadUrl(), indexUrl: sink.indexUrl })),
        bars: [
          times("must", "slipway", "limit", 2.5),
          times("must", "slipway", "python-semantic-release + twine", 0.35),
          times("must", "slipway", "uv version, build, publish", 0.65),
          times("reach", "slipway", "limit", 2),
        ],
      },
    ],
    notes: [
      "Every side sets the version, writes the changelog, commits, tags, pushes to a bare repository on this disk, builds sdist and wheel with hatchling and no isolated environment, and uploads both (scripts: bench/whole).",
      "Slipway's side is those git commands and then `slipway run`: preflight with a look at the index, a clone and checkout of its own, the build in a throw-away copy through `uv build`, artifacts frozen and synced, every check of `check-artifacts` with descriptions rendered, publish with each file looked at before and after, read back and verified, a journal that outlives a power loss, and a record. No peer does any of these.",
      "The limit builds both in one Python process and checks nothing.",
    ],
    missing,
    close: () => sink.close(),
  };
}

function sidesOf(sink: Sink, template: string): readonly Side[] {
  const prepare = [sink.reset, ["rm", "-rf", wholeFolder], ["cp", "-a", template, wholeFolder], ["sync", "-f", wholeFolder]];
  const state = join(wholeFolder, "state");
  const env = {
    PATH: `${join(scratch, "python", "bin")}:${process.env["PATH"] ?? ""}`,
    VIRTUAL_ENV: join(scratch, "python"),
    UV_CACHE_DIR: join(scratch, "uv-cache"),
    BENCH_TOKEN: "pypi-bench-token",
    XDG_CACHE_HOME: join(scratch, "whole-cache"),
    SLIPWAY_TOOLBOX_PYTHON: toolboxPython(),
    CI: "",
    GITHUB_ACTIONS: "",
  };
  const side = (name: string, script: string, ...more: readonly string[]): Side => ({
    name,
    command: ["sh", join(import.meta.dirname, "..", "whole", script), wholeVersion, sink.uploadUrl(), ...more],
    cwd: join(wholeFolder, "work"),
    prepare,
    env,
  });
  return [
    side("limit", "limit.sh"),
    side("slipway", "slipway.sh", ...slipwayCommand("--state", state, "run", "--progress", "quiet")),
    side("uv version, build, publish", "uv.sh"),
    side("python-semantic-release + twine", "psr.sh"),
  ];
}

/** The interpreter that the product itself made for its toolbox. */
function toolboxPython(): string {
  return execFileSync("sh", ["-c", `ls -d ${toolboxCache}/toolbox/*-py*/bin/python | head -1`], { encoding: "utf8" }).trim();
}
