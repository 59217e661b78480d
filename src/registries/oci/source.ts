// A registry of images as one copies from it: manifests by digest with their very text, and blobs that are digested while they
// arrive. What comes with another digest than it was asked for is never handed on. Source: distribution-spec v1.1 "Pull".
import { imageDigest, readImageDigest, repositoryFault } from "../../domain/oci/names.ts";
import { readManifest } from "../../domain/oci/manifest.ts";
import type { ImageSource, ManifestHeld } from "../registry.ts";
import { sayAnswer } from "./answers.ts";
import { lookUpManifest, pullScope, type Looking } from "./look-up.ts";

export function imageSource(looking: Looking): ImageSource {
  return {
    origin: looking.place.origin,
    manifest: (of, signal) => readHeld(looking, of, signal),
    blob: (of, file, signal) => fetchBlob(looking, of, { file, signal }),
  };
}

async function readHeld(looking: Looking, of: Parameters<ImageSource["manifest"]>[0], signal: AbortSignal): Promise<ManifestHeld> {
  const { registry } = looking.place;
  const digest = readImageDigest(of.registryDigest);
  if (digest === undefined) return { kind: "unknown", why: `"${of.registryDigest.slice(0, 100)}" is no digest of a manifest` };
  const found = await lookUpManifest(looking, { package: of.package, reference: digest }, signal);
  if (found.kind !== "held") return found;
  if (found.digest !== digest) return { kind: "unknown", why: `"${registry}" hands out ${found.digest} for "${digest}"`, otherBytes: true };
  const manifest = readManifest(found.text, found.mediaType);
  if (manifest.kind === "invalid") return { kind: "unknown", why: `"${registry}" holds "${digest}", which ${manifest.why}` };
  const parts = manifest.kind === "index" ? manifest.manifests.filter((one) => !one.elsewhere) : [];
  return {
    kind: "held",
    text: found.text,
    mediaType: manifest.mediaType,
    registryDigest: digest,
    sizeBytes: found.sizeBytes,
    parts: parts.map((one) => ({ mediaType: one.mediaType, registryDigest: one.digest, sizeBytes: one.sizeBytes })),
  };
}

async function fetchBlob(
  looking: Looking,
  of: Parameters<ImageSource["blob"]>[0],
  to: { readonly file: string | undefined; readonly signal: AbortSignal },
): ReturnType<ImageSource["blob"]> {
  const { origin, registry } = looking.place;
  const fault = repositoryFault(of.package);
  if (fault !== undefined) return { kind: "unknown", why: `"${registry}" cannot be asked for "${of.package}": the name ${fault}` };
  const asking = { credential: await looking.readAs?.(), scopes: [pullScope(of.package)], signal: to.signal };
  const url = `${origin}/v2/${of.package}/blobs/${of.digest}`;
  const target = to.file === undefined ? {} : { to: to.file };
  const got = await looking.login.fetch({ method: "GET", url, follows: "https", limitBytes: of.sizeBytes, ...target }, asking);
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  if (got.kind === "answered") {
    if (got.status === 404) return { kind: "absent" };
    return { kind: "unknown", why: `"${got.place}" answered ${sayAnswer(got, { secrets: looking.login.secretsOf(asking.credential) })}` };
  }
  if (imageDigest(got.sha256) === of.digest) return { kind: "fetched" };
  return { kind: "unknown", why: `"${registry}" hands out ${imageDigest(got.sha256)} for the blob "${of.digest}"`, otherBytes: true };
}
