// A file that is about an image, as a registry keeps it: an artifact manifest that names the image as its subject, and is found
// through it. Pure and deterministic: the same file about the same image gives the same text, so that it is never there twice.
// Sources: OCI image-spec v1.1 `manifest.md` "Guidelines for artifact usage"; distribution-spec v1.1 "Referrers Tag Schema".
import { parseRecord, recordOf, type JsonRecord } from "../json-record.ts";
import { isIndexType, mediaTypes } from "./media-types.ts";
import type { ImageDigest } from "./names.ts";

/** What every artifact manifest without a configuration of its own names as its config: two bytes. */
export const emptyConfig = {
  text: "{}",
  digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" as ImageDigest,
  sizeBytes: 2,
} as const;

/** A manifest that others are about. */
export interface Subject {
  readonly mediaType: string;
  readonly digest: ImageDigest;
  readonly sizeBytes: number;
}

export interface AttachedFile {
  /** For people who look through what is attached. */
  readonly name: string;
  readonly mediaType: string;
  readonly digest: ImageDigest;
  readonly sizeBytes: number;
}

/**
 * The very text of the manifest; its digest is that of these UTF-8 bytes.
 * @param artifactType media type by which readers choose, for example that of CycloneDX
 */
export function attachmentText(subject: Subject, file: AttachedFile, artifactType: string): string {
  const described = { mediaType: subject.mediaType, digest: subject.digest, size: subject.sizeBytes };
  const title = { "org.opencontainers.image.title": file.name };
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType,
    config: { mediaType: mediaTypes.empty, digest: emptyConfig.digest, size: emptyConfig.sizeBytes },
    layers: [{ mediaType: file.mediaType, digest: file.digest, size: file.sizeBytes, annotations: title }],
    subject: described,
    annotations: title,
  });
}

/** The tag under which clients keep the list where the registry keeps none. */
export function referrersTag(subject: ImageDigest): string {
  return subject.replace(":", "-");
}

/** How many manifests about one image are read or kept in one list. */
export const referrersMax = 1_000;

export type ReadReferrers =
  | { readonly kind: "list"; readonly members: readonly JsonRecord[]; readonly digests: readonly string[] }
  /** `why` follows "it". */
  | { readonly kind: "invalid"; readonly why: string };

/** A list of referrers: an index whose members are kept as they are, with everything that other clients wrote into them. */
export function readReferrers(text: string): ReadReferrers {
  const record = parseRecord(text);
  if (record === undefined) return { kind: "invalid", why: "is no JSON object" };
  const mediaType = record["mediaType"] ?? mediaTypes.index;
  if (typeof mediaType !== "string" || !isIndexType(mediaType)) return { kind: "invalid", why: "is no index" };
  const list = record["manifests"] ?? [];
  if (!Array.isArray(list)) return { kind: "invalid", why: "has no list of manifests" };
  if (list.length > referrersMax) return { kind: "invalid", why: `has ${list.length} manifests, more than ${referrersMax}` };
  const members = (list as readonly unknown[]).map(recordOf).filter((one) => one !== undefined);
  if (members.length !== list.length) return { kind: "invalid", why: "has a member that is no descriptor" };
  return { kind: "list", members, digests: members.flatMap(({ digest }) => (typeof digest === "string" ? [digest] : [])) };
}

/** The list with one more member: what was in it stays byte for byte what it said. */
export function withReferrer(members: readonly JsonRecord[], added: Subject, manifestText: string): string {
  const manifest = parseRecord(manifestText) ?? {};
  const { artifactType, annotations } = manifest;
  const descriptor = { mediaType: added.mediaType, digest: added.digest, size: added.sizeBytes, artifactType, annotations };
  return JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [...members, descriptor] });
}
