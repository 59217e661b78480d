// Who vouches in a rehearsal: an issuer inside Slipway, for the very job that the compiled workflow would be. Its registries are
// told to trust what `init` and `doctor` tell people to enter, so that a rehearsal tries those values and never a real mint.
import type { FoundIdentity } from "../domain/identity/source.ts";
import { membersOf } from "../domain/plan/members.ts";
import type { Plan, PlannedRegistry } from "../domain/plan/plan.ts";
import type { DeskOptions } from "../loopback/login-desk.ts";
import { startRehearsalIssuer } from "../loopback/identity-issuer.ts";
import type { RehearsalSigstore } from "../loopback/sigstore.ts";
import type { Signer } from "../platform/signer-port.ts";
import { openHttp } from "../platform/http.ts";
import { openIdentities } from "../platform/identity.ts";
import { createSecrets } from "../platform/secrets.ts";
import type { Opened } from "./registries.ts";
import { openLogins, publisherOf, type Wanted } from "./trusted-login.ts";
import type { World } from "./world.ts";

export type Trusts = Omit<DeskOptions, "clock">;

export interface RehearsalIdentity {
  readonly identity: FoundIdentity;
  /** What a registry of the plan is told to trust. */
  trusts(registry: PlannedRegistry): Trusts;
  /** @throws SlipwayError LOGIN_REFUSED, LOGIN_UNANSWERED */
  logIn(wanted: Wanted): Promise<Opened>;
  /** Signs with the identity of a job in an environment, at a Sigstore inside Slipway that is started for the first who asks. */
  signer(environment: string | undefined): Promise<Signer>;
  close(): Promise<void>;
}

/** @throws SlipwayError STORAGE_FAILED when it cannot listen */
export async function startRehearsalIdentity(
  world: Pick<World, "clock" | "version" | "redactor" | "log">,
  plan: Plan,
): Promise<RehearsalIdentity> {
  const { clock, redactor, log } = world;
  const issuer = await startRehearsalIssuer({ clock, claims: (environment) => jobClaims(plan, environment) });
  const http = openHttp({ userAgent: `slipway/${world.version}` });
  const identities = (environment: string | undefined) => {
    const env = issuer.jobEnvironment(environment);
    return openIdentities({ env, http, redactor, secrets: createSecrets({ env, redactor, log }) });
  };
  let sigstore: Promise<RehearsalSigstore> | undefined;
  const startSigstore = async (): Promise<RehearsalSigstore> =>
    (await import("../loopback/sigstore.ts")).startRehearsalSigstore({ clock, issuer });
  return {
    identity: identities(undefined).found,
    signer: async (environment) => {
      const { url } = await (sigstore ??= startSigstore());
      const { openSigner } = await import("../platform/signer.ts");
      return openSigner(identities(environment), { certificates: url, log: url });
    },
    trusts: (registry) => ({ issuer: { url: issuer.url, keys: issuer.keys }, publishers: publishersOf(plan, registry) }),
    logIn: openLogins({ clock, redactor, identities }),
    close: async () => {
      await issuer.close();
      await (await sigstore?.catch(() => undefined))?.close();
    },
  };
}

/** Names that stand where the plan has no repository on a forge that vouches for jobs: then the rehearsal has one of its own. */
const rehearsalRepository = "rehearsal/rehearsal";

function publishersOf(plan: Plan, registry: PlannedRegistry): Trusts["publishers"] {
  const environments = plan.environments.filter((one) => one.registries.some(({ name }) => name === registry.name));
  const names = plan.packages
    .filter((one) => one.ecosystem === registry.ecosystem)
    .flatMap((one) => membersOf(one).map(({ name }) => name));
  return environments.flatMap((environment) =>
    names.map((name) => publisherOf(plan, name, environment.name) ?? ownPublisher(plan, name, environment.name)),
  );
}

function ownPublisher(plan: Plan, name: string, environment: string): Trusts["publishers"][number] {
  return { provider: "github", package: name, repository: rehearsalRepository, workflow: `${plan.pipeline}.yml`, environment };
}

/** What GitHub says of a job of the compiled workflow (protocols §2.3). */
function jobClaims(plan: Plan, environment: string | undefined): Record<string, string> {
  const repository = plan.forge?.kind === "github" ? plan.forge.repository : rehearsalRepository;
  const [owner = ""] = repository.split("/");
  const { tag, branch, commit } = plan.source;
  const ref = tag === undefined ? `refs/heads/${branch ?? "main"}` : `refs/tags/${tag}`;
  const workflow = `${repository}/.github/workflows/${plan.pipeline}.yml@${ref}`;
  return {
    sub: `repo:${repository}:${environment === undefined ? `ref:${ref}` : `environment:${environment}`}`,
    repository,
    repository_owner: owner,
    repository_owner_id: "1",
    repository_id: "1",
    repository_visibility: "public",
    ref,
    ref_type: tag === undefined ? "branch" : "tag",
    sha: commit,
    workflow: plan.pipeline,
    workflow_ref: workflow,
    workflow_sha: commit,
    job_workflow_ref: workflow,
    job_workflow_sha: commit,
    event_name: tag === undefined ? "workflow_dispatch" : "push",
    run_id: "1",
    run_number: "1",
    run_attempt: "1",
    runner_environment: "github-hosted",
    actor: "rehearsal",
    ...(environment === undefined ? {} : { environment }),
  };
}
