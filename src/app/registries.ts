// Which registry stands behind a name: the real one, or in a rehearsal the one inside Slipway. This is the place where
// they are swapped, and the only one.
import type { Credential, Registry } from "../registries/registry.ts";
import type { Forges } from "./forges.ts";
import { SlipwayError } from "../domain/error.ts";
import type { CredentialRule } from "../domain/configuration.ts";
import type { Publisher } from "../domain/identity/publisher.ts";
import type { FoundIdentity } from "../domain/identity/source.ts";
import type { OpenedHow } from "../domain/run/opened.ts";
import type { Signer, SigningPlace } from "../platform/signer-port.ts";
import type { Plan, PlannedRegistry } from "../domain/plan/plan.ts";

export interface Registries {
  readonly world: "real" | "rehearsal";
  /** Who vouches for this run, as far as it shows without asking. */
  readonly identity: FoundIdentity;
  /** Where statements are signed: the public place, or in a rehearsal the one inside Slipway. Opened when something is signed. */
  signer(environment: string | undefined, place: SigningPlace | undefined): Promise<Signer>;
  /** @throws SlipwayError NOT_YET for an ecosystem that this version does not publish to */
  open(planned: PlannedRegistry): Registry;
  /**
   * What opens a registry for one package. @throws SlipwayError CREDENTIAL_MISSING, CREDENTIAL_INVALID, LOGIN_REFUSED,
   * LOGIN_UNANSWERED; NOT_YET for a rule that this version does not know
   */
  credential(planned: PlannedRegistry, use: CredentialUse): Promise<Opened>;
}

/** What opens a registry, and what is told of that. */
export interface Opened {
  readonly credential: Credential;
  readonly how: OpenedHow;
}

/** What a credential is wanted for. A stored token is the same for every use of a registry; what is exchanged for an identity may not be. */
export interface CredentialUse {
  readonly package: string;
  /** What the registry was to be told to trust; undefined: the plan names no repository that could be trusted. */
  readonly publisher: Publisher | undefined;
  readonly signal: AbortSignal;
}

/** The registries of a rehearsal, running. */
export interface RehearsalRegistries {
  /** @throws SlipwayError INTERNAL_ASSERTION for a name that the plan does not have */
  registry(name: string): Registry;
  /**
   * What opens it: exchanged for an identity where the plan logs in so, else one of the right form that is worth nothing anywhere.
   * @throws SlipwayError INTERNAL_ASSERTION for a name that the plan does not have; LOGIN_REFUSED, LOGIN_UNANSWERED
   */
  credential(name: string, use: CredentialUse): Promise<Opened>;
  readonly identity: FoundIdentity;
  signer(environment: string | undefined): Promise<Signer>;
  /** The forge inside Slipway, started when it is first asked for. */
  readonly forges: Forges;
  /** What the servers saw that a real release should know. */
  findings(): Promise<readonly { readonly level: string; readonly message: string }[]>;
  close(): Promise<void>;
}

export function describeRule(rule: CredentialRule): string {
  switch (rule.kind) {
    case "token":
      return `the token in ${rule.variable}`;
    case "trusted-publishing":
      return "trusted publishing";
    case "forge":
      return "the forge's credential";
    case "client":
      return "what the person's own client has";
    case "none":
      return "no credential";
  }
}

/** The planned registry of a name, from whichever environment names it. */
export function plannedRegistry(plan: Plan, name: string): PlannedRegistry {
  const found = plan.environments.flatMap((environment) => environment.registries).find((registry) => registry.name === name);
  if (found === undefined) throw new SlipwayError("INTERNAL_ASSERTION", `Cannot find registry "${name}" in the plan`);
  return found;
}
