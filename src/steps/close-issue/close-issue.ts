// The step `close-issue`: tells the issue that tracks the release what became of it, and closes it.
import * as z from "../../domain/shape.ts";
import type { ActingStep } from "../step.ts";

const closeIssueInput = z.strictObject({
  issue: z.literal("tracker").describe("The issue that `tracker:` of the file describes, by label and title"),
  comment: z.boolean().optional().describe("Tell the issue what was released before it is closed; default: true"),
});

export type CloseIssueInput = z.infer<typeof closeIssueInput>;

export const closeIssueStep: ActingStep<CloseIssueInput> = {
  name: "close-issue",
  revision: 1,
  kind: "acting",
  zone: "forge",
  summary: "Tells the issue that tracks the release what was released, and closes it.",
  input: closeIssueInput,
  timeoutMs: 15 * 60_000,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  usesForge: () => true,
  describe: () => "close the issue that tracks the release",
  preflight: async ({ plan, step }) =>
    plan.tracker === undefined
      ? [
          {
            id: "PF-TRACKER",
            level: "blocks",
            message: `Step "${step.id}" closes the issue that tracks the release, and the file does not say which that is`,
            hint: 'Write it in slipway.yaml: `tracker: { label: release, title: "tool {version}" }`',
          },
        ]
      : [
          {
            id: "PF-TRACKER",
            level: "cannot-be-tried",
            message: `Whether there is an open issue "${plan.tracker.title}": looking for it uses a token`,
          },
        ],
  reach: () => "reversible",
  // Loaded when they are needed: a plan performs nothing.
  effects: async (frozen, ports) => (await import("./effects.ts")).closeIssueEffects(frozen, ports),
  survey: async () => ({ kind: "clear" }),
  observe: async (effect, ports) => (await import("./look.ts")).observeClosing(effect, ports),
  perform: async (effect, seen, ports) => (await import("./perform.ts")).performClosing(effect, seen, ports),
  verify: async (effect, ports) => (await import("./look.ts")).verifyClosing(effect, ports),
};
