// The real registries of a plan, and the credentials for them: joined here, opened when first needed.
import type { StoredRule } from "../domain/configuration.ts";
import { endOfToken, type Credential } from "../domain/credential.ts";
import { publicSigstore } from "../domain/known-services.ts";
import type { PlannedForge, PlannedRegistry } from "../domain/plan/plan.ts";
import type { OpenedHow } from "../domain/run/opened.ts";
import { forgeVariable } from "../forges/credentials.ts";
import { openHttp } from "../platform/http.ts";
import { openIdentities } from "../platform/identity.ts";
import { oneTimePasswordVariable } from "../registries/npm/credentials.ts";
import { createRegistry, openCredential } from "../registries/catalog.ts";
import type { Registry } from "../registries/registry.ts";
import type { Opened, Registries } from "./registries.ts";
import { openLogins } from "./trusted-login.ts";
import type { World } from "./world.ts";

export function realRegistries(world: Pick<World, "clock" | "version" | "env" | "secrets" | "files" | "images" | "redactor">): Registries {
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
  const { clock, redactor, secrets, env } = world;
  const stored = async (planned: PlannedRegistry, rule: StoredRule): Promise<Opened> => {
    const forgeVariable = rule.kind === "forge" ? await forgeTokenVariable(world) : undefined;
    return { credential: await openCredential(planned, rule, { secrets, forgeVariable }), how: howStored(rule, forgeVariable) };
  };
  const asClient = async (planned: PlannedRegistry): Promise<Opened> => {
    const { openClientCredential } = await import("../registries/client-credentials.ts");
    const { credential, file } = await openClientCredential(planned, { env, reader: world.files });
    redactor.add(credential.reveal());
    return { credential, how: { kind: "client", file } };
  };
  const identities = openIdentities({ env, http, secrets, redactor });
  const logIn = openLogins({ clock, redactor, identities: () => identities });
  const open = (planned: PlannedRegistry): Registry => {
    // Two environments may have other credentials for one registry, and a client may ask for what belongs to its own.
    const key = `${planned.name} ${JSON.stringify(planned.credentials)}`;
    const known = opened.get(key) ?? createRegistry(planned, ports);
    opened.set(key, known);
    return known;
  };
  const readAs = async (planned: PlannedRegistry): Promise<Credential | undefined> => {
    const { credentials } = planned;
    // An identity is exchanged to publish, and never to look.
    if (credentials.kind === "trusted-publishing" || credentials.kind === "client" || !(await hasCredential(credentials, world)))
      return undefined;
    return (await stored(planned, credentials)).credential;
  };
  const oneTimePassword = async ({ credentials }: PlannedRegistry): Promise<string | undefined> => {
    const variable = oneTimePasswordVariable(credentials);
    return variable !== undefined && (await world.secrets.has(variable)) ? world.secrets.read(variable) : undefined;
  };
  // What is shorter would be found in ordinary words, and no service mints such a token.
  const learn = (minted: string): void => void (minted.length < 8 || redactor.add(endOfToken(minted)));
  const ports = { learn, clock: world.clock, http, images: world.images, readAs, oneTimePassword };
  return {
    world: "real",
    identity: identities.found,
    signer: async (_environment, place) => (await import("../platform/signer.ts")).openSigner(identities, place ?? publicSigstore),
    open,
    credential: async (planned, use) => {
      const { credentials } = planned;
      if (credentials.kind === "client") return asClient(planned);
      if (credentials.kind !== "trusted-publishing") return stored(planned, credentials);
      const registry = open(planned);
      const { first } = credentials;
      // Nobody can be trusted for a package that is not there yet: its first version needs a person's token (S3.12).
      const isNew = first !== undefined && (await registry.versions(use.package, use.signal)).kind === "absent";
      if (isNew) return stored(planned, { kind: "token", ...first });
      return logIn({ ...use, registry });
    },
  };
}

function howStored(rule: StoredRule, forgeVariable: string | undefined): OpenedHow {
  switch (rule.kind) {
    case "token":
      return { kind: "token", variable: rule.variable };
    case "forge":
      return { kind: "forge", variable: forgeVariable ?? "" };
    case "none":
      return { kind: "none" };
  }
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
async function hasCredential(credentials: StoredRule, world: Pick<World, "secrets">): Promise<boolean> {
  switch (credentials.kind) {
    case "token":
      return world.secrets.has(credentials.variable);
    case "forge":
      return (await forgeTokenVariable(world)) !== undefined;
    case "none":
      return false;
  }
}
