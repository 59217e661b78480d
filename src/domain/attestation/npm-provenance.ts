// The provenance of one npm tarball as npm's registry takes it beside the file: one subject, named as a package URL, with the digest
// that the registry knows it by. Sources: npm's own publish library (which writes the same for GitHub's jobs), SLSA provenance v1 with
// GitHub's build type of workflows; package URL specification, type npm; protocols §5.2.
import type { JsonObject } from "../configuration.ts";
import { recordOf, textOf } from "../json-record.ts";
import { provenancePredicate, provenanceStatement, type BuiltFrom, type Statement } from "./statement.ts";

/** What a job of GitHub says of itself beyond `BuiltFrom`; npm compares it with the certificate. */
export interface GithubJob {
  /** Path of the workflow file in the repository. */
  readonly workflow: string;
  /** Full ref that the job runs for. */
  readonly ref: string;
  readonly eventName: string;
  readonly repositoryId: string;
  readonly ownerId: string;
  /** `github-hosted` or `self-hosted`; npm takes the first alone. */
  readonly runner: string;
}

const workflowBuildType = "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1";
const runnerBuilder = "https://github.com/actions/runner";

export interface NpmTarball {
  readonly name: string;
  readonly version: string;
  /** Hexadecimal. */
  readonly sha512: string;
}

/** `pkg:npm/%40scope/name@1.0.0` */
export function npmPackageUrl({ name, version }: Pick<NpmTarball, "name" | "version">): string {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}

/** @param job absent: the build was no job of GitHub, and the statement says how Slipway builds, which npm's own registry refuses */
export function npmProvenance(tarball: NpmTarball, built: BuiltFrom, job?: GithubJob): Statement {
  const subjects = [{ name: npmPackageUrl(tarball), digest: { sha512: tarball.sha512 } }];
  if (job === undefined) return provenanceStatement(subjects, built);
  const predicate: JsonObject = {
    buildDefinition: {
      buildType: workflowBuildType,
      externalParameters: { workflow: { ref: job.ref, repository: built.repository, path: job.workflow } },
      internalParameters: {
        github: { event_name: job.eventName, repository_id: job.repositoryId, repository_owner_id: job.ownerId },
      },
      resolvedDependencies: [{ uri: `git+${built.repository}@${job.ref}`, digest: { gitCommit: built.commit } }],
    },
    runDetails: { builder: { id: `${runnerBuilder}/${job.runner}` }, metadata: { invocationId: built.invocation } },
  };
  return { subjects, predicateType: provenancePredicate, predicate };
}

/** The name of a bundle among a publish's attachments: with the scope, as the tarball's. */
export function provenanceAttachment({ name, version }: Pick<NpmTarball, "name" | "version">): string {
  return `${name}-${version}.sigstore`;
}

/** As a bundle says it of itself; undefined for what is none. */
export function mediaTypeOfBundle(bundle: unknown): string | undefined {
  return textOf(recordOf(bundle)?.["mediaType"]);
}
