// The step `close-issue`: tells the issue that tracks the release what became of it, and closes it.
import { z } from "zod";
import type { ActingStep } from "../step.ts";
import { closeIssueEffects } from "./effects.ts";
import { observeClosing, verifyClosing } from "./look.ts";
import { performClosing } from "./perform.ts";

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
  effects: closeIssueEffects,
  survey: async () => ({ kind: "clear" }),
  observe: observeClosing,
  perform: performClosing,
  verify: verifyClosing,
};
