// The real registries of a plan, and the credentials for them: joined here, opened when first needed.
import type { Credential } from "../domain/credential.ts";
import type { PlannedForge, PlannedRegistry } from "../domain/plan/plan.ts";
import { forgeVariable } from "../forges/credentials.ts";
import { openHttp } from "../platform/http.ts";
import { createRegistry, openCredential } from "../registries/catalog.ts";
import type { Registry } from "../registries/registry.ts";
import type { Registries } from "./registries.ts";
import type { World } from "./world.ts";

export function realRegistries(world: Pick<World, "clock" | "version" | "env" | "secrets" | "files" | "images">): Registries {
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
  const credential = async (planned: PlannedRegistry): Promise<Credential> =>
    openCredential(planned, world.secrets, planned.credentials.kind === "forge" ? await forgeTokenVariable(world) : undefined);
  const readAs = async (planned: PlannedRegistry): Promise<Credential | undefined> =>
    (await hasCredential(planned, world)) ? credential(planned) : undefined;
  const ports = { clock: world.clock, http, images: world.images, readAs };
  return {
    world: "real",
    open(planned) {
      const known = opened.get(planned.name) ?? createRegistry(planned, ports);
      opened.set(planned.name, known);
      return known;
    },
    credential,
  };
}

const forgeKinds: readonly PlannedForge["kind"][] = ["github", "gitea"];

/** The variable in which the forge's own tools look for its token; undefined: none is set. */
async function forgeTokenVariable({ secrets }: Pick<World, "secrets">): Promise<string | undefined> {
  for (const kind of forgeKinds) {
    const variable = await forgeVariable(kind, undefined, secrets);
    if (variable !== undefined) return variable;
  }
  return undefined;
}

/** Whether there is one, without reading it. */
async function hasCredential({ credentials }: PlannedRegistry, world: Pick<World, "secrets">): Promise<boolean> {
  switch (credentials.kind) {
    case "token":
      return world.secrets.has(credentials.variable);
    case "forge":
      return (await forgeTokenVariable(world)) !== undefined;
    case "none":
    case "trusted-publishing":
      return false;
  }
}
