// What `tag` takes in slipway.yaml, and which tags that means.
import * as z from "../../domain/shape.ts";
import { catalogueName, type Plan } from "../../domain/plan/plan.ts";
import { templateFault } from "../../domain/template.ts";

export const tagInput = z.strictObject({
  message: z
    .string()
    .min(1)
    .max(10_000)
    .refine((text) => templateFault(text) === undefined, { error: (issue) => templateFault(String(issue.input)) ?? "is not understood" })
    .optional()
    .describe('Message of each tag; {version} and {name} of its package and {project} are filled in; default "{name} {version}"'),
});

export type TagInput = z.infer<typeof tagInput>;

export const defaultMessage = "{name} {version}";

/** A step of the plan takes the tag back before it is made again. */
export function isWithdrawn(plan: Plan): boolean {
  return plan.steps.some((step) => catalogueName(step) === "withdraw" && JSON.stringify(step.input).includes('"tag"'));
}

export const noTag = {
  code: "PLAN_INVALID",
  message: "Cannot tag the release: no package has a `tag:` pattern",
  hint: 'Write one in slipway.yaml: `tag: "v{version}"`',
} as const;
