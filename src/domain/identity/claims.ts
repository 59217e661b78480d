// What an identity token says, read without believing it: whether it holds is for the registry to judge. It is read to say
// which field differs from what was registered, and when it ends (RFC 7519; protocols §2.2, §2.3).
import type { JsonObject } from "../configuration.ts";

/** Claims that registries compare. Absent ones were not in the token, or were no text. */
export interface IdentityClaims {
  readonly issuer?: string;
  readonly audience?: string;
  readonly subject?: string;
  /** `owner/name` */
  readonly repository?: string;
  readonly repositoryOwner?: string;
  /** Account number: names are given up and taken, numbers are not. */
  readonly repositoryOwnerId?: string;
  /** `owner/name/.github/workflows/FILE@REF` of the workflow that was started. */
  readonly workflowRef?: string;
  /** The same for the file in which the job is written, which another workflow may have called. */
  readonly jobWorkflowRef?: string;
  readonly environment?: string;
  readonly ref?: string;
  readonly commit?: string;
  /** `push`, `workflow_dispatch`, `release`. */
  readonly event?: string;
  readonly runId?: string;
  readonly runAttempt?: string;
  /** `github-hosted` or `self-hosted`. */
  readonly runner?: string;
  /** Names this token among all of its issuer: registries take each one once. */
  readonly id?: string;
  /** Milliseconds since 1970. */
  readonly endsAtMs?: number;
}

/** Claims out of the payload of a token, which a JWT library decoded. Those of another type than text are left out. */
export function claimsOf(payload: JsonObject): IdentityClaims {
  const text = (name: string, as: keyof IdentityClaims): Partial<IdentityClaims> =>
    typeof payload[name] === "string" ? { [as]: payload[name] } : {};
  const ends = payload["exp"];
  return {
    ...text("iss", "issuer"),
    ...text("aud", "audience"),
    ...text("sub", "subject"),
    ...text("repository", "repository"),
    ...text("project_path", "repository"),
    ...text("repository_owner", "repositoryOwner"),
    ...text("repository_owner_id", "repositoryOwnerId"),
    ...text("workflow_ref", "workflowRef"),
    ...text("job_workflow_ref", "jobWorkflowRef"),
    ...text("ci_config_ref_uri", "workflowRef"),
    ...text("environment", "environment"),
    ...text("ref", "ref"),
    ...text("sha", "commit"),
    ...text("event_name", "event"),
    ...text("run_id", "runId"),
    ...text("run_attempt", "runAttempt"),
    ...text("runner_environment", "runner"),
    ...text("jti", "id"),
    ...(typeof ends === "number" && Number.isFinite(ends) ? { endsAtMs: ends * 1000 } : {}),
  };
}
