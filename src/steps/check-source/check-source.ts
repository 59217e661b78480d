// The step `check-source`: the copy holds the pinned commit and nothing else, and branch and tag are still where the
// plan found them (S2.1, DESIGN §1.7). What cannot be known without the network is said, not guessed.
import * as z from "../../domain/shape.ts";
import type { WorkStep } from "../step.ts";

const checkSourceInput = z.strictObject({
  remote: z
    .string()
    .regex(/^[^/\s-][^/\s]*\/[^\s-][^\s]*$/, { error: 'must be a remote and a branch, for example "origin/main"' })
    .optional()
    .describe("Branch at a remote that has to be where the pinned commit is (or, for a tag, to contain it): origin/main"),
});

export type CheckSourceInput = z.infer<typeof checkSourceInput>;

export const checkSourceStep: WorkStep<CheckSourceInput> = {
  name: "check-source",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Checks that the copy is the pinned commit, and that branch and tag have not moved at the remote.",
  input: checkSourceInput,
  timeoutMs: 5 * 60_000,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: ["git"], toolbox: false, platforms: [] }),
  describe: ({ input }) => (input.remote === undefined ? "check the source" : `check the source against ${input.remote}`),
  // Loaded when they are needed: a plan asks what a step takes and makes, and performs nothing.
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightCheckSource(planned, ports),
  perform: async (frozen, ports) => (await import("./perform.ts")).performCheckSource(frozen, ports),
};
