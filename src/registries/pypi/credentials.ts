// What is sent as user and secret to a Python index. A credential is read at the last moment, lives in one value that
// prints as «redacted», and goes nowhere but into the request (conventions SECRETS; protocols §1.1).
import { inspect } from "node:util";
import type { CredentialRule } from "../../domain/configuration.ts";
import { SlipwayError, unreachable } from "../../domain/error.ts";
import type { Secrets } from "../../platform/ports.ts";
import type { Credential } from "../registry.ts";
import { tokenPrefix, tokenUser } from "./wire.ts";

const hidden = "«redacted»";

/** A value that holds a secret and shows nothing of it when printed, logged or turned into JSON. */
export function makeCredential(user: string, secret: string): Credential {
  const show = { value: () => hidden, enumerable: false };
  return Object.freeze(Object.defineProperties({ user, reveal: () => secret }, { toString: show, toJSON: show, [inspect.custom]: show }));
}

/** The credential for a rehearsal registry, which takes any token: real ones have no business there. */
export function rehearsalCredential(): Credential {
  return makeCredential(tokenUser, `${tokenPrefix}rehearsal`);
}

/**
 * Reads the credential that a rule names.
 * @throws SlipwayError CREDENTIAL_MISSING when it is not there
 * @throws SlipwayError NOT_YET for tokenless login, which a later version brings
 */
export async function openPypiCredential(rule: CredentialRule, registry: string, secrets: Secrets): Promise<Credential> {
  switch (rule.kind) {
    case "token":
      return makeCredential(rule.user ?? tokenUser, checked(await secrets.read(rule.variable), rule.variable));
    case "none":
      return makeCredential("", "");
    case "trusted-publishing":
    case "forge":
      throw new SlipwayError("NOT_YET", `Cannot log in to "${registry}" by "${rule.kind}": this version of Slipway only knows tokens`, {
        hint: `Write "credentials: { token: NAME }" for "${registry}", with NAME the variable that holds an API token.`,
      });
    default:
      return unreachable(rule, "credential rule");
  }
}

/** A line end or control character in a secret is a copying accident, and would split a header. */
function checked(secret: string, variable: string): string {
  const trimmed = secret.trim();
  if (trimmed === "" || /\p{Cc}/u.test(trimmed)) {
    throw new SlipwayError(
      "CREDENTIAL_MISSING",
      `Cannot use the credential in "${variable}": it is empty or has control characters in it`,
      {
        hint: `Set ${variable} to the token alone, on one line.`,
      },
    );
  }
  return trimmed;
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
