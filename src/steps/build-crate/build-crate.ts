// The step `build-crate`: the `.crate` file of every published crate, packed by cargo itself and frozen, so that what was
// tested is what is sent, and a second attempt sends the same bytes (S3.4).
import { membersOf } from "../../domain/plan/members.ts";
import type { ExpectedArtifact } from "../../domain/artifact.ts";
import { entrancePrograms } from "../entrance.ts";
import type { Use, WorkStep } from "../step.ts";
import { buildCrateInput, type BuildCrateInput } from "./input.ts";

export const buildCrateStep: WorkStep<BuildCrateInput> = {
  name: "build-crate",
  revision: 1,
  kind: "work",
  zone: "project",
  summary: "Packs every published crate with cargo, those of one workspace together, and builds what was packed.",
  input: buildCrateInput,
  timeoutMs: 60 * 60_000,
  builds: "crates",
  takes: () => [],
  makes,
  asks: ({ input }) => ({ programs: input.in === undefined ? ["cargo"] : entrancePrograms(input.in), toolbox: false, platforms: [] }),
  describe,
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightBuildCrate(planned, ports),
  perform: async (frozen, ports) => (await import("./perform.ts")).performBuildCrate(frozen, ports),
};

function makes({ packages }: Use<BuildCrateInput>): readonly ExpectedArtifact[] {
  return packages
    .filter((one) => one.ecosystem === "crates")
    .map((one) => {
      const count = membersOf(one).length;
      return { kind: "crate", package: one.id, countMin: count, countMax: count };
    });
}

function describe({ packages, input }: Use<BuildCrateInput>): string {
  const names = packages.filter((one) => one.ecosystem === "crates").flatMap((one) => membersOf(one).map(({ name }) => name));
  const shown = names.length <= 5 ? names.join(", ") : `${names.slice(0, 4).join(", ")} and ${names.length - 4} more`;
  return `pack ${shown} with cargo${input.verify === false ? ", without building what was packed" : ""}`;
}
