// Takes an image over from another registry or repository by its digest: the manifest that is put is the text that was read
// there, so that nothing can become another thing on the way. Blobs of one origin are mounted; others pass through a file of
// this machine one at a time, because a request that has to be sent again needs its bytes again. Source: distribution-spec
// v1.1 "Mounting a blob from another repository"; protocols §6.1.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { partsOf, readManifest, type Descriptor } from "../../domain/oci/manifest.ts";
import { readImageDigest, repositoryFault } from "../../domain/oci/names.ts";
import type { Performed } from "../../domain/run/effect.ts";
import type { CopiedImage } from "../registry.ts";
import { sendBlob, type ReadyBytes, type Stop } from "./blobs.ts";
import { pullScope } from "./look-up.ts";
import { pushScope, putManifest, type By, type Sending } from "./send.ts";

export async function copyImage(sending: Sending, image: CopiedImage, by: By): Promise<Performed> {
  const { from } = image;
  const fault = repositoryFault(image.package);
  if (fault !== undefined) return { kind: "refused", why: `Nothing was sent: the repository name "${image.package}" ${fault}` };
  const digest = readImageDigest(image.registryDigest ?? "");
  if (digest === undefined) return { kind: "refused", why: `Nothing was sent: "${image.name}" has no digest of a manifest` };
  const held = await from.source.manifest({ package: from.package, registryDigest: digest }, by.signal);
  if (held.kind === "unknown") return held;
  if (held.kind === "absent")
    return { kind: "refused", why: `Nothing was sent: "${from.package}" at ${from.source.origin} does not hold ${digest}` };
  const manifest = readManifest(held.text, held.mediaType);
  if (manifest.kind === "invalid") return { kind: "refused", why: `Nothing was sent: ${digest} at ${from.source.origin} ${manifest.why}` };
  // The manifests of an index went before it, each by itself; a registry that lacks one refuses the index.
  const blobs = manifest.kind === "image" ? partsOf(manifest) : [];
  const stop = await sendBlobs(sending, { image, blobs }, by);
  if (stop !== undefined) return stop;
  const put = { package: image.package, reference: digest, text: held.text, mediaType: manifest.mediaType };
  return await putManifest(sending, put, { ...by, scopes: scopesOf(sending, image) });
}

interface Blobs {
  readonly image: CopiedImage;
  readonly blobs: readonly Descriptor[];
}

async function sendBlobs(sending: Sending, { image, blobs }: Blobs, by: By): Promise<Stop> {
  const limit = sending.blobLimitBytes;
  const large = limit === undefined ? undefined : blobs.find((blob) => blob.sizeBytes > limit);
  if (large !== undefined)
    return { kind: "refused", why: `Nothing was sent: the layer ${large.digest} has ${large.sizeBytes} bytes and the limit is ${limit}` };
  const asking = { ...by, scopes: scopesOf(sending, image) };
  const folder = await mkdtemp(path.join(tmpdir(), "slipway-blob-"));
  try {
    for (const blob of blobs) {
      const file = path.join(folder, blob.digest.slice("sha256:".length));
      const bytes = () => fetchBlob(sending, { blob, from: image.from, file }, by.signal);
      const stop = await sendBlob(sending, { package: image.package, blob, from: mountFrom(sending, image), bytes }, asking);
      await rm(file, { force: true });
      if (stop !== undefined) return stop;
    }
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Another repository of the same registry. */
function mountFrom(sending: Sending, { from, package: name }: CopiedImage): string | undefined {
  return from.source.origin === sending.place.origin && from.package !== name ? from.package : undefined;
}

function scopesOf(sending: Sending, image: CopiedImage): readonly string[] {
  const mounted = mountFrom(sending, image);
  return [pushScope(image.package), ...(mounted === undefined ? [] : [pullScope(mounted)])];
}

async function fetchBlob(
  sending: Sending,
  { blob, from, file }: { readonly blob: Descriptor; readonly from: CopiedImage["from"]; readonly file: string },
  signal: AbortSignal,
): Promise<ReadyBytes | NonNullable<Stop>> {
  const { digest, sizeBytes } = blob;
  const got = await from.source.blob({ package: from.package, digest, sizeBytes }, file, signal);
  if (got.kind === "unknown") return got;
  if (got.kind === "absent") return { kind: "refused", why: `"${from.package}" at ${from.source.origin} does not hold the blob ${digest}` };
  return { kind: "ready", body: () => sending.place.http.blocks(file, sizeBytes) };
}
