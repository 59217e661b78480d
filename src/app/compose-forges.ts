// The real forge of a plan, and the credential for it: joined here, opened when first needed.
import { createForge } from "../forges/catalog.ts";
import { forgeVariable, openForgeCredential, usualVariables } from "../forges/credentials.ts";
import { openHttp } from "../platform/http.ts";
import type { Forges } from "./forges.ts";
import type { World } from "./world.ts";

export function realForges(world: Pick<World, "clock" | "version" | "env" | "secrets">): Forges {
  const http = openHttp({ userAgent: `slipway/${world.version}`, env: world.env });
  return {
    open: async (planned) => createForge(planned, { clock: world.clock, http }),
    has: async ({ kind }, rule) => {
      const variable = await forgeVariable(kind, rule, world.secrets);
      const there = variable !== undefined && (await world.secrets.has(variable));
      return { there, variables: variable ?? usualVariables[kind].join(" or ") };
    },
    credential: ({ kind }, rule) => openForgeCredential(kind, rule, world.secrets),
  };
}
