// `with:` of `publish`, and the registries that a use of it means.
import { z } from "zod";
import { SlipwayError } from "../../domain/error.ts";
import type { PlannedRegistry } from "../../domain/plan/plan.ts";
import type { Use } from "../step.ts";

const name = z.string().min(1);

export const publishInput = z.strictObject({
  to: z
    .union([name, z.array(name).min(1).max(20)])
    .optional()
    .describe("Registries of the environment to publish to; absent: all of them"),
  channels: z
    .array(name)
    .min(1)
    .max(20)
    .optional()
    .describe("Movable names that consumers follow, of registries that have them; not in this version"),
});

export type PublishInput = z.infer<typeof publishInput>;

/**
 * Registries that a use publishes to, in the order of the environment.
 * @throws SlipwayError PLAN_INVALID without an environment, or when `to` names a registry that it does not have.
 */
export function registriesOf(use: Pick<Use<PublishInput>, "input" | "environment">): readonly PlannedRegistry[] {
  const { input, environment } = use;
  if (environment === undefined || environment.registries.length === 0) {
    throw new SlipwayError("PLAN_INVALID", "Cannot plan `publish`: it needs an environment with a registry", {
      hint: "Write `environment:` beside it, with the name of one under `environments:`",
    });
  }
  const { registries } = environment;
  const wanted = input.to === undefined ? registries.map((one) => one.name) : [input.to].flat();
  const missing = wanted.find((one) => !registries.some((registry) => registry.name === one));
  if (missing !== undefined) {
    throw new SlipwayError("PLAN_INVALID", `Cannot plan \`publish\`: environment "${environment.name}" has no registry "${missing}"`, {
      hint: `Write one of ${registries.map((one) => one.name).join(", ")} in \`to:\``,
    });
  }
  return registries.filter((one) => wanted.includes(one.name));
}
