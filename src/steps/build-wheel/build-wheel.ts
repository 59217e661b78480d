// The step `build-wheel`: wheels and an sdist of every Python package of the release, built in an empty folder by the
// program that the project uses (S1.4, S5.3).
import type { ExpectedArtifact } from "../../domain/artifact.ts";
import { hostsFor } from "../../domain/platform.ts";
import { entrancePrograms } from "../entrance.ts";
import type { Use, WorkStep } from "../step.ts";
import { buildWheelInput, wantedOf, type BuildWheelInput } from "./input.ts";

export const buildWheelStep: WorkStep<BuildWheelInput> = {
  name: "build-wheel",
  revision: 1,
  kind: "work",
  zone: "project",
  summary: "Builds wheels and an sdist of every Python package, the wheels from the sdist where the builder can.",
  input: buildWheelInput,
  timeoutMs: 60 * 60_000,
  builds: "pypi",
  takes: () => [],
  makes,
  // Which programs it needs depends on the project: preflight looks at it and for them.
  asks: ({ leg, input }) => ({
    programs: input.in === undefined ? [] : entrancePrograms(input.in),
    toolbox: false,
    platforms: leg["platform"] === undefined ? [] : hostsFor(leg["platform"]),
  }),
  describe,
  imports: async (use) => (await import("./import.ts")).importsOfBuildWheel(use),
  // Loaded when they are needed: a plan asks what a step takes and makes, and performs nothing.
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightBuildWheel(planned, ports),
  perform: async (frozen, ports) => (await import("./perform.ts")).performBuildWheel(frozen, ports),
};

/** One wheel per package, or as many as Pythons are named at most (wheels of the stable ABI serve several at once). */
function makes(use: Use<BuildWheelInput>): readonly ExpectedArtifact[] {
  const wanted = wantedOf(use);
  const platform = wanted.platform === undefined ? {} : { platform: wanted.platform };
  return use.packages
    .filter((one) => one.ecosystem === "pypi")
    .flatMap((one): readonly ExpectedArtifact[] => [
      { kind: "wheel", package: one.id, countMin: 1, countMax: Math.max(1, wanted.pythons.length), ...platform },
      ...(wanted.sdist ? [{ kind: "sdist", package: one.id, countMin: 1, countMax: 1 } as const] : []),
    ]);
}

function describe(use: Use<BuildWheelInput>): string {
  const wanted = wantedOf(use);
  const names = use.packages.filter((one) => one.ecosystem === "pypi").map((one) => one.name);
  const how = wanted.builder === "auto" ? "" : ` with ${wanted.builder}`;
  const place = wanted.platform === undefined ? "" : ` for ${wanted.platform}`;
  const pythons = wanted.pythons.length === 0 ? "" : `, Python ${wanted.pythons.join(" and ")}`;
  return `build ${wanted.sdist ? "wheel and sdist" : "wheel"} of ${names.join(", ")}${how}${place}${pythons}`;
}
