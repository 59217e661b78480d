// What is sent to an npm registry to be let in: a token, or for old servers a user and a password. A credential is read at
// the last moment and goes nowhere but into the request (conventions SECRETS; protocols §5.5).
import type { CredentialRule } from "../../domain/configuration.ts";
import { createCredential, secretText, type Credential } from "../../domain/credential.ts";
import { SlipwayError, unreachable } from "../../domain/error.ts";
import type { Secrets } from "../../platform/ports.ts";

/** The credential for a rehearsal registry, which takes any token: real ones have no business there. */
export function rehearsalNpmCredential(): Credential {
  return createCredential("", "npm_rehearsal");
}

/**
 * Reads the credential that a rule names.
 * @throws SlipwayError CREDENTIAL_MISSING when it is not there
 * @throws SlipwayError NOT_YET for tokenless login, which a later version brings
 */
export async function openNpmCredential(rule: CredentialRule, registry: string, secrets: Secrets): Promise<Credential> {
  switch (rule.kind) {
    case "token":
      return createCredential(rule.user ?? "", secretText(await secrets.read(rule.variable), rule.variable));
    case "none":
      return createCredential("", "");
    case "trusted-publishing":
    case "forge":
      throw new SlipwayError("NOT_YET", `Cannot log in to "${registry}" by "${rule.kind}": this version of Slipway only knows tokens`, {
        hint: `Write "credentials: { token: NAME }" for "${registry}", with NAME the variable that holds an access token.`,
      });
    default:
      return unreachable(rule, "credential rule");
  }
}

/** Value of the header: a token by itself, or basic authentication where a user belongs to it; undefined for no credential. */
export function authorizationOf(credential: Credential): string | undefined {
  const secret = credential.reveal();
  if (secret === "") return undefined;
  if (credential.user === "") return `Bearer ${secret}`;
  return `Basic ${Buffer.from(`${credential.user}:${secret}`, "utf8").toString("base64")}`;
}

/** Forms in which the secret could come back in a server's text. */
export function traces(credential: Credential): readonly string[] {
  const secret = credential.reveal();
  if (secret.length < 4) return [];
  const both = Buffer.from(`${credential.user}:${secret}`).toString("base64");
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64"), both];
}
