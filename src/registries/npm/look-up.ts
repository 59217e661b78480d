// Reads what a registry says of one package, and the bytes of its tarballs. Everything that is no clear answer is unknown.
import type { Credential } from "../../domain/credential.ts";
import type { Sha256 } from "../../domain/digest.ts";
import { escapedNpmName } from "../../domain/npm/names.ts";
import type { Http, HttpAnswer } from "../../platform/http-port.ts";
import { authorizationOf } from "./credentials.ts";
import { parsePackument, type Packument } from "./packument.ts";
import { bytesPerMiB, distTagsPath, mediaTypes, wireHeaders } from "./wire.ts";

export interface Place {
  readonly http: Http;
  /** Root, ends with a slash. */
  readonly registryUrl: string;
  readonly registry: string;
  readonly world: "real" | "rehearsal";
}

export type LookedUp =
  | { readonly kind: "packument"; readonly packument: Packument }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly why: string };

export interface LookOptions {
  readonly signal: AbortSignal;
  /** `full`: with times. Registries answer the short form faster, and caches keep both apart. */
  readonly form: "full" | "abbreviated";
  /** For a change of the document, which nothing on the way may have kept. */
  readonly toWrite?: Credential;
}

/** The largest packument of the public registry has some 60 MiB. */
const packumentBytesMax = 256 * bytesPerMiB;
const fileBytesMax = 4096 * bytesPerMiB;

/** No cache on the way may answer: a document from before our upload would say that it is not there. */
const fresh = { "cache-control": "no-cache" } as const;

export async function lookUp(place: Place, packageName: string, options: LookOptions): Promise<LookedUp> {
  const { form, signal, toWrite } = options;
  const accept = form === "full" ? mediaTypes.json : `${mediaTypes.abbreviated}; q=1.0, ${mediaTypes.json}; q=0.8`;
  const url = `${place.registryUrl}${escapedNpmName(packageName)}${toWrite === undefined ? "" : "?write=true"}`;
  const authorization = toWrite === undefined ? undefined : authorizationOf(toWrite);
  const headers = { accept, ...fresh, ...(authorization === undefined ? {} : { authorization }) };
  const got = await place.http.send({ method: "GET", url, headers, follows: "same-origin", limitBytes: packumentBytesMax, signal });
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  const refusal = refusalOf(place, got);
  if (refusal !== undefined) return refusal;
  const parsed = parsePackument(got.text, got.url);
  if (parsed.kind === "packument") return parsed;
  return { kind: "unknown", why: `"${got.place}" answered with something that is no package document: ${parsed.why}` };
}

export type LookedUpTags =
  | { readonly kind: "tags"; readonly tags: ReadonlyMap<string, string> }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly why: string };

/** The movable names of a package. Asked for by themselves, because the document may come out of a cache; not every server can. */
export async function lookUpTags(place: Place, packageName: string, signal: AbortSignal): Promise<LookedUpTags> {
  const url = `${place.registryUrl}${distTagsPath(escapedNpmName(packageName))}`;
  const headers = { accept: mediaTypes.json, ...fresh };
  const got = await place.http.send({ method: "GET", url, headers, follows: "same-origin", limitBytes: bytesPerMiB, signal });
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  const refusal = refusalOf(place, got);
  if (refusal?.kind === "unknown" && got.status !== 405) return refusal;
  if (refusal === undefined) {
    const read = parsePackument(`{"dist-tags":${got.text.trim() === "" ? "{}" : got.text}}`, got.url);
    if (read.kind === "packument") return { kind: "tags", tags: read.packument.tags };
    return { kind: "unknown", why: `"${got.place}" answered with something that is no list of dist-tags` };
  }
  const looked = await lookUp(place, packageName, { signal, form: "abbreviated" });
  return looked.kind === "packument" ? { kind: "tags", tags: looked.packument.tags } : looked;
}

/** Every answer that is no document, in words; undefined for a document. */
function refusalOf(place: Place, got: HttpAnswer): Exclude<LookedUp, { kind: "packument" }> | undefined {
  const where = `"${got.place}"`;
  if (place.world === "real" && got.headers[wireHeaders.rehearsal] !== undefined) {
    return { kind: "unknown", why: `${where} is a rehearsal registry, which can never stand for "${place.registry}"` };
  }
  if (got.status === 200) return undefined;
  if (got.status === 404 || got.status === 410) return { kind: "absent" };
  if (got.status === 401 || got.status === 403) {
    return { kind: "unknown", why: `${where} answered ${got.status}: it does not let everybody read` };
  }
  if (got.status >= 300 && got.status < 400) {
    return { kind: "unknown", why: `${where} redirects to another place, which is not followed: what stands there is not this registry` };
  }
  return { kind: "unknown", why: `${where} answered ${got.status}` };
}

export type Fetched =
  | { readonly kind: "fetched"; readonly sha256: Sha256; readonly sizeBytes: number }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly why: string };

/**
 * Digests a tarball as it comes; with `to` it is also written there. Nothing secret is sent, so any https target may be followed.
 * @throws SlipwayError STORAGE_FAILED when the file cannot be written
 */
export async function fetchTarball(
  place: Place,
  written: string,
  options: { readonly to?: string; readonly signal: AbortSignal },
): Promise<Fetched> {
  const url = sameScheme(written, place.registryUrl);
  if (url === undefined) return { kind: "unknown", why: `"${place.registry}" does not tell where the tarball lies` };
  const headers = { accept: "*/*", ...fresh };
  const got = await place.http.fetch({ method: "GET", url, headers, follows: "https", limitBytes: fileBytesMax, ...options });
  if (got.kind === "fetched") return got;
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  if (got.status === 404 || got.status === 410) return { kind: "absent" };
  return { kind: "unknown", why: `"${got.place}" answered ${got.status}` };
}

/** Manifests name tarballs without TLS whatever the registry speaks; at the registry's own host its scheme is meant. */
function sameScheme(written: string, registryUrl: string): string | undefined {
  if (!URL.canParse(written)) return undefined;
  const [url, registry] = [new URL(written), new URL(registryUrl)];
  if (url.hostname === registry.hostname && url.port === registry.port && url.protocol === "http:") url.protocol = registry.protocol;
  return url.href;
}
