// Five crates that need each other: what Slipway adds to what cargo takes (reference/performance.md §10, "Not goals").
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cargoWorkspace, crateMembers } from "../data/released.ts";
import type { Side } from "../measure.ts";
import { node, scratch } from "../places.ts";
import { entry } from "../product.ts";
import { times, type Prepared, type Row } from "../row.ts";
import { startSink } from "../sink.ts";

export const cratesRow: Row = { name: "crates", title: "Cargo · Pack, verify and publish a workspace of five crates", prepare };

async function prepare(): Promise<Prepared> {
  const sink = await startSink();
  const place = join(scratch, "crates-place");
  rmSync(place, { recursive: true, force: true });
  cpSync(await cargoWorkspace(), place, { recursive: true });
  const state = join(scratch, "crates-state");
  const target = join(state, "target");
  const env = {
    CARGO_REGISTRIES_BENCH_INDEX: `sparse+${sink.cratesIndexUrl}`,
    CARGO_REGISTRIES_BENCH_TOKEN: "bench-token",
    CARGO_TARGET_DIR: target,
  };
  const fresh = [sink.reset, ["rm", "-rf", state], ["mkdir", state]];
  const side = (name: string, command: readonly string[]): Side => ({ name, command, cwd: place, env, prepare: fresh });
  const oneByOne = crateMembers.map(({ name }) => `cargo publish --quiet --registry bench --package ${name}`).join(" && ");
  return {
    comparisons: [
      {
        title: "5 crates",
        sides: [
          side("slipway", [node, entry("pack"), "crates", place, sink.cratesIndexUrl, state]),
          side("cargo publish --workspace", ["cargo", "publish", "--quiet", "--workspace", "--registry", "bench"]),
          side("cargo publish, one by one", ["sh", "-c", oneByOne]),
          side("cargo package --workspace", ["cargo", "package", "--quiet", "--workspace", "--registry", "bench"]),
        ],
        bars: [times("must", "slipway", "cargo publish --workspace", 1.2), times("must", "slipway", "cargo publish, one by one", 0.9)],
      },
    ],
    notes: [
      "`slipway` is the step `build-crate`, in place, which has cargo pack all five and build what was packed, and then one publish step driven by the engine: journal in SQLite, survey, every crate looked at, its intent written and synced, sent, looked at again and verified. `cargo package --workspace` is the part of it that cargo does.",
      "All build into an empty target folder. The registry is bench/sink (Go), in memory; a crate is in its index when its upload is answered.",
      "The crates are nearly empty: in real workspaces building what was packed takes nearly all of the time, on every side.",
    ],
    missing: [],
    close: () => sink.close(),
  };
}
