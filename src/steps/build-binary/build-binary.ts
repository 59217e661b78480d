// The step `build-binary`: one executable per package and platform, for people who download it from the forge (S3.6).
import type { ExpectedArtifact } from "../../domain/artifact.ts";
import { assetNameOf } from "../../domain/binary-asset.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { PlatformTarget } from "../../domain/platform-targets.ts";
import { hostsFor } from "../../domain/platform.ts";
import { entrancePrograms } from "../entrance.ts";
import type { Use, WorkStep } from "../step.ts";
import { buildBinaryInput, contradiction, wantedTarget, type BuildBinaryInput } from "./input.ts";

export const buildBinaryStep: WorkStep<BuildBinaryInput> = {
  name: "build-binary",
  revision: 1,
  kind: "work",
  zone: "project",
  summary: "Builds executables with cargo, Go or commands of the project, one per platform, and checks what they are for.",
  input: buildBinaryInput,
  timeoutMs: 60 * 60_000,
  takes: () => [],
  makes,
  asks: ({ leg, input }) => ({
    programs: input.in === undefined ? [] : entrancePrograms(input.in),
    toolbox: false,
    // Go builds for every platform on any machine. What cargo can do depends on the machine: its own kind is the sure one.
    platforms: leg["platform"] === undefined || input.builder === "go" ? [] : hostsFor(leg["platform"]),
  }),
  describe,
  imports: async (use) => (await import("./import.ts")).importsOfBuildBinary(use),
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightBuildBinary(planned, ports),
  perform: async (frozen, ports) => (await import("./perform.ts")).performBuildBinary(frozen, ports),
};

function makes(use: Use<BuildBinaryInput>): readonly ExpectedArtifact[] {
  const contradicts = contradiction(use.input);
  if (contradicts !== undefined) {
    throw new SlipwayError("PLAN_INVALID", `Cannot plan \`build-binary\`: ${contradicts}`, { hint: "Mend `with:` of the step" });
  }
  const target = wantedTarget(use);
  return use.packages
    .filter((one) => one.ecosystem === "binary")
    .map((one) => ({ kind: "binary", package: one.id, countMin: 1, countMax: 1, ...boundTo(one, target, use) }));
}

/** Without legs it is built for the machine that the step runs on, which a plan must not know. */
function boundTo(
  one: PlannedPackage,
  target: PlatformTarget | undefined,
  { leg, input }: Use<BuildBinaryInput>,
): Pick<ExpectedArtifact, "platform" | "name"> {
  const { platform } = leg;
  if (target === undefined || platform === undefined) return {};
  const asset = assetNameOf(one, target, input.archive ?? "none");
  return asset.kind === "named" ? { platform, name: asset.name } : { platform };
}

function describe({ packages, leg, input }: Use<BuildBinaryInput>): string {
  const names = packages.filter((one) => one.ecosystem === "binary").map((one) => one.name);
  const how = input.builder === undefined || input.builder === "auto" ? "" : ` with ${input.builder === "go" ? "Go" : input.builder}`;
  const place = leg["platform"] === undefined ? "" : ` for ${leg["platform"]}`;
  const archive = input.archive === undefined || input.archive === "none" ? "" : `, as ${input.archive}`;
  return `build ${names.join(", ")}${how}${place}${archive}`;
}
