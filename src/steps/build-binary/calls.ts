// The commands that build a binary, and the file that they leave. Pure.
import { joinPath } from "../../domain/manifest/manifest-tree.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { PlatformTarget } from "../../domain/platform-targets.ts";
import { fillAsset } from "../../domain/binary-asset.ts";
import { commandsOf } from "../building.ts";
import type { BuildBinaryInput } from "./input.ts";
import type { Way } from "./way.ts";

export interface Calls {
  readonly words: readonly (readonly string[])[];
  /** On top of the step's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path. */
  readonly leaves: string;
}

export interface Place {
  readonly one: PlannedPackage;
  readonly input: BuildBinaryInput;
  readonly target: PlatformTarget;
  /** Absolute paths: of the package in the copy, and an empty one outside of it. */
  readonly folder: string;
  readonly out: string;
}

export function callsFor(way: Way, place: Place): Calls {
  const { one, input, target, folder, out } = place;
  const ending = target.os === "windows" ? ".exe" : "";
  switch (way.kind) {
    case "command":
      return { words: commandsOf(input.run), env: {}, leaves: joinPath(folder, fillAsset(input.file ?? "", one, target)) };
    case "go": {
      const leaves = joinPath(out, `program${ending}`);
      // Without cgo Go needs no C compiler of the other platform, and what it builds for Linux is static.
      return { words: [["go", "build", "-trimpath", "-o", leaves, input.bin ?? "."]], env: { ...way.target, CGO_ENABLED: "0" }, leaves };
    }
    case "cargo": {
      const bin = input.bin ?? one.name;
      const locked = way.locked ? ["--locked"] : [];
      const build = [
        "cargo",
        way.zig ? "zigbuild" : "build",
        "--release",
        "--bin",
        bin,
        "--target",
        way.target,
        ...locked,
        "--target-dir",
        out,
      ];
      // A number behind the target names a glibc, and no folder.
      const leaves = joinPath(out, way.target.split(".")[0] ?? "", "release", `${bin}${ending}`);
      return { words: [build], env: { CARGO_TERM_COLOR: "never", CARGO_INCREMENTAL: "0" }, leaves };
    }
  }
}
