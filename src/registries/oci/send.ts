// Puts an image: blobs that are missing, whole and one after the other, then its manifest by digest. Nothing leads to it
// before a tag does, and doing it twice does no harm. Uploads are monolithic, because a registry of the kind that forges have
// refuses chunks of more than 4 MiB (protocols §6.1, §6.4). Source: distribution-spec v1.1 "Push".
import { createHash } from "node:crypto";
import type { Credential } from "../../domain/credential.ts";
import { sha256 } from "../../domain/digest.ts";
import { isIndexType, mediaTypes } from "../../domain/oci/media-types.ts";
import { manifestBytesMax, readManifest } from "../../domain/oci/manifest.ts";
import { imageDigest, readImageDigest, repositoryFault } from "../../domain/oci/names.ts";
import type { Performed } from "../../domain/run/effect.ts";
import type { HttpAnswer } from "../../platform/http-port.ts";
import type { ImageArchive, ImageArchives, ImageBlob } from "../../platform/ports.ts";
import type { ImageIndex, Upload } from "../registry.ts";
import { readRefusal } from "./answers.ts";
import { isSafe } from "./challenge.ts";
import { pullScope } from "./look-up.ts";
import type { Asking, Call, Login, Place } from "./login.ts";
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

/** What stops a sending; undefined: go on. */
type Stop = Exclude<Performed, { kind: "sent" }> | undefined;

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
    const stop = await sendBlob(sending, { upload, image, blob, from }, asking);
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

interface BlobToSend {
  readonly upload: Upload;
  readonly image: ImageArchive;
  readonly blob: ImageBlob;
  readonly from: string | undefined;
}

async function sendBlob(sending: Sending, { upload, image, blob, from }: BlobToSend, asking: Asking): Promise<Stop> {
  const root = `${sending.place.origin}/v2/${upload.package}/blobs`;
  const what = `the blob ${blob.digest} of "${upload.package}"`;
  const there = await ask(
    sending,
    { call: { method: "HEAD", url: `${root}/${blob.digest}`, follows: "https" }, what, missing: true },
    asking,
  );
  if (there.kind !== "answered") return there;
  const told = there.answer.headers["content-length"];
  if (there.answer.status === 200 && (told === undefined || Number(told) === blob.sizeBytes)) return undefined;
  const mount = from === undefined || there.answer.status === 200 ? "" : `?mount=${blob.digest}&from=${encodeURIComponent(from)}`;
  const begun = await ask(
    sending,
    { call: { method: "POST", url: `${root}/uploads/${mount}`, headers: { "content-length": "0" } }, what, missing: false },
    asking,
  );
  if (begun.kind !== "answered") return begun;
  if (begun.answer.status === 201 && mount !== "") return undefined;
  const to = uploadAddress(begun.answer, blob.digest);
  if (to === undefined) return { kind: "unknown", why: `"${sending.place.registry}" began to take ${what} without saying where to` };
  const put = await ask(
    sending,
    {
      call: {
        method: "PUT",
        url: to,
        headers: { "content-type": mediaTypes.blob, "content-length": String(blob.sizeBytes) },
        // An empty stream would be sent in chunks, which some registries refuse; an empty text is not.
        body: () => (blob.sizeBytes === 0 ? "" : image.bytesOf(blob)),
      },
      what,
      missing: true,
    },
    asking,
  );
  if (put.kind !== "answered") return put;
  if (put.answer.status !== 404) return undefined;
  return { kind: "unknown", why: `"${sending.place.registry}" has forgotten the upload of ${what} that it began` };
}

/** `Location` may be relative and may carry a query, to which the digest is added; a store elsewhere is reached over https. */
function uploadAddress(answer: HttpAnswer, digest: string): string | undefined {
  const location = answer.headers["location"];
  if (answer.status !== 202 || location === undefined || !URL.canParse(location, answer.url)) return undefined;
  const to = new URL(location, answer.url);
  if (to.origin !== new URL(answer.url).origin && !isSafe(to)) return undefined;
  to.hash = "";
  return `${to.href}${to.search === "" ? "?" : "&"}digest=${encodeURIComponent(digest)}`;
}

export interface ManifestToPut {
  readonly package: string;
  /** A digest or a tag. */
  readonly reference: string;
  readonly text: string;
  readonly mediaType: string;
}

export async function putManifest(sending: Pick<Sending, "place" | "login">, put: ManifestToPut, asking: Asking): Promise<Performed> {
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
  return { kind: "sent", warnings: [] };
}

function digestOfText(text: string): string {
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

type Asked = { readonly kind: "answered"; readonly answer: HttpAnswer } | Exclude<Performed, { kind: "sent" }>;

/** @param one.missing whether 404 is an answer, and no refusal */
export async function ask(
  sending: Pick<Sending, "place" | "login">,
  one: { readonly call: Call; readonly what: string; readonly missing: boolean },
  asking: Asking,
): Promise<Asked> {
  const { place, login } = sending;
  const reply = await login.ask(one.call, asking);
  if (reply.kind === "failed") return { kind: "unknown", why: reply.why };
  if (one.missing && reply.status === 404) return { kind: "answered", answer: reply };
  const context = { registry: place.registry, what: one.what, nowMs: place.nowMs(), secrets: login.secretsOf(asking.credential) };
  return readRefusal(reply, context) ?? { kind: "answered", answer: reply };
}
