// Which registry stands behind a name: the real one, or in a rehearsal the one inside Slipway. This is the place where
// they are swapped, and the only one.
import type { Credential, Registry } from "../registries/registry.ts";
import { SlipwayError } from "../domain/error.ts";
import type { CredentialRule } from "../domain/configuration.ts";
import type { Plan, PlannedRegistry } from "../domain/plan/plan.ts";
import type { World } from "./world.ts";

export interface Registries {
  readonly world: "real" | "rehearsal";
  /** @throws SlipwayError NOT_YET for an ecosystem that this version does not publish to */
  open(planned: PlannedRegistry): Registry;
  /** @throws SlipwayError CREDENTIAL_MISSING, NOT_YET */
  credential(planned: PlannedRegistry): Promise<Credential>;
}

export async function realRegistries(world: World): Promise<Registries> {
  const { createRegistry } = await import("../registries/catalog.ts");
  const { createCredential } = await import("../platform/credential.ts");
  const opened = new Map<string, Registry>();
  return {
    world: "real",
    open(planned) {
      const known = opened.get(planned.name) ?? createRegistry(planned, { clock: world.clock, userAgent: `slipway/${world.version}`, env: world.env });
      opened.set(planned.name, known);
      return known;
    },
    async credential(planned) {
      const rule = planned.credentials;
      if (rule.kind !== "token") throw new SlipwayError("NOT_YET", `Cannot publish to "${planned.name}" with ${describeRule(rule)}: this version of Slipway does not do it yet`);
      const secret = await world.secrets.read(rule.variable);
      return createCredential(rule.user ?? "__token__", secret);
    },
  };
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
