// What is sent as user and secret to the token service of an image registry. A credential is read at the last moment and goes
// nowhere but into the request (conventions SECRETS; protocols §6.3, §6.4).
import type { StoredRule } from "../../domain/configuration.ts";
import { createCredential, secretText, type Credential } from "../../domain/credential.ts";
import { SlipwayError, unreachable } from "../../domain/error.ts";
import type { Secrets } from "../../platform/ports.ts";
import { rehearsalPassword } from "./wire.ts";

/** Registries of forges take any user with a token. */
const anyUser = "slipway";

/** The credential for a rehearsal registry: real ones have no business there. */
export function rehearsalOciCredential(): Credential {
  return createCredential(anyUser, rehearsalPassword);
}

/**
 * Reads the credential that a rule names.
 * @param where.forgeVariable holds the token of the forge, whose own registry takes it
 * @throws SlipwayError CREDENTIAL_MISSING when it is not there
 * @throws SlipwayError NOT_YET for tokenless login, which no image registry has, and for the forge's where none is told
 */
export async function openOciCredential(
  rule: StoredRule,
  where: { readonly registry: string; readonly forgeVariable?: string },
  secrets: Secrets,
): Promise<Credential> {
  switch (rule.kind) {
    case "token":
      return createCredential(rule.user ?? anyUser, secretText(await secrets.read(rule.variable), rule.variable));
    case "none":
      return createCredential("", "");
    case "forge":
      if (where.forgeVariable === undefined) throw notYet(rule.kind, where.registry);
      return createCredential(anyUser, secretText(await secrets.read(where.forgeVariable), where.forgeVariable));
    default:
      return unreachable(rule, "credential rule");
  }
}

function notYet(kind: string, registry: string): SlipwayError {
  return new SlipwayError("NOT_YET", `Cannot log in to "${registry}" by "${kind}": image registries are logged in to with a token`, {
    hint: `Write "credentials: { token: NAME }" for "${registry}", with NAME the variable that holds a token.`,
  });
}

/** Header value of HTTP basic authentication; undefined for no credential. */
export function basicAuthorization(credential: Credential | undefined): string | undefined {
  const secret = credential?.reveal() ?? "";
  if (credential === undefined || (credential.user === "" && secret === "")) return undefined;
  return `Basic ${Buffer.from(`${credential.user}:${secret}`, "utf8").toString("base64")}`;
}

/** Forms in which the secret could come back in a server's text. */
export function traces(credential: Credential | undefined): readonly string[] {
  const secret = credential?.reveal() ?? "";
  if (credential === undefined || secret.length < 4) return [];
  return [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
    Buffer.from(`${credential.user}:${secret}`).toString("base64"),
  ];
}
