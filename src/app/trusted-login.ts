// Tokenless login of a run: an identity is asked for when the first byte is about to leave, exchanged at once, used until it is
// nearly over and then asked for again; it stands in memory and nowhere else (systems S1.8, S4.3; protocols §2).
import { SlipwayError } from "../domain/error.ts";
import { endOfToken } from "../domain/credential.ts";
import type { IdentityClaims } from "../domain/identity/claims.ts";
import { describeDifferences, differences, type Publisher } from "../domain/identity/publisher.ts";
import type { Plan } from "../domain/plan/plan.ts";
import { openedByIdentity } from "../domain/run/opened.ts";
import type { Identities } from "../platform/identity-port.ts";
import type { Clock, Redactor } from "../platform/ports.ts";
import type { Exchanged, Registry, TrustedLogin } from "../registries/registry.ts";
import type { Opened } from "./registries.ts";

/** Who wants to be let in where. */
export interface Wanted {
  readonly registry: Registry;
  readonly package: string;
  /** What the registry should have been told to trust; undefined where the plan knows no repository. */
  readonly publisher: Publisher | undefined;
  readonly signal: AbortSignal;
}

export interface LoginPorts {
  /** Of the job that publishes: a rehearsal has one for each environment. */
  identities(environment: string | undefined): Identities;
  readonly clock: Clock;
  readonly redactor: Redactor;
}

interface Held extends Opened {
  readonly renewAtMs: number;
}

/** An upload is judged when its last byte came, so that a token has to outlive it; twine asks for a new one as early. */
const marginMs = 300_000;

/**
 * @returns opens a registry, once for all who ask at the same time, and again when what was opened is nearly over.
 * It throws SlipwayError LOGIN_REFUSED when the registry does not take the identity, or there is none; LOGIN_UNANSWERED when
 * nobody said either. Nothing was published in either case.
 */
export function openLogins(ports: LoginPorts): (wanted: Wanted) => Promise<Opened> {
  const held = new Map<string, Promise<Held>>();
  return async (wanted) => {
    const login = loginOf(wanted.registry);
    const key = login.opens === "package" ? `${wanted.registry.name}/${wanted.package}` : wanted.registry.name;
    const asked = renewed(held.get(key), ports, () => logIn(ports, login, wanted));
    held.set(key, asked);
    const { credential, how } = await asked;
    return { credential, how };
  };
}

/** In turn: whoever asks while another logs in takes what that one was given. */
async function renewed(before: Promise<Held> | undefined, { clock }: LoginPorts, logInAgain: () => Promise<Held>): Promise<Held> {
  const known = await before?.catch(() => undefined);
  return known !== undefined && known.renewAtMs > clock.nowMs() ? known : logInAgain();
}

function loginOf({ name, login }: Registry): TrustedLogin {
  if (login !== undefined) return login;
  throw refused(`"${name}" takes stored tokens only`, `Write "credentials: { token: NAME }" for "${name}"`);
}

async function logIn({ identities: identitiesOf, clock, redactor }: LoginPorts, login: TrustedLogin, wanted: Wanted): Promise<Held> {
  const { registry, signal } = wanted;
  const audience = await login.audience(signal);
  if (audience.kind === "unsupported") throw refused(audience.why, `Write "credentials: { token: NAME }" for "${registry.name}"`);
  if (audience.kind === "unknown") throw unanswered(registry, audience.why);
  const identities = identitiesOf(wanted.publisher?.environment);
  const asked = await identities.token(audience.audience, signal);
  if (asked.kind === "unavailable") {
    if (!asked.lasting) throw unanswered(registry, asked.why);
    throw refused(`no identity to log in to "${registry.name}" with: ${asked.why}`, withoutIdentity);
  }
  const startMs = clock.nowMs();
  const exchanged = await login.exchange(asked.token, wanted.package, signal);
  if (exchanged.kind !== "opened") throw notOpened(exchanged, { login, wanted, claims: asked.token.claims });
  redactor.add(endOfToken(exchanged.credential.reveal()));
  const lifetimeMs = exchanged.endsAtMs - startMs;
  const provider = identities.found.kind === "found" ? identities.found.source.provider : "other";
  const how = openedByIdentity(provider, asked.token.claims);
  return { credential: exchanged.credential, how, renewAtMs: exchanged.endsAtMs - Math.min(marginMs, lifetimeMs / 3) };
}

const withoutIdentity = "Run this pipeline as the CI job that the registry trusts, or set a token by `credentials: { token: NAME }`";

function notOpened(
  exchanged: Exclude<Exchanged, { kind: "opened" }>,
  about: { readonly login: TrustedLogin; readonly wanted: Wanted; readonly claims: IdentityClaims },
): SlipwayError {
  const { login, wanted, claims } = about;
  const { registry, publisher } = wanted;
  if (exchanged.kind === "unknown") return unanswered(registry, exchanged.why);
  const differing = publisher === undefined ? [] : differences(publisher, claims, login.workflowClaim);
  const words = `"${registry.name}" does not trust this run for "${wanted.package}": ${exchanged.why}`;
  const settings = `${login.settings(wanted.package)}: ${publisher === undefined ? "the publisher" : describePublisher(publisher)}`;
  if (differing.length > 0)
    return refused(`${words}. Of this run, ${describeDifferences(differing)}`, `Run it as it is trusted, or enter at ${settings}`);
  return refused(`${words}. This run is what the plan means, so the registry was told something else`, `Enter exactly at ${settings}`);
}

/** The values as registries ask for them, on one line. */
export function describePublisher({ repository, workflow, environment }: Publisher): string {
  const [owner = "", name = ""] = repository.split("/");
  return `owner "${owner}", repository "${name}", workflow "${workflow}", environment ${environment === undefined ? "empty" : `"${environment}"`}`;
}

/**
 * What the registries of a plan are to be told to trust for one package.
 * @returns undefined where the plan has no repository, or one that no registry takes identities from
 */
export function publisherOf(plan: Plan, packageName: string, environment: string | undefined): Publisher | undefined {
  if (plan.forge?.kind !== "github") return undefined;
  const { repository } = plan.forge;
  return {
    provider: "github",
    package: packageName,
    repository,
    workflow: `${plan.pipeline}.yml`,
    ...(environment === undefined ? {} : { environment }),
  };
}

function refused(why: string, hint: string): SlipwayError {
  return new SlipwayError("LOGIN_REFUSED", `Cannot log in without a token: ${why}`, { hint });
}

function unanswered({ name }: Registry, why: string): SlipwayError {
  return new SlipwayError("LOGIN_UNANSWERED", `Cannot log in to "${name}" without a token now: ${why}`, {
    hint: "Nothing was published; the same command asks again.",
  });
}
