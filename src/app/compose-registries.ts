// The real registries of a plan, and the credentials for them: joined here, opened when first needed.
import { SlipwayError } from "../domain/error.ts";
import { createCredential } from "../platform/credential.ts";
import { createRegistry } from "../registries/catalog.ts";
import type { Registry } from "../registries/registry.ts";
import { describeRule, type Registries } from "./registries.ts";
import type { World } from "./world.ts";

export function realRegistries(world: Pick<World, "clock" | "version" | "env" | "secrets">): Registries {
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
