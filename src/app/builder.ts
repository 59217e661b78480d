// Who builds, as provenance names it: the job of a CI that vouches for itself, or Slipway on a machine of somebody's.
import type { GithubJob } from "../domain/attestation/npm-provenance.ts";
import { knownForges } from "../domain/known-services.ts";
import type { Plan } from "../domain/plan/plan.ts";
import type { Builder } from "../platform/signer-port.ts";

export interface BuiltAt {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Id of Slipway's run. */
  readonly run: string;
  /** `linux-x86_64` */
  readonly host: string;
  readonly version: string;
  readonly world: "real" | "rehearsal";
}

/** Variables of GitHub's runner are believed here as far as its certificate says the same: whoever verifies compares the two. */
export function builderOf(plan: Plan, { env, run, host, version, world }: BuiltAt): Builder {
  const root = plan.forge?.url ?? (plan.forge?.kind === "github" ? `https://${knownForges[0]?.host ?? ""}` : undefined);
  const repository =
    plan.forge === undefined || root === undefined
      ? `urn:slipway:project:${encodeURIComponent(plan.project)}`
      : `${root.replace(/\/$/, "")}/${plan.forge.repository}`;
  const [workflow, id, attempt] = ["GITHUB_WORKFLOW_REF", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"].map((name) => env[name] ?? "");
  const isJob = world === "real" && env["GITHUB_ACTIONS"] === "true" && workflow !== "" && id !== "";
  const job = isJob ? githubJob(env, workflow ?? "") : undefined;
  return {
    repository,
    slipway: version,
    ...(job === undefined ? {} : { job }),
    builder: isJob ? `${root ?? ""}/${workflow}` : `urn:slipway:machine:${host}`,
    invocation: isJob ? `${repository}/actions/runs/${id}/attempts/${attempt === "" ? "1" : attempt}` : `urn:slipway:run:${run}`,
  };
}

/** @param workflow `owner/name/.github/workflows/FILE@REF` */
function githubJob(env: BuiltAt["env"], workflow: string): GithubJob | undefined {
  const path = /^[^/]+\/[^/]+\/([^@]+)@/.exec(workflow)?.[1];
  const [ref, eventName, repositoryId, ownerId, runner] = [
    "GITHUB_REF",
    "GITHUB_EVENT_NAME",
    "GITHUB_REPOSITORY_ID",
    "GITHUB_REPOSITORY_OWNER_ID",
    "RUNNER_ENVIRONMENT",
  ].map((name) => env[name]);
  if (path === undefined || ref === undefined || eventName === undefined) return undefined;
  if (repositoryId === undefined || ownerId === undefined || runner === undefined) return undefined;
  return { workflow: path, ref, eventName, repositoryId, ownerId, runner };
}
