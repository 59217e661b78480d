// What is sent as token to a crate registry: the value of `authorization` as it is, without a scheme before it. A
// registry that wants one, such as a forge's own, has it in its token (`Bearer …`), as cargo asks for it too (protocols §4.1).
import type { StoredRule } from "../../domain/configuration.ts";
import { createCredential, secretText, type Credential } from "../../domain/credential.ts";
import { SlipwayError, unreachable } from "../../domain/error.ts";
import type { Secrets } from "../../platform/ports.ts";

/** The credential for a rehearsal registry, which takes any token: real ones have no business there. */
export function rehearsalCratesCredential(): Credential {
  return createCredential("", "rehearsal-token");
}

/**
 * Reads the credential that a rule names. Its `user` is not sent: crate registries know tokens only.
 * @throws SlipwayError CREDENTIAL_MISSING when it is not there
 * @throws SlipwayError NOT_YET for the credential of a forge
 */
export async function openCratesCredential(rule: StoredRule, registry: string, secrets: Secrets): Promise<Credential> {
  switch (rule.kind) {
    case "token":
      return createCredential("", secretText(await secrets.read(rule.variable), rule.variable));
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

/** The headers of a call that needs a token; none for no credential. */
export function authorization(credential: Credential): Readonly<Record<string, string>> {
  const secret = credential.reveal();
  return secret === "" ? {} : { authorization: secret };
}

/** Forms in which the secret could come back in a server's text: whole, and without its scheme. */
export function traces(credential: Credential): readonly string[] {
  const secret = credential.reveal();
  const bare = secret.replace(/^\w+\s+/, "");
  return [secret, bare, encodeURIComponent(bare)].filter((one) => one.length >= 4);
}
