// Puts an image: blobs that are missing, one after the other, then its manifest by digest. Nothing leads to it before a tag
// does, and doing it twice does no harm. Source: distribution-spec v1.1 "Push".
import { createHash } from "node:crypto";
import type { Credential } from "../../domain/credential.ts";
import { sha256 } from "../../domain/digest.ts";
import { isIndexType } from "../../domain/oci/media-types.ts";
import { manifestBytesMax, readManifest } from "../../domain/oci/manifest.ts";
import { imageDigest, readImageDigest, repositoryFault, type ImageDigest } from "../../domain/oci/names.ts";
import type { Performed } from "../../domain/run/effect.ts";
import type { ImageArchive, ImageArchives } from "../../platform/ports.ts";
import type { ImageIndex, Upload } from "../registry.ts";
import { ask, type Asked } from "./ask.ts";
import { sendBlob } from "./blobs.ts";
import { pullScope } from "./look-up.ts";
import type { Asking, Login, Place } from "./login.ts";
import { wireHeaders } from "./wire.ts";

export interface Sending {
  readonly place: Place;
  readonly login: Login;
  readonly images: ImageArchives;
  /** Largest blob that the registry takes, in bytes; absent: it decides. */
  readonly blobLimitBytes?: number;
}

export interface By {
  readonly credential: Credential;
  readonly signal: AbortSignal;
}

/** Metadata of an upload that is read here: `mountFrom`, a repository of the same registry that may hold blobs of the base image. */
export async function sendImage(sending: Sending, upload: Upload, by: By): Promise<Performed> {
  const opened = await sending.images.openImage(upload.file).catch((cause: unknown) => ({
    kind: "unreadable" as const,
    why: cause instanceof Error ? cause.message : "cannot be read",
  }));
  if (opened.kind === "unreadable") return refused(`Nothing was sent: the frozen file of "${upload.name}" is no image: ${opened.why}`);
  const { image } = opened;
  const deviation = deviationOf(sending, upload, image);
  if (deviation !== undefined) return refused(`Nothing was sent: ${deviation}`);
  const from = mountSource(upload);
  const scopes = [pushScope(upload.package), ...(from === undefined ? [] : [pullScope(from)])];
  const asking: Asking = { ...by, scopes };
  for (const blob of image.blobs) {
    const bytes = () => Promise.resolve({ kind: "ready" as const, body: () => image.bytesOf(blob) });
    const stop = await sendBlob(sending, { package: upload.package, blob, from, bytes }, asking);
    if (stop !== undefined) return stop;
  }
  const { text, mediaType, digest } = image.manifest;
  return await putManifest(sending, { package: upload.package, reference: digest, text, mediaType }, asking);
}

function refused(why: string): Performed {
  return { kind: "refused", why };
}

function mountSource(upload: Upload): string | undefined {
  const from = upload.metadata["mountFrom"];
  return typeof from === "string" && from !== upload.package && repositoryFault(from) === undefined ? from : undefined;
}

/**
 * Why what is on this machine is not what the plan says, or not what the registry takes. The digest of the manifest binds every
 * byte that is sent, so that the file as a whole need not be digested as well.
 */
function deviationOf(sending: Sending, upload: Upload, image: ImageArchive): string | undefined {
  const name = repositoryFault(upload.package);
  if (name !== undefined) return `the repository name "${upload.package}" ${name}`;
  const frozen = `the frozen file of "${upload.name}"`;
  if (image.sizeBytes !== upload.sizeBytes) return `${frozen} has ${image.sizeBytes} bytes, but the plan says ${upload.sizeBytes} bytes`;
  if (image.manifest.digest !== upload.registryDigest) {
    return `${frozen} holds the manifest ${image.manifest.digest}, but the plan says ${upload.registryDigest ?? "none"}`;
  }
  const limit = sending.blobLimitBytes;
  const large = limit === undefined ? undefined : image.blobs.find((blob) => blob.sizeBytes > limit);
  return large === undefined ? undefined : `the layer ${large.digest} has ${large.sizeBytes} bytes and the limit is ${limit}`;
}

export function pushScope(name: string): string {
  return `repository:${name}:pull,push`;
}

export interface ManifestToPut {
  readonly package: string;
  /** A digest or a tag. */
  readonly reference: string;
  readonly text: string;
  readonly mediaType: string;
}

export async function putManifest(sending: Pick<Sending, "place" | "login">, put: ManifestToPut, asking: Asking): Promise<Performed> {
  const done = await putAndHear(sending, put, asking);
  return done.kind === "answered" ? { kind: "sent", warnings: [] } : done;
}

/** The same, with what the registry says to it. */
export async function putAndHear(sending: Pick<Sending, "place" | "login">, put: ManifestToPut, asking: Asking): Promise<Asked> {
  const url = `${sending.place.origin}/v2/${put.package}/manifests/${put.reference}`;
  const headers = { "content-type": put.mediaType, "content-length": String(Buffer.byteLength(put.text)) };
  const what = `the manifest "${put.reference}" of "${put.package}"`;
  const done = await ask(sending, { call: { method: "PUT", url, headers, body: () => put.text }, what, missing: false }, asking);
  if (done.kind !== "answered") return done;
  const told = done.answer.headers[wireHeaders.contentDigest];
  const ours = digestOfText(put.text);
  if (told !== undefined && readImageDigest(told) !== ours) {
    return { kind: "unknown", why: `"${sending.place.registry}" took ${what} and calls it ${told.slice(0, 100)}, not ${ours}` };
  }
  return done;
}

export function digestOfText(text: string): ImageDigest {
  return imageDigest(sha256(createHash("sha256").update(text, "utf8").digest("hex")));
}

/** Puts an index by its digest; its parts are there already, which a registry checks. */
export async function sendIndex(sending: Sending, index: ImageIndex, by: By): Promise<Performed> {
  const name = repositoryFault(index.package);
  if (name !== undefined) return refused(`Nothing was sent: the repository name "${index.package}" ${name}`);
  const digest = digestOfText(index.text);
  if (digest !== index.registryDigest) {
    return refused(
      `Nothing was sent: the index of "${index.name}" has the digest ${digest}, but the plan says ${index.registryDigest ?? "none"}`,
    );
  }
  const manifest = readManifest(index.text, undefined);
  if (manifest.kind !== "index" || !isIndexType(manifest.mediaType) || Buffer.byteLength(index.text) > manifestBytesMax) {
    return refused(`Nothing was sent: "${index.name}" is no index${manifest.kind === "invalid" ? `: it ${manifest.why}` : ""}`);
  }
  const put = { package: index.package, reference: digest, text: index.text, mediaType: manifest.mediaType };
  return await putManifest(sending, put, { ...by, scopes: [pushScope(index.package)] });
}
