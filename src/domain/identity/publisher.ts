// A trusted publisher: the values that a registry is told to trust, and which a run's identity has to show. The same values
// are told to people who set it up, and compared with an identity that was refused (systems S2.12, S5.8; protocols §2.2, §4.5, §5.3).
import type { IdentityClaims } from "./claims.ts";

/** What is entered at the registry. */
export interface Publisher {
  readonly provider: "github" | "gitlab";
  /** Project, crate or package that it may publish. */
  readonly package: string;
  /** `owner/name` */
  readonly repository: string;
  /** File name below `.github/workflows/`. */
  readonly workflow: string;
  /** Absent: the job is in no environment, and the registry asks for none. */
  readonly environment?: string;
}

/** Which of a job's two workflow claims a registry looks at: they differ where one workflow calls another. */
export type WorkflowClaim = "workflow_ref" | "job_workflow_ref";

export interface Difference {
  /** As the registry's page calls it: `repository`, `workflow`, `environment`, `event`. */
  readonly field: "provider" | "repository" | "workflow" | "environment" | "event";
  /** What the registry should have been told, and what the plan means. */
  readonly expected: string;
  /** What the identity says. */
  readonly shown: string;
}

/** Events whose jobs run code that outsiders wrote: PyPI refuses the first, crates both. */
const refusedEvents: readonly string[] = ["pull_request_target", "workflow_run"];

const nothing = "(none)";

/** The fields in which an identity is not the publisher; none: a registry that was told these values accepts it. */
export function differences(publisher: Publisher, claims: IdentityClaims, by: WorkflowClaim): readonly Difference[] {
  const { repository, environment, event } = claims;
  const workflow = workflowFile(claims, by);
  const compared: readonly (Difference & { readonly equal: boolean })[] = [
    {
      field: "repository",
      expected: publisher.repository,
      shown: repository ?? nothing,
      equal: sameName(publisher.repository, repository),
    },
    { field: "workflow", expected: publisher.workflow, shown: workflow ?? nothing, equal: workflow === publisher.workflow },
    {
      field: "environment",
      expected: publisher.environment ?? nothing,
      shown: environment ?? nothing,
      equal: publisher.environment === undefined || sameName(publisher.environment, environment),
    },
    {
      field: "event",
      expected: "push, workflow_dispatch or release",
      shown: event ?? nothing,
      equal: event === undefined || !refusedEvents.includes(event),
    },
  ];
  return compared.filter(({ equal }) => !equal).map(({ field, expected, shown }) => ({ field, expected, shown }));
}

/** `release.yml` out of `owner/name/.github/workflows/release.yml@refs/heads/main`; undefined where the claim has another form. */
export function workflowFile(claims: IdentityClaims, by: WorkflowClaim): string | undefined {
  const ref = by === "workflow_ref" ? claims.workflowRef : claims.jobWorkflowRef;
  return /\/\.github\/workflows\/([^/@]+\.ya?ml)@/.exec(ref ?? "")?.[1];
}

/** Registries compare names of repositories and environments without regard to case. */
function sameName(expected: string, shown: string | undefined): boolean {
  return shown !== undefined && expected.toLowerCase() === shown.toLowerCase();
}

/** One line for people: what was shown, and what should have been. */
export function describeDifferences(found: readonly Difference[]): string {
  return found.map(({ field, expected, shown }) => `${field} is "${shown}" and should be "${expected}"`).join("; ");
}
