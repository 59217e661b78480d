// Puts a file that is about an image: its blobs, its manifest by digest, and where the registry does not say that it lists
// it, a member of the list under the fallback tag. It is there once it is listed, and then never put again. Source:
// distribution-spec v1.1 "Pushing Manifests with Subject", "Referrers Tag Schema"; protocols §6.2.
import { emptyConfig, readReferrers, referrersTag, withReferrer, type ReadReferrers } from "../../domain/oci/attachment.ts";
import { isIndexType, mediaTypes } from "../../domain/oci/media-types.ts";
import { manifestBytesMax, readManifest } from "../../domain/oci/manifest.ts";
import { imageDigest, readImageDigest, repositoryFault, type ImageDigest } from "../../domain/oci/names.ts";
import type { Observation, Performed } from "../../domain/run/effect.ts";
import type { Attachment, Upload } from "../registry.ts";
import { sendBlob } from "./blobs.ts";
import { lookUpManifest, lookUpReferrers, type Looking } from "./look-up.ts";
import { observeImage } from "./observe.ts";
import { digestOfText, pushScope, putAndHear, putManifest, type By } from "./send.ts";
import { wireHeaders } from "./wire.ts";

export async function observeAttachment(looking: Looking, attachment: Attachment, signal: AbortSignal): Promise<Observation> {
  const seen = await observeImage(looking, attachment, signal);
  if (seen.kind !== "present") return seen;
  const subject = readImageDigest(attachment.subject);
  if (subject === undefined) return { kind: "unknown", why: `"${attachment.name}" is about no digest of a manifest` };
  const listed = await findListed(looking, { package: attachment.package, subject }, signal);
  if (listed.kind === "unknown") return listed;
  // What nobody finds is not there, though its bytes are: the list may lag, and putting it again does no harm.
  if (!listed.digests.includes(attachment.registryDigest ?? "")) return { kind: "absent" };
  return {
    kind: "present",
    evidence: { ...seen.evidence, how: `manifest read back by its digest, and listed ${listed.where} as being about ${subject}` },
  };
}

interface At {
  readonly package: string;
  readonly subject: ImageDigest;
}

type Listed =
  | { readonly kind: "listed"; readonly digests: readonly string[]; readonly where: string }
  | Extract<Observation, { kind: "unknown" }>;

async function findListed(looking: Looking, at: At, signal: AbortSignal): Promise<Listed> {
  const own = await lookUpReferrers(looking, at, signal);
  if (own.kind === "unknown") return own;
  if (own.kind === "listed") return { ...own, where: "by the registry" };
  const kept = await readKept(looking, at, signal);
  if (kept.kind === "unknown") return kept;
  return { kind: "listed", digests: kept.digests, where: `under the tag "${referrersTag(at.subject)}"` };
}

type Kept = Extract<ReadReferrers, { kind: "list" }> | Extract<Observation, { kind: "unknown" }>;

/** The list that clients keep under a tag; an empty one where there is none yet. */
async function readKept(looking: Looking, at: At, signal: AbortSignal): Promise<Kept> {
  const tag = referrersTag(at.subject);
  const found = await lookUpManifest(looking, { package: at.package, reference: tag }, signal);
  if (found.kind === "unknown") return found;
  if (found.kind === "absent") return { kind: "list", members: [], digests: [] };
  const read: ReadReferrers = isIndexType(found.mediaType) ? readReferrers(found.text) : { kind: "invalid", why: "is no index" };
  if (read.kind === "list") return read;
  return { kind: "unknown", why: `"${looking.place.registry}" leads "${at.package}:${tag}" to a manifest that ${read.why}` };
}

/** Blocks of the file are read when its blob is not there. */
export async function attach(looking: Looking, attachment: Attachment & Pick<Upload, "file">, by: By): Promise<Performed> {
  const fault = faultOf(attachment);
  if (fault !== undefined) return { kind: "refused", why: `Nothing was sent: ${fault}` };
  const asking = { ...by, scopes: [pushScope(attachment.package)] };
  const { file, sha256, sizeBytes, text, package: name } = attachment;
  const { http } = looking.place;
  const blobs = [
    { digest: emptyConfig.digest, sizeBytes: emptyConfig.sizeBytes, body: () => emptyConfig.text },
    { digest: imageDigest(sha256), sizeBytes, body: () => http.blocks(file, sizeBytes) },
  ];
  for (const { body, ...blob } of blobs) {
    const bytes = () => Promise.resolve({ kind: "ready" as const, body });
    const stop = await sendBlob(looking, { package: name, blob, from: undefined, bytes }, asking);
    if (stop !== undefined) return stop;
  }
  const put = { package: name, reference: digestOfText(text), text, mediaType: mediaTypes.manifest };
  const done = await putAndHear(looking, put, asking);
  if (done.kind !== "answered") return done;
  if (done.answer.headers[wireHeaders.subject] !== undefined) return { kind: "sent", warnings: [] };
  return await keepInList(looking, attachment, by);
}

function faultOf(attachment: Attachment): string | undefined {
  const { package: name, text, registryDigest, subject, sha256 } = attachment;
  const fault = repositoryFault(name);
  if (fault !== undefined) return `the repository name "${name}" ${fault}`;
  if (digestOfText(text) !== registryDigest)
    return `the manifest of "${attachment.name}" has the digest ${digestOfText(text)}, but the plan says ${registryDigest ?? "none"}`;
  const manifest = readManifest(text, mediaTypes.manifest);
  if (manifest.kind !== "image") return `the manifest of "${attachment.name}" is none of a file`;
  if (manifest.layers.length !== 1 || manifest.layers[0]?.digest !== imageDigest(sha256))
    return `the manifest of "${attachment.name}" does not name its file`;
  return readImageDigest(subject) === undefined ? `"${attachment.name}" is about no digest of a manifest` : undefined;
}

/** Read, added to and written again: whoever does so at the same moment is not seen, which the next look tells. */
async function keepInList(looking: Looking, attachment: Attachment, by: By): Promise<Performed> {
  const subject = readImageDigest(attachment.subject);
  const digest = digestOfText(attachment.text);
  if (subject === undefined) return { kind: "refused", why: `"${attachment.name}" is about no digest of a manifest` };
  const at = { package: attachment.package, subject };
  const asWriter = { ...looking, readAs: () => Promise.resolve(by.credential) };
  const kept = await readKept(asWriter, at, by.signal);
  if (kept.kind === "unknown") return kept;
  if (kept.digests.includes(digest)) return { kind: "sent", warnings: [] };
  const sizeBytes = Buffer.byteLength(attachment.text);
  const text = withReferrer(kept.members, { mediaType: mediaTypes.manifest, digest, sizeBytes }, attachment.text);
  const tag = referrersTag(subject);
  if (Buffer.byteLength(text) > manifestBytesMax)
    return { kind: "refused", why: `The list of what is about ${subject} under "${tag}" would have more than ${manifestBytesMax} bytes` };
  const put = { package: attachment.package, reference: tag, text, mediaType: mediaTypes.index };
  return await putManifest(looking, put, { ...by, scopes: [pushScope(attachment.package)] });
}
