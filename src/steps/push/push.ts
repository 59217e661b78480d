// The step `push`: the run's commits and tags, sent in one atomic push that takes nothing away from anybody (DESIGN §1.7).
// What it means to the world is "this branch contains our commit, and these tags lead to it"; a look at the remote tells
// whether it holds, so that a lost reply costs a look and no second push.
import { z } from "zod";
import type { ActingStep } from "../step.ts";
import { pushEffects } from "./effects.ts";
import { observePush, verifyPush } from "./look.ts";
import { preflightPush } from "./preflight.ts";
import { performPush } from "./perform.ts";

const branchName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._/-]{0,200}$/, { error: 'must be the name of a branch, for example "main"' });

const pushInput = z.strictObject({
  onto: branchName
    .optional()
    .describe(
      "Branch to push to, also when others have moved it on: the run's commits are made again on top. Default: the release's branch, unmoved",
    ),
  or: z.literal("pull-request").optional().describe("Where the branch is protected: open a pull request and wait for its merge"),
  message: z.string().min(1).max(10_000).optional().describe("Title of the pull request"),
  remote: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/, { error: 'must be the name of a remote, for example "origin"' })
    .optional()
    .describe('Remote to push to; default "origin"'),
});

export type PushInput = z.infer<typeof pushInput>;

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
  notYet: ({ input }) => (input.or === undefined ? undefined : "`or: pull-request` of `push`"),
  describe: ({ input }) => (input.onto === undefined ? `push to ${remoteOf(input)}` : `push onto ${input.onto} at ${remoteOf(input)}`),
  preflight: preflightPush,
  reach: () => "reversible",
  effects: pushEffects,
  // Other branches and tags are none of this release's business; those of ours are looked at one by one.
  survey: async () => ({ kind: "clear" }),
  observe: observePush,
  perform: performPush,
  verify: verifyPush,
};

export function remoteOf(input: Pick<PushInput, "remote">): string {
  return input.remote ?? "origin";
}
