// The step `dispatch`: starts another pipeline of the file at the forge, for this release's tag (S4.2). It is done when the
// forge shows that run; what becomes of it is that run's own story.
import { releaseTagsOf } from "../../domain/release-tags.ts";
import type { ActingStep } from "../step.ts";
import { dispatchInput, workflowOf, type DispatchInput } from "./input.ts";

export const dispatchStep: ActingStep<DispatchInput> = {
  name: "dispatch",
  revision: 1,
  kind: "acting",
  zone: "forge",
  summary: "Starts another pipeline at the forge, for this release's tag, and sees that it runs.",
  input: dispatchInput,
  timeoutMs: 30 * 60_000,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  usesForge: () => true,
  // A pipeline is started for one tag, and packages that are released each for itself have one each.
  notYet: ({ packages }, versions) =>
    versions === "each" && releaseTagsOf(packages).length > 1 ? "`dispatch` of several tags at once" : undefined,
  describe: ({ input }) => `start the pipeline ${input.pipeline} (${workflowOf(input)}) at the forge`,
  // What it starts may do what cannot be taken back, and nobody here stops it then.
  reach: () => "irreversible",
  // Loaded when they are needed: a plan performs nothing.
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightDispatch(planned, ports),
  effects: async (frozen, ports) => (await import("./perform.ts")).dispatchEffects(frozen, ports),
  survey: async () => ({ kind: "clear" }),
  observe: async (effect, ports) => (await import("./perform.ts")).observeDispatch(effect, ports),
  perform: async (effect, seen, ports) => (await import("./perform.ts")).performDispatch(effect, seen, ports),
  verify: async (effect, ports) => (await import("./perform.ts")).verifyDispatch(effect, ports),
};
