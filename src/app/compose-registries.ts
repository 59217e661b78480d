// The real registries of a plan, and the credentials for them: joined here, opened when first needed.
import { createRegistry, openCredential } from "../registries/catalog.ts";
import type { Registry } from "../registries/registry.ts";
import type { Registries } from "./registries.ts";
import type { World } from "./world.ts";

export function realRegistries(world: Pick<World, "clock" | "version" | "env" | "secrets">): Registries {
  const opened = new Map<string, Registry>();
  return {
    world: "real",
    open(planned) {
      const known =
        opened.get(planned.name) ?? createRegistry(planned, { clock: world.clock, userAgent: `slipway/${world.version}`, env: world.env });
      opened.set(planned.name, known);
      return known;
    },
    credential: (planned) => openCredential(planned, world.secrets),
  };
}
