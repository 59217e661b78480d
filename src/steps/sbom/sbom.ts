// The step `sbom`: a bill of materials for each Python package of the release, made from the bytes that are released (the
// METADATA inside them) and from the project's lock file where it has one.
import type { WorkStep } from "../step.ts";
import { pythonOnes, sbomInput, type SbomInput } from "./input.ts";

export const sbomStep: WorkStep<SbomInput> = {
  name: "sbom",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Writes a bill of materials (CycloneDX 1.6) of each Python package: its files, what it requires, what a lock file resolved.",
  input: sbomInput,
  timeoutMs: 10 * 60_000,
  takes: () => [{ kinds: ["wheel", "sdist"] }],
  makes: ({ packages }) => pythonOnes(packages).map((one) => ({ kind: "sbom", package: one.id, countMin: 1, countMax: 1 })),
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  describe: ({ packages }) =>
    `write the bill of materials of ${pythonOnes(packages)
      .map((one) => one.name)
      .join(", ")}`,
  preflight: async () => [],
  // Loaded when it is needed: a plan performs nothing.
  perform: async (frozen, ports) => (await import("./perform.ts")).performSbom(frozen, ports),
};
