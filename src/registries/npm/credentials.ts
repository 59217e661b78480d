// What is sent to an npm registry to be let in: a token, or for old servers a user and a password. A credential is read at
// the last moment and goes nowhere but into the request (conventions SECRETS; protocols §5.5).
import type { CredentialRule, StoredRule } from "../../domain/configuration.ts";
import { createCredential, secretText, type Credential } from "../../domain/credential.ts";
import { SlipwayError, unreachable } from "../../domain/error.ts";
import type { Secrets } from "../../platform/ports.ts";

/** The credential for a rehearsal registry, which takes any token: real ones have no business there. */
export function rehearsalNpmCredential(): Credential {
  return createCredential("", "npm_rehearsal");
}

/** The one-time password of the person for whom a rehearsal stands: as with gates, nobody is asked in one. */
export const rehearsalOneTimePassword = "000000";

/**
 * The variable beside a token's in which whoever runs may lend their one-time password: it lets out what is staged, and is used for
 * nothing else. Undefined for what is no token.
 */
export function oneTimePasswordVariable(rule: CredentialRule): string | undefined {
  return rule.kind === "token" ? `${rule.variable}_OTP` : undefined;
}

/**
 * Reads the credential that a rule names.
 * @throws SlipwayError CREDENTIAL_MISSING when it is not there
 * @throws SlipwayError NOT_YET for the credential of a forge
 */
export async function openNpmCredential(rule: StoredRule, registry: string, secrets: Secrets): Promise<Credential> {
  switch (rule.kind) {
    case "token":
      return createCredential(rule.user ?? "", secretText(await secrets.read(rule.variable), rule.variable));
    case "none":
      return createCredential("", "");
    case "forge":
      throw new SlipwayError(
        "NOT_YET",
        `Cannot log in to "${registry}" with the forge's credential: only registries of images take it yet`,
        {
          hint: `Write "credentials: { token: NAME }" for "${registry}", with NAME the variable that holds an access token.`,
        },
      );
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
