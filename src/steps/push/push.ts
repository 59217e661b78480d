// The step `push`: the run's commits and tags, sent in one atomic push that takes nothing away from anybody (DESIGN §1.7).
// What it means to the world is "this branch contains our commit, and these tags lead to it"; a look at the remote tells
// whether it holds, so that a lost reply costs a look and no second push.
import type { ActingStep } from "../step.ts";
import { pushInput, remoteOf, type PushInput } from "./input.ts";

export const pushStep: ActingStep<PushInput> = {
  name: "push",
  revision: 1,
  kind: "acting",
  zone: "forge",
  summary: "Pushes the run's commits and tags in one atomic push, and never over what others pushed.",
  input: pushInput,
  timeoutMs: 30 * 60_000,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: ["git"], toolbox: false, platforms: [] }),
  usesForge: ({ input }) => input.or !== undefined,
  describe: ({ input }) => {
    const words = input.onto === undefined ? `push to ${remoteOf(input)}` : `push onto ${input.onto} at ${remoteOf(input)}`;
    return input.or === undefined ? words : `${words}, or by pull request`;
  },
  // Loaded when they are needed: a plan performs nothing.
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightPush(planned, ports),
  reach: () => "reversible",
  effects: async (frozen, ports) => (await import("./effects.ts")).pushEffects(frozen, ports),
  // Other branches and tags are none of this release's business; those of ours are looked at one by one.
  survey: async () => ({ kind: "clear" }),
  observe: async (effect, ports) => (await import("./look.ts")).observePush(effect, ports),
  perform: async (effect, seen, ports) => (await import("./perform.ts")).performPush(effect, seen, ports),
  verify: async (effect, ports) => (await import("./look.ts")).verifyPush(effect, ports),
};
