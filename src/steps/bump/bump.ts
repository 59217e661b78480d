// The step `bump`: writes the planned version into every manifest and lock file that says the present one, and changes
// nothing else (S1.9, S2.3, S3.1, S4.1). What it does is loaded when it is needed: a plan loads no parser of manifests.
import type { WorkStep } from "../step.ts";
import { bumpInput, type BumpInput } from "./input.ts";

export const bumpStep: WorkStep<BumpInput> = {
  name: "bump",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Writes the new version into every manifest and lock file.",
  input: bumpInput,
  timeoutMs: 15 * 60_000,
  takes: () => [],
  makes: () => [],
  writesSource: () => true,
  asks: ({ input, packages }) => {
    const isCargo = input.compile === true || packages.some((one) => one.ecosystem === "crates");
    return { programs: isCargo ? ["cargo"] : [], toolbox: false, platforms: [] };
  },
  describe: ({ packages }) => `write ${[...new Set(packages.map((one) => one.version))].join(", ")} into manifests and lock files`,
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightBump(planned, ports),
  perform: async (frozen, ports) => (await import("./perform.ts")).performBump(frozen, ports),
};
