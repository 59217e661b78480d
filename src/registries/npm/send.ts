// The writes at an npm registry: one version, one dist-tag, one deprecation. Each is sent once. Where the registry says no
// it is looked at, because the same status stands for a version that is there, for rights and for a burned number.
import type { JsonObject } from "../../domain/configuration.ts";
import type { Credential } from "../../domain/credential.ts";
import { mediaTypeOfBundle, provenanceAttachment } from "../../domain/attestation/npm-provenance.ts";
import { parseRecord } from "../../domain/json-record.ts";
import { attachmentName, publishDocument } from "../../domain/npm/publish-document.ts";
import { escapedNpmName } from "../../domain/npm/names.ts";
import { prepareManifest } from "../../domain/npm/prepared-manifest.ts";
import type { Performed } from "../../domain/run/effect.ts";
import type { HttpRequest } from "../../platform/http-port.ts";
import type { Channel, TakenBack, Upload } from "../registry.ts";
import { readAnswer, type AnswerContext, type Read } from "./answers.ts";
import { authorizationOf, traces } from "./credentials.ts";
import { lookUp, type Place } from "./look-up.ts";
import { bodyBytes, ChangedBytes, digestTarball, layOutBody, type TarballDigests, type TextAttachment } from "./publish-body.ts";
import { distTagsPath, mediaTypes, stagePath } from "./wire.ts";

export interface SendOptions {
  readonly credential: Credential;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
}

/** What an upload carries besides its bytes. */
interface PublishMetadata {
  /** What `prepareManifest` made of package.json and the packed files, or package.json as it is. */
  readonly manifest: JsonObject;
  readonly tag: string;
  readonly access: "public" | "restricted" | null;
  /** A Sigstore bundle that says from what the tarball was built. */
  readonly beside?: TextAttachment;
}

/** @param options.stage true: it is held unseen until a person approves it (protocols §5.4); the request is the same but for its address */
export async function sendVersion(place: Place, upload: Upload, options: SendOptions & { readonly stage?: boolean }): Promise<Performed> {
  const metadata = metadataOf(upload);
  if (typeof metadata === "string") return { kind: "refused", why: metadata };
  const digests = await digestTarball(place.http, upload).catch(changed);
  if ("kind" in digests) return digests;
  const attached = { key: attachmentName(nameOf(upload)), sizeBytes: upload.sizeBytes, beside: metadata.beside };
  const layout = layOutBody(documentOf(place, upload, { ...metadata, ...digests }), attached);
  const read = await write(place, options, {
    ...(options.stage === true ? { method: "POST" } : {}),
    path: `${options.stage === true ? stagePath("package/") : ""}${escapedNpmName(upload.package)}`,
    headers: { "content-length": String(layout.contentLength), "npm-command": options.stage === true ? "stage" : "publish" },
    body: bodyBytes(place.http, layout, upload),
    what: { package: upload.package, what: `${options.stage === true ? "stage" : "publish"} "${upload.name}"` },
  });
  return read.kind === "look" ? await looked(place, upload, { refused: read.refused, signal: options.signal }) : read;
}

function changed(cause: unknown): Extract<Performed, { kind: "refused" }> {
  if (cause instanceof ChangedBytes) return { kind: "refused", why: cause.message };
  throw cause;
}

function nameOf(upload: Upload): { readonly name: string; readonly version: string } {
  return { name: upload.package, version: upload.version };
}

function documentOf(place: Place, upload: Upload, rest: PublishMetadata & TarballDigests): JsonObject {
  // `_id` says that whoever knew the tarball's files has prepared it.
  const manifest = typeof rest.manifest["_id"] === "string" ? rest.manifest : prepareManifest(rest.manifest);
  return publishDocument({ ...rest, ...nameOf(upload), registryUrl: place.registryUrl, manifest });
}

/** @returns a text: why this upload cannot be sent */
function metadataOf(upload: Upload): PublishMetadata | string {
  const { manifest, tag, access = null } = upload.metadata;
  const nothing = `Nothing was sent: the upload of "${upload.name}"`;
  if (!isTable(manifest)) return `${nothing} carries no package.json`;
  const { name, version } = manifest;
  if (name !== upload.package || version !== upload.version) {
    const written = [name, version].map((one) => (typeof one === "string" ? one : "nothing")).join("@");
    return `${nothing} has the package.json of "${written}", but the plan says "${upload.package}@${upload.version}"`;
  }
  if (typeof tag !== "string" || tag === "") return `${nothing} names no dist-tag, and a version is published under one`;
  if (access !== null && access !== "public" && access !== "restricted")
    return `${nothing} has an access that is neither "public" nor "restricted"`;
  const beside = besideOf(upload);
  return typeof beside === "string" ? `${nothing} ${beside}` : { manifest, tag, access, ...beside };
}

/** @returns a text: what is wrong with it */
function besideOf(upload: Upload): { readonly beside?: TextAttachment } | string {
  const { provenance } = upload.metadata;
  if (provenance === undefined) return {};
  const mediaType = typeof provenance === "string" ? mediaTypeOfBundle(parseRecord(provenance)) : undefined;
  if (typeof provenance !== "string" || mediaType === undefined) return "has a provenance that is no Sigstore bundle";
  return { beside: { key: provenanceAttachment(nameOf(upload)), mediaType, text: provenance } };
}

/** After a "no": whether the version is there all the same, or its number is burned. */
async function looked(
  place: Place,
  { package: packageName, version }: Upload,
  about: { readonly refused: Extract<Performed, { kind: "refused" }>; readonly signal: AbortSignal },
): Promise<Performed> {
  const { refused, signal } = about;
  const found = await lookUp(place, packageName, { signal, form: "full" });
  if (found.kind !== "packument") return refused;
  if (found.packument.versions.has(version)) {
    return { kind: "unknown", why: `"${place.registry}" holds ${packageName} ${version} already; it said: ${refused.why}` };
  }
  if (!found.packument.unpublished.has(version)) return refused;
  const why = `"${place.registry}" held ${packageName} ${version} once, and the number of an unpublished version is never free again: choose a new version`;
  return { kind: "refused", why };
}

/** Leads a dist-tag to a version. */
export async function sendTag(place: Place, channel: Channel, options: SendOptions): Promise<Performed> {
  const body = JSON.stringify(channel.version);
  const what = `lead the dist-tag "${channel.name}" to ${channel.version}`;
  const read = await write(place, options, {
    path: `${distTagsPath(escapedNpmName(channel.package))}/${encodeURIComponent(channel.name)}`,
    headers: { "npm-command": "dist-tag" },
    body,
    what: { package: channel.package, what },
  });
  return read.kind === "look" ? read.refused : read;
}

/** Takes a dist-tag away. */
export async function takeTagAway(place: Place, tag: Pick<Channel, "package" | "name">, options: SendOptions): Promise<Performed> {
  const read = await write(place, options, {
    method: "DELETE",
    path: `${distTagsPath(escapedNpmName(tag.package))}/${encodeURIComponent(tag.name)}`,
    headers: { "npm-command": "dist-tag" },
    body: "",
    what: { package: tag.package, what: `take the dist-tag "${tag.name}" away` },
  });
  return read.kind === "look" ? read.refused : read;
}

/**
 * Deprecates a version: the whole document goes back with the words in it, as npm does. What changed in between is told by
 * the registry (409), and then nothing is lost.
 */
export async function sendDeprecation(place: Place, version: TakenBack, options: SendOptions): Promise<Performed> {
  const { credential, signal } = options;
  const found = await lookUp(place, version.package, { signal, form: "full", toWrite: credential });
  if (found.kind === "unknown") return found;
  const { versions = {} } = found.kind === "packument" ? found.packument.document : {};
  const entry = isTable(versions) ? versions[version.version] : undefined;
  if (found.kind === "absent" || !isTable(versions) || !isTable(entry)) {
    return { kind: "refused", why: `"${place.registry}" has no ${version.package} ${version.version} to deprecate` };
  }
  const changed = { ...versions, [version.version]: { ...entry, deprecated: version.reason } };
  const read = await write(place, options, {
    path: escapedNpmName(version.package),
    headers: { "npm-command": "deprecate" },
    body: JSON.stringify({ ...found.packument.document, versions: changed }),
    what: { package: version.package, what: `deprecate ${version.package} ${version.version}` },
  });
  return read.kind === "look" ? read.refused : read;
}

async function write(
  place: Place,
  { credential, signal, nowMs }: SendOptions,
  request: Pick<HttpRequest, "headers"> & {
    readonly path: string;
    /** Default PUT. */
    readonly method?: "POST" | "DELETE";
    readonly body: NonNullable<HttpRequest["body"]>;
    readonly what: Pick<AnswerContext, "package" | "what">;
  },
): Promise<Read> {
  const authorization = authorizationOf(credential);
  const sent = await place.http.send({
    method: request.method ?? "PUT",
    url: `${place.registryUrl}${request.path}`,
    headers: {
      accept: "*/*",
      "content-type": mediaTypes.json,
      // Says that a person could be asked by web page; the answer to it names the token that is missing.
      "npm-auth-type": "web",
      ...request.headers,
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: request.body,
    signal,
  });
  if (sent.kind === "answered")
    return readAnswer(sent, { registry: place.registry, ...request.what, nowMs: nowMs(), secrets: traces(credential) });
  if (sent.cause instanceof ChangedBytes) return { kind: "refused", why: sent.cause.message };
  return { kind: "unknown", why: sent.why };
}

function isTable(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
