// How a registry was opened for a step: by whose word, or with which variable's token. What the journal, the record and
// `status` tell of the use of a credential (systems S1.6); the credential itself is nowhere in it. Pure.
import type { IdentityProvider } from "../identity/source.ts";
import type { IdentityClaims } from "../identity/claims.ts";

export type OpenedHow =
  /** Exchanged for an identity, without a stored token. What the identity did not say is absent. */
  | {
      readonly kind: "identity";
      readonly provider: IdentityProvider;
      readonly repository?: string;
      /** Of the workflow that was started, or the file in which the job is written. */
      readonly workflow?: string;
      readonly environment?: string;
      /** The CI's own number for the job's run, with the attempt. */
      readonly job?: string;
    }
  | { readonly kind: "token"; readonly variable: string }
  /** The token for the day on which nobody lets an identity in (S1.11). */
  | { readonly kind: "fallback"; readonly variable: string }
  | { readonly kind: "forge"; readonly variable: string }
  /** A file of the person's own client. */
  | { readonly kind: "client"; readonly file: string }
  | { readonly kind: "none" };

/** What is told of an identity: the claims that registries compare, and nothing that opens anything. */
export function openedByIdentity(provider: IdentityProvider, claims: IdentityClaims): OpenedHow {
  const { repository, jobWorkflowRef, workflowRef, environment, runId, runAttempt } = claims;
  const workflow = jobWorkflowRef ?? workflowRef;
  const job = runId === undefined || runAttempt === undefined ? runId : `${runId}/${runAttempt}`;
  return {
    kind: "identity",
    provider,
    ...(repository === undefined ? {} : { repository }),
    ...(workflow === undefined ? {} : { workflow }),
    ...(environment === undefined ? {} : { environment }),
    ...(job === undefined ? {} : { job }),
  };
}

/** For people, as the end of "opened with …". */
export function describeOpened(how: OpenedHow): string {
  switch (how.kind) {
    case "identity":
      return `the identity of ${how.workflow ?? `a job of ${how.provider}`}${how.job === undefined ? "" : `, run ${how.job}`}`;
    case "fallback":
      return `the FALLBACK token in ${how.variable}`;
    case "token":
      return `the token in ${how.variable}`;
    case "forge":
      return `the forge's token in ${how.variable}`;
    case "client":
      return `what ${how.file} has`;
    case "none":
      return "no credential";
  }
}
