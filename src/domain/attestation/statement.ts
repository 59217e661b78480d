// In-toto statements: what is said (predicate) of which files (subjects). Written so that the same facts give the same bytes.
// Sources: in-toto attestation framework v1 "Statement"; PEP 740; SLSA provenance v1; protocols §3.1, §5.2.
import type { Json, JsonObject } from "../configuration.ts";
import type { Artifact } from "../artifact.ts";
import { publishPredicate } from "../known-services.ts";

export const statementType = "https://in-toto.io/Statement/v1";
/** Media type of a statement in its signed envelope (DSSE). */
export const statementMediaType = "application/vnd.in-toto+json";
/** Media type of a Sigstore bundle, as it is attached to an image. */
export const bundleMediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";
export const provenancePredicate = "https://slsa.dev/provenance/v1";

/** A file that a statement is about. Digests in hex, by the name of the algorithm. */
export interface Subject {
  readonly name: string;
  readonly digest: Readonly<Partial<Record<"sha256" | "sha512", string>>>;
}

export interface Statement {
  readonly subjects: readonly Subject[];
  readonly predicateType: string;
  readonly predicate: Json;
}

/** The bytes that are signed, as text. */
export function statementText({ subjects, predicateType, predicate }: Statement): string {
  const subject = subjects.map(({ name, digest }) => ({ name, digest }));
  return JSON.stringify({ _type: statementType, subject, predicateType, predicate });
}

/** What PyPI wants to read of one file: who published it is said by the certificate, so that there is nothing to add. */
export function publishStatement(artifact: Pick<Artifact, "name" | "digest">): Statement {
  return { subjects: [{ name: artifact.name, digest: { sha256: artifact.digest } }], predicateType: publishPredicate, predicate: null };
}

/** Where and from what files were built, as far as it is known (SLSA provenance v1). */
export interface BuiltFrom {
  /** `https://host/owner/name` */
  readonly repository: string;
  /** Full ref, as `refs/tags/v1.0.0`; absent: the commit alone is known. */
  readonly ref?: string;
  readonly commit: string;
  /** Digest of the plan that named what was to be built. */
  readonly planDigest: string;
  /** Id of Slipway's run, and of the CI's where it ran in one. */
  readonly invocation: string;
  /** Who built: a CI's workflow with its ref, or Slipway on a machine of somebody's. */
  readonly builder: string;
  /** Version of the Slipway that built. */
  readonly slipway: string;
}

/** How Slipway builds, as a name: `externalParameters` are those of the plan. */
export const buildType = "urn:slipway:build:v1";

export function provenanceStatement(subjects: readonly Subject[], built: BuiltFrom): Statement {
  const source: JsonObject = {
    repository: built.repository,
    ...(built.ref === undefined ? {} : { ref: built.ref }),
  };
  return {
    subjects,
    predicateType: provenancePredicate,
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: { source, plan: { digest: { sha256: built.planDigest } } },
        internalParameters: {},
        resolvedDependencies: [
          {
            uri: `git+${built.repository}${built.ref === undefined ? "" : `@${built.ref}`}`,
            digest: { gitCommit: built.commit },
          },
        ],
      },
      runDetails: {
        builder: { id: built.builder, version: { slipway: built.slipway } },
        metadata: { invocationId: built.invocation },
      },
    },
  };
}

/** The subjects of files in a release: names as they are published, each with its digest, in the order of their names. */
export function subjectsOf(artifacts: readonly Pick<Artifact, "name" | "digest">[]): readonly Subject[] {
  return artifacts
    .map(({ name, digest }) => ({ name, digest: { sha256: digest } }))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
