// What is sent as user and secret to a Python index. A credential is read at the last moment and
// goes nowhere but into the request (conventions SECRETS; protocols §1.1).
import type { StoredRule } from "../../domain/configuration.ts";
import { createCredential, secretText, type Credential } from "../../domain/credential.ts";
import { SlipwayError, unreachable } from "../../domain/error.ts";
import type { Secrets } from "../../platform/ports.ts";
import { tokenPrefix, tokenUser } from "./wire.ts";

/** The credential for a rehearsal registry, which takes any token: real ones have no business there. */
export function rehearsalCredential(): Credential {
  return createCredential(tokenUser, `${tokenPrefix}rehearsal`);
}

/**
 * Reads the credential that a rule names.
 * @throws SlipwayError CREDENTIAL_MISSING when it is not there
 * @throws SlipwayError NOT_YET for the credential of a forge
 */
export async function openPypiCredential(rule: StoredRule, registry: string, secrets: Secrets): Promise<Credential> {
  switch (rule.kind) {
    case "token":
      return createCredential(rule.user ?? tokenUser, secretText(await secrets.read(rule.variable), rule.variable));
    case "none":
      return createCredential("", "");
    case "forge":
      throw new SlipwayError(
        "NOT_YET",
        `Cannot log in to "${registry}" with the forge's credential: only registries of images take it yet`,
        {
          hint: `Write "credentials: { token: NAME }" for "${registry}", with NAME the variable that holds an API token.`,
        },
      );
    default:
      return unreachable(rule, "credential rule");
  }
}

/** Header value of HTTP basic authentication, which the upload API takes for tokens too; undefined for no credential. */
export function basicAuthorization(credential: Credential): string | undefined {
  const secret = credential.reveal();
  if (credential.user === "" && secret === "") return undefined;
  return `Basic ${Buffer.from(`${credential.user}:${secret}`, "utf8").toString("base64")}`;
}

/** Forms in which the secret could come back in a server's text. */
export function traces(credential: Credential): readonly string[] {
  const secret = credential.reveal();
  if (secret.length < 4) return [];
  return [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
    Buffer.from(`${credential.user}:${secret}`).toString("base64"),
  ];
}
