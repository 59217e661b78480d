// Whether an image is at a registry, whole: its manifest by digest with the very bytes, and everything that it names. A tag
// says what a version leads to. Rules: DESIGN §1.2; a manifest without its blobs can be pushed again, so it is damaged.
import { readManifest, partsOf, type Descriptor, type Manifest } from "../../domain/oci/manifest.ts";
import { readImageDigest, tagOfVersion, versionOfTag, type ImageDigest } from "../../domain/oci/names.ts";
import type { Observation } from "../../domain/run/effect.ts";
import type { ListedFile, Publication, Survey, Versions } from "../registry.ts";
import { lookUpManifest, lookUpPart, lookUpTags, type Looking } from "./look-up.ts";

export async function observeImage(looking: Looking, publication: Publication, signal: AbortSignal): Promise<Observation> {
  const { registry } = looking.place;
  const digest = readImageDigest(publication.registryDigest ?? "");
  if (digest === undefined) {
    return { kind: "unknown", why: `"${publication.name}" has no digest of a manifest, by which "${registry}" could be asked for it` };
  }
  const found = await lookUpManifest(looking, { package: publication.package, reference: digest }, signal);
  if (found.kind !== "held") return found;
  if (found.digest !== digest) return { kind: "conflict", theirs: `"${registry}" hands out other bytes for "${digest}": ${found.digest}` };
  const manifest = readManifest(found.text, found.mediaType);
  if (manifest.kind === "invalid") return { kind: "unknown", why: `"${registry}" holds "${digest}", which ${manifest.why}` };
  const missing = await findMissing(looking, { package: publication.package, manifest }, signal);
  if (missing.kind === "unknown") return missing;
  if (missing.kind === "missing") return { kind: "damaged", how: `"${registry}" holds the manifest "${digest}", but ${missing.what}` };
  return {
    kind: "present",
    evidence: {
      how: "manifest read back by its digest, and all that it names is there",
      url: `${looking.place.origin}/v2/${publication.package}/manifests/${digest}`,
      details: { registryDigest: digest, mediaType: manifest.mediaType, manifestBytes: found.sizeBytes },
    },
  };
}

type Missing =
  | { readonly kind: "none" }
  | { readonly kind: "missing"; readonly what: string }
  | { readonly kind: "unknown"; readonly why: string };

/** Looks made at a time; a front end takes more, but this is only for the time that they take. */
const looksAtOnce = 8;

async function findMissing(
  looking: Looking,
  at: { readonly package: string; readonly manifest: Manifest },
  signal: AbortSignal,
): Promise<Missing> {
  const kind = at.manifest.kind === "index" ? "manifests" : "blobs";
  const parts = partsOf(at.manifest);
  for (let from = 0; from < parts.length; from += looksAtOnce) {
    const group = parts.slice(from, from + looksAtOnce);
    const judged = await Promise.all(
      group.map(async (part) => judgePart(await lookUpPart(looking, { package: at.package, kind, digest: part.digest }, signal), part)),
    );
    const bad = judged.find((one) => one.kind !== "none");
    if (bad !== undefined) return bad;
  }
  return { kind: "none" };
}

function judgePart(found: Awaited<ReturnType<typeof lookUpPart>>, part: Descriptor): Missing {
  if (found.kind === "unknown") return found;
  if (found.kind === "absent") return { kind: "missing", what: `not "${part.digest}" that it names` };
  if (found.sizeBytes === undefined || found.sizeBytes === part.sizeBytes) return { kind: "none" };
  return { kind: "missing", what: `"${part.digest}" that it names has ${found.sizeBytes} bytes there, not ${part.sizeBytes}` };
}

/**
 * What the tag of a version leads to: its manifest, and for an index the manifests in it, each named by its digest. Their
 * SHA-256 is left out, because that of an artifact is of the file that holds the whole image.
 */
export async function surveyImage(
  looking: Looking,
  of: { readonly package: string; readonly version: string },
  signal: AbortSignal,
): Promise<Survey> {
  const found = await lookUpManifest(looking, { package: of.package, reference: tagOfVersion(of.version) }, signal);
  if (found.kind === "unknown") return found;
  if (found.kind === "absent") {
    const tags = await lookUpTags(looking, of.package, signal);
    if (tags.kind === "unknown") return tags;
    return { kind: "absent", package: tags.kind === "absent" ? "absent" : "exists" };
  }
  const manifest = readManifest(found.text, found.mediaType);
  if (manifest.kind === "invalid") {
    return { kind: "unknown", why: `"${looking.place.registry}" leads "${of.version}" to "${found.digest}", which ${manifest.why}` };
  }
  const file = (digest: ImageDigest, sizeBytes: number): ListedFile => ({
    name: digest,
    sizeBytes,
    url: `${looking.place.origin}/v2/${of.package}/manifests/${digest}`,
  });
  const parts = manifest.kind === "index" ? manifest.manifests.map((part) => file(part.digest, part.sizeBytes)) : [];
  return { kind: "listed", files: [file(found.digest, found.sizeBytes), ...parts] };
}

/** Versions are what tags name in full; channels such as `latest` and `1.2` are left out. */
export async function versionsOfImage(looking: Looking, packageName: string, signal: AbortSignal): Promise<Versions> {
  const tags = await lookUpTags(looking, packageName, signal);
  if (tags.kind !== "listed") return tags;
  return { kind: "listed", versions: [...new Set(tags.tags.flatMap((tag) => versionOfTag(tag) ?? []))] };
}
