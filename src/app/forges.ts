// Which forge stands behind the plan: the real one, or in a rehearsal the one inside Slipway. Swapped here, and nowhere
// else. A step gets the forge together with the credential of its environment, opened when it is first needed.
import type { Configuration, ForgeCredential } from "../domain/configuration.ts";
import type { Credential } from "../domain/credential.ts";
import { assert } from "../domain/error.ts";
import { environmentOf, type Plan, type PlannedForge, type PlannedStep } from "../domain/plan/plan.ts";
import type { Forge, ReadAccess, ReadForge, WriteAccess } from "../forges/forge.ts";
import type { SourceLook } from "../platform/ports.ts";

export interface Forges {
  open(planned: PlannedForge): Promise<Forge>;
  /** Whether there is a credential, without reading it; `variables`: where it was looked for. */
  has(planned: PlannedForge, rule: ForgeCredential | undefined): Promise<{ readonly there: boolean; readonly variables: string }>;
  /** @throws SlipwayError CREDENTIAL_MISSING */
  credential(planned: PlannedForge, rule: ForgeCredential | undefined): Promise<Credential>;
}

/** What opens the forge for a step: its environment's credential, else that of the environment `forge`. */
export function forgeRuleOf(plan: Plan, step: PlannedStep): ForgeCredential | undefined {
  return environmentOf(plan, step)?.forge ?? plan.forge?.credential;
}

/** The forge as a step is given it. */
export async function openForge(
  forges: Forges,
  plan: Plan,
  given: { readonly step: PlannedStep; readonly signal: AbortSignal },
): Promise<{ readonly forge: Forge; readonly access: WriteAccess }> {
  const { step, signal } = given;
  assert(plan.forge !== undefined, `step "${step.id}" asks for the forge, and the plan has none`);
  const [forge, credential] = await Promise.all([forges.open(plan.forge), forges.credential(plan.forge, forgeRuleOf(plan, step))]);
  return { forge, access: { credential, signal } };
}

/** The forge for looks: with the credential where there is one, else as anybody sees it. */
export async function openForgeToRead(
  forges: Forges,
  plan: Plan,
  given: { readonly step: PlannedStep; readonly signal: AbortSignal },
): Promise<{ readonly forge: ReadForge; readonly access: ReadAccess }> {
  const { step, signal } = given;
  assert(plan.forge !== undefined, `step "${step.id}" asks for the forge, and the plan has none`);
  // Who acts at the forge has to see what it made there, drafts included.
  const isNeeded = step.kind === "acting" || (await forges.has(plan.forge, forgeRuleOf(plan, step))).there;
  return isNeeded ? openForge(forges, plan, given) : { forge: await forges.open(plan.forge), access: { signal } };
}

/** What the file says of the forge, and where it is silent what the remote `origin` tells; undefined: nobody says it. */
export async function planForge(configuration: Configuration, look: Pick<SourceLook, "remote">): Promise<PlannedForge | undefined> {
  const { forge: said, environments } = configuration;
  const { forgeOfRemote } = await import("../forges/catalog.ts");
  const told = look.remote === undefined ? undefined : forgeOfRemote(look.remote);
  const kind = said?.kind ?? told?.kind;
  const repository = said?.repository ?? told?.repository;
  if (kind === undefined || repository === undefined) return undefined;
  // A known service needs no address; one of one's own has the remote's, unless the file knows better.
  const url = said?.url ?? (told?.kind === undefined && said?.kind !== undefined ? told?.url : undefined);
  const credential = environments.find(({ name }) => name === "forge")?.forge;
  return { kind, repository, ...(url === undefined ? {} : { url }), ...(credential === undefined ? {} : { credential }) };
}
