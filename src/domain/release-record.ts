// The record that goes to a release page beside the artifacts: which plan, which commit, which bytes were tested. Whoever
// takes the files from there proves by it that they are the ones (S4.2). Pure; read with suspicion, as a forge's word is.
import { artifactKinds, type Artifact, type ArtifactKind } from "./artifact.ts";
import { isSha256, sha256, type Sha256 } from "./digest.ts";
import type { RecordFacts } from "./attestation/record-statement.ts";
import { readSeal, type Seal } from "./attestation/seal.ts";
import { subjectsOf } from "./attestation/statement.ts";
import { readImageDigest, type ImageDigest } from "./oci/names.ts";
import type { Plan } from "./plan/plan.ts";
import type { Head } from "./run/head.ts";

export const releaseRecordSchema = "slipway-release-record/1";
/** Its name on every release page. */
export const releaseRecordName = "slipway-record.json";
/** Largest record that is read, bytes of UTF-8. */
export const releaseRecordBytesMax = 4 * 1024 * 1024;

export interface ReleaseRecordFile {
  readonly schema: typeof releaseRecordSchema;
  readonly project: string;
  readonly title: string;
  readonly planDigest: string;
  /** The commit that the artifacts were made from. */
  readonly commit: string;
  readonly tag?: string;
  readonly packages: readonly { readonly id: string; readonly name: string; readonly version: string }[];
  readonly artifacts: readonly TestedArtifact[];
  /** By which digest each image is published: of its manifest, or of the list that joins its platforms. Absent: there is none. */
  readonly images?: readonly RecordedImage[];
  /** Who says so. Absent in records that were written before they were signed. */
  readonly attestation?: Seal;
}

export interface RecordedImage {
  /** Key of the package in slipway.yaml. */
  readonly package: string;
  readonly digest: ImageDigest;
}

export interface TestedArtifact {
  readonly kind: ArtifactKind;
  readonly package: string;
  readonly name: string;
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  readonly platform?: string;
}

/** The same for the same plan, head and bytes. */
export function releaseRecordOf(
  plan: Pick<Plan, "project" | "release" | "packages">,
  made: {
    readonly planDigest: string;
    readonly head: Head;
    readonly artifacts: readonly Artifact[];
    readonly images?: readonly RecordedImage[];
  },
): ReleaseRecordFile {
  const tag = plan.packages.find((one) => one.tag !== undefined)?.tag;
  return {
    schema: releaseRecordSchema,
    project: plan.project,
    title: plan.release.title,
    planDigest: made.planDigest,
    commit: made.head.commit,
    ...(tag === undefined ? {} : { tag }),
    packages: plan.packages.map(({ id, name, version }) => ({ id, name, version })),
    artifacts: made.artifacts.map(({ kind, package: packageId, name, digest, sizeBytes, platform }) => ({
      kind,
      package: packageId,
      name,
      sha256: digest,
      sizeBytes,
      ...(platform === undefined ? {} : { platform }),
    })),
    ...(made.images === undefined || made.images.length === 0 ? {} : { images: made.images }),
  };
}

/** What the statement of a record says of it in clear. */
export function releaseRecordFacts(record: ReleaseRecordFile): RecordFacts {
  const { title, planDigest, commit, artifacts, images = [] } = record;
  return {
    title,
    planDigest,
    commit,
    subjects: subjectsOf([
      ...artifacts.map(({ name, sha256: digest }) => ({ name, digest })),
      ...images.map((one) => ({ name: one.package, digest: sha256(one.digest.slice("sha256:".length)) })),
    ]),
  };
}

export type ReadRecord =
  | { readonly kind: "record"; readonly record: ReleaseRecordFile }
  | { readonly kind: "unreadable"; readonly why: string };

/** @param text of the file, as somebody else's server gave it */
export function readReleaseRecord(text: string): ReadRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "unreadable", why: "it is no JSON" };
  }
  const record = value as Partial<ReleaseRecordFile> | null;
  if (typeof record !== "object" || record === null || record.schema !== releaseRecordSchema)
    return { kind: "unreadable", why: `its schema should be "${releaseRecordSchema}"` };
  const { commit, artifacts } = record;
  if (typeof commit !== "string" || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit))
    return { kind: "unreadable", why: "it names no commit" };
  if (!Array.isArray(artifacts) || !artifacts.every(isTested)) return { kind: "unreadable", why: "one of its artifacts is none" };
  if (!Array.isArray(record.packages)) return { kind: "unreadable", why: "it names no packages" };
  const images: unknown = record.images ?? [];
  if (!Array.isArray(images) || !images.every(isImage)) return { kind: "unreadable", why: "one of its images is none" };
  if (record.attestation !== undefined && readSeal(record.attestation) === undefined)
    return { kind: "unreadable", why: "its attestation is none" };
  return { kind: "record", record: record as ReleaseRecordFile };
}

function isImage(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { package: packageId, digest } = value as Partial<RecordedImage>;
  return typeof packageId === "string" && typeof digest === "string" && readImageDigest(digest) !== undefined;
}

function isTested(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { kind, package: packageId, name, sha256, sizeBytes } = value as Partial<TestedArtifact>;
  return (
    artifactKinds.some((known) => known === kind) &&
    typeof packageId === "string" &&
    typeof name === "string" &&
    isPlainName(name) &&
    typeof sha256 === "string" &&
    isSha256(sha256) &&
    typeof sizeBytes === "number" &&
    Number.isSafeInteger(sizeBytes) &&
    sizeBytes >= 0
  );
}

/** A file name that leads nowhere else. */
function isPlainName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && name.length <= 255 && !/[/\\\p{Cc}]/u.test(name);
}
