// What `dispatch` takes in slipway.yaml.
import * as z from "../../domain/shape.ts";

export const dispatchInput = z.strictObject({
  pipeline: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/, { error: "must be the name of a pipeline of this file" })
    .describe("Pipeline of this file that is started"),
  workflow: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.ya?ml$/, { error: 'must be the file name of a workflow, for example "publish.yml"' })
    .optional()
    .describe("Workflow that runs the pipeline at the forge; default: the pipeline's name with .yml"),
});

export type DispatchInput = z.infer<typeof dispatchInput>;

export function workflowOf({ pipeline, workflow }: DispatchInput): string {
  return workflow ?? `${pipeline}.yml`;
}
