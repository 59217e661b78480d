// The real registries of a plan, and the credentials for them: joined here, opened when first needed.
import { openHttp } from "../platform/http.ts";
import { createRegistry, openCredential } from "../registries/catalog.ts";
import type { Registry } from "../registries/registry.ts";
import type { Registries } from "./registries.ts";
import type { World } from "./world.ts";

export function realRegistries(world: Pick<World, "clock" | "version" | "env" | "secrets" | "files">): Registries {
  const opened = new Map<string, Registry>();
  const http = openHttp({
    userAgent: `slipway/${world.version}`,
    env: world.env,
    // Behind a proxy that shows its own certificate, what pip and uv are told to trust counts for uploads as well.
    certificates: async () => {
      const { trustedCertificates } = await import("../registries/pypi/upstream.ts");
      return trustedCertificates({ env: world.env, home: world.env["HOME"] ?? "", reader: world.files });
    },
  });
  return {
    world: "real",
    open(planned) {
      const known = opened.get(planned.name) ?? createRegistry(planned, { clock: world.clock, http });
      opened.set(planned.name, known);
      return known;
    },
    credential: (planned) => openCredential(planned, world.secrets),
  };
}
