// The credential for a forge's API, read at the last moment: the one that the environment names, or the run's own.
import type { ForgeCredential } from "../domain/configuration.ts";
import { createCredential, secretText, type Credential } from "../domain/credential.ts";
import { SlipwayError } from "../domain/error.ts";
import type { Secrets } from "../platform/ports.ts";
import type { ForgeKind } from "./catalog.ts";

/** Where a forge's own tools look, in their order. */
export const usualVariables: Readonly<Record<ForgeKind, readonly string[]>> = {
  github: ["GH_TOKEN", "GITHUB_TOKEN"],
  gitea: ["GITEA_TOKEN", "FORGEJO_TOKEN"],
};

/** Variable that `openForgeCredential` would read; undefined: none of the usual ones is set. */
export async function forgeVariable(
  kind: ForgeKind,
  rule: ForgeCredential | undefined,
  secrets: Pick<Secrets, "has">,
): Promise<string | undefined> {
  if (rule?.kind === "token") return rule.variable;
  for (const variable of usualVariables[kind]) if (await secrets.has(variable)) return variable;
  return undefined;
}

/**
 * A deploy key opens git alone, so that with one the run's own credential goes to the API.
 * @throws SlipwayError CREDENTIAL_MISSING
 */
export async function openForgeCredential(kind: ForgeKind, rule: ForgeCredential | undefined, secrets: Secrets): Promise<Credential> {
  const variable = await forgeVariable(kind, rule, secrets);
  if (variable === undefined) {
    const usual = usualVariables[kind].join(" or ");
    throw new SlipwayError("CREDENTIAL_MISSING", `Cannot open the forge: there is no token in ${usual}`, {
      hint: `Set ${usual} to a token that may write releases, or name another variable under environments: … forge: { token: NAME }.`,
    });
  }
  return createCredential("", secretText(await secrets.read(variable), variable));
}

/** The credential for a rehearsal forge, which takes any token: real ones have no business there. */
export function rehearsalForgeCredential(): Credential {
  return createCredential("", "rehearsal-forge-token");
}
