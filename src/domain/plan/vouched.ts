// Which plans name the repository at its forge though no step asks the forge for anything: those whose registries, or whose
// signatures, are to trust a job of that repository.
import type { Configuration } from "../configuration.ts";
import type { PlannedEnvironment, PlannedStep } from "./plan.ts";

/** @param environments those that steps are in */
export function isVouchedFor(environments: readonly PlannedEnvironment[], steps: readonly Pick<PlannedStep, "uses">[]): boolean {
  return steps.some(({ uses }) => uses === "attest") || environments.some(({ registries }) => registries.some(isTrusted));
}

/** The same before there is a plan: whether it may need the forge's name. */
export function mayBeVouchedFor({ environments, pipelines }: Configuration): boolean {
  return environments.some(({ registries }) => registries.some(isTrusted)) || JSON.stringify(pipelines).includes('"uses":"attest"');
}

function isTrusted({ credentials }: { readonly credentials: { readonly kind: string } }): boolean {
  return credentials.kind === "trusted-publishing";
}
