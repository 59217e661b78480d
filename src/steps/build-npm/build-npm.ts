// The step `build-npm`: the tarball of every published package, packed once by the program that the project uses and frozen,
// so that what was tested is what every attempt sends.
import type { ExpectedArtifact } from "../../domain/artifact.ts";
import { membersOf } from "../../domain/plan/members.ts";
import { entrancePrograms } from "../entrance.ts";
import type { Use, WorkStep } from "../step.ts";
import { buildNpmInput, type BuildNpmInput } from "./input.ts";

export const buildNpmStep: WorkStep<BuildNpmInput> = {
  name: "build-npm",
  revision: 1,
  kind: "work",
  zone: "project",
  summary: "Packs every published npm package once, with npm, pnpm or yarn, after installing what is locked.",
  input: buildNpmInput,
  timeoutMs: 60 * 60_000,
  builds: "npm",
  takes: () => [],
  makes,
  // Which program packs depends on the project: preflight looks at it and for the program.
  asks: ({ input }) => ({ programs: input.in === undefined ? [] : entrancePrograms(input.in), toolbox: false, platforms: [] }),
  describe,
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightBuildNpm(planned, ports),
  perform: async (frozen, ports) => (await import("./perform.ts")).performBuildNpm(frozen, ports),
};

function makes({ packages }: Use<BuildNpmInput>): readonly ExpectedArtifact[] {
  return packages
    .filter((one) => one.ecosystem === "npm")
    .map((one) => {
      const count = membersOf(one).length;
      return { kind: "npm-tarball", package: one.id, countMin: count, countMax: count };
    });
}

function describe({ packages, input }: Use<BuildNpmInput>): string {
  const names = packages.filter((one) => one.ecosystem === "npm").flatMap((one) => membersOf(one).map(({ name }) => name));
  const shown = names.length <= 5 ? names.join(", ") : `${names.slice(0, 4).join(", ")} and ${names.length - 4} more`;
  const packer = input.packer === undefined || input.packer === "auto" ? "" : ` with ${input.packer}`;
  return `pack ${shown}${packer}`;
}
