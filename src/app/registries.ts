// Which registry stands behind a name: the real one, or in a rehearsal the one inside Slipway. This is the place where
// they are swapped, and the only one.
import type { Credential, Registry } from "../registries/registry.ts";
import type { Forges } from "./forges.ts";
import { SlipwayError } from "../domain/error.ts";
import type { CredentialRule } from "../domain/configuration.ts";
import type { Plan, PlannedRegistry } from "../domain/plan/plan.ts";

export interface Registries {
  readonly world: "real" | "rehearsal";
  /** @throws SlipwayError NOT_YET for an ecosystem that this version does not publish to */
  open(planned: PlannedRegistry): Registry;
  /** @throws SlipwayError CREDENTIAL_MISSING, NOT_YET */
  credential(planned: PlannedRegistry): Promise<Credential>;
}

/** The registries of a rehearsal, running. */
export interface RehearsalRegistries {
  /** @throws SlipwayError INTERNAL_ASSERTION for a name that the plan does not have */
  registry(name: string): Registry;
  /** One of the right form that is worth nothing anywhere. @throws SlipwayError INTERNAL_ASSERTION for a name that the plan does not have */
  credential(name: string): Credential;
  /** The forge inside Slipway, started when it is first asked for. */
  readonly forges: Forges;
  /** What the servers saw that a real release should know. */
  findings(): Promise<readonly { readonly level: string; readonly message: string }[]>;
  close(): Promise<void>;
}

export function describeRule(rule: CredentialRule): string {
  switch (rule.kind) {
    case "token":
      return `the token in ${rule.variable}`;
    case "trusted-publishing":
      return "trusted publishing";
    case "forge":
      return "the forge's credential";
    case "none":
      return "no credential";
  }
}

/** The planned registry of a name, from whichever environment names it. */
export function plannedRegistry(plan: Plan, name: string): PlannedRegistry {
  const found = plan.environments.flatMap((environment) => environment.registries).find((registry) => registry.name === name);
  if (found === undefined) throw new SlipwayError("INTERNAL_ASSERTION", `Cannot find registry "${name}" in the plan`);
  return found;
}
