// What `push` takes in slipway.yaml.
import * as z from "../../domain/shape.ts";
import { templateFault } from "../../domain/template.ts";

const branchName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._/-]{0,200}$/, { error: 'must be the name of a branch, for example "main"' });

export const pushInput = z.strictObject({
  onto: branchName
    .optional()
    .describe(
      "Branch to push to, also when others have moved it on: the run's commits are made again on top. Default: the release's branch, unmoved",
    ),
  or: z
    .literal("pull-request")
    .optional()
    .describe("Where the branch is protected: open a pull request and wait for its merge. Tags follow in a `push` of their own"),
  message: z
    .string()
    .min(1)
    .max(200)
    .refine((text) => templateFault(text) === undefined, { error: (issue) => templateFault(String(issue.input)) ?? "is not understood" })
    .optional()
    .describe("Title of the pull request; {version}, {name} and {project} are filled in; default: the first line of the commit's message"),
  remote: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/, { error: 'must be the name of a remote, for example "origin"' })
    .optional()
    .describe('Remote to push to; default "origin"'),
});

export type PushInput = z.infer<typeof pushInput>;

export function remoteOf(input: Pick<PushInput, "remote">): string {
  return input.remote ?? "origin";
}
