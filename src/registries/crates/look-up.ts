// Reads the sparse index of a registry: its `config.json`, the file of one crate, the bytes of a version. Everything that is
// no clear answer is unknown. Sources: Cargo Book "Registry index"; RFC 9111 §5.2.1.4 (no-cache); protocols §4.2.
import type { Sha256 } from "../../domain/digest.ts";
import { crateIndexPath, crateIndexPrefix } from "../../domain/crates/names.ts";
import type { Http, HttpAnswer } from "../../platform/http-port.ts";
import { readIndexFile, readJson, type IndexLine } from "./index-lines.ts";
import { rehearsalHeader } from "./wire.ts";

export interface Index {
  readonly http: Http;
  /** Ends with a slash. */
  readonly indexUrl: string;
  /** Root of the web API where it is known beforehand; absent: the index tells. */
  readonly apiUrl?: string;
  readonly registry: string;
  readonly world: "real" | "rehearsal";
}

export type Unknown = { readonly kind: "unknown"; readonly why: string };

export type LookedUp = { readonly kind: "lines"; readonly lines: readonly IndexLine[] } | { readonly kind: "absent" } | Unknown;

const indexBytesMax = 64 * 1024 * 1024;
const configBytesMax = 64 * 1024;
const fileBytesMax = 1024 * 1024 * 1024;

/**
 * The public index lets every cache keep a page for 600 s, even the answer that a crate is not there. We ask for no cached
 * answer; a proxy on the way that does not obey is what a registry's `settleMs` is for.
 */
const fresh = { "cache-control": "no-cache" } as const;

/** All versions of a crate. */
export async function lookUp(index: Index, crate: string, signal: AbortSignal): Promise<LookedUp> {
  const url = `${index.indexUrl}${crateIndexPath(crate)}`;
  const headers = { accept: "text/plain, */*;q=0.5", ...fresh };
  const got = await index.http.send({ method: "GET", url, headers, follows: "same-origin", limitBytes: indexBytesMax, signal });
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  const refusal = refusalOf(index, got);
  if (refusal !== undefined) return refusal;
  const read = readIndexFile(got.text, crate);
  if (read.kind === "lines") return read;
  return { kind: "unknown", why: `"${got.place}" is no file of a crate index: ${read.why}` };
}

/** Every answer that is no page, in words; undefined for a page. 451 is what an index may say of a crate it no longer shows. */
export function refusalOf(index: Pick<Index, "world" | "registry">, got: HttpAnswer): { readonly kind: "absent" } | Unknown | undefined {
  const place = `"${got.place}"`;
  if (index.world === "real" && got.headers[rehearsalHeader] !== undefined)
    return { kind: "unknown", why: `${place} is a rehearsal registry, which can never stand for "${index.registry}"` };
  if (got.status === 200) return undefined;
  if (got.status === 404 || got.status === 410 || got.status === 451) return { kind: "absent" };
  if (got.status === 401 || got.status === 403)
    return { kind: "unknown", why: `${place} answered ${got.status}: it does not let everybody read` };
  if (got.status >= 300 && got.status < 400)
    return { kind: "unknown", why: `${place} redirects to another place, which is not followed: what stands there is not this index` };
  return { kind: "unknown", why: `${place} answered ${got.status}` };
}

/** Where an index keeps its files and takes uploads. */
export interface Places {
  /** `dl` as the index writes it, with its markers. */
  readonly downloads: string;
  /** Without a slash at the end; undefined: the registry has none, or one that no token may be sent to. */
  readonly api: string | undefined;
}

export type FoundPlaces = { readonly kind: "places"; readonly places: Places } | Unknown;

export async function findPlaces(index: Index, signal: AbortSignal): Promise<FoundPlaces> {
  const url = `${index.indexUrl}config.json`;
  const headers = { accept: "application/json", ...fresh };
  const got = await index.http.send({ method: "GET", url, headers, follows: "same-origin", limitBytes: configBytesMax, signal });
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  const refusal = refusalOf(index, got);
  if (refusal?.kind === "unknown") return refusal;
  if (refusal !== undefined) return { kind: "unknown", why: `"${got.place}" answered ${got.status}: there is no crate index` };
  const { dl, api } = readJson(got.text);
  if (typeof dl !== "string" || !isHttp(dl)) return { kind: "unknown", why: `"${got.place}" tells no address of files ("dl")` };
  const told = typeof api === "string" && mayHaveToken(api, got.url) ? withoutSlash(api) : undefined;
  return { kind: "places", places: { downloads: dl, api: index.apiUrl ?? told } };
}

/** The token goes where the index says: over https, or in the clear only to the index's own place. */
function mayHaveToken(api: string, from: string): boolean {
  return isHttp(api) && (new URL(api).protocol === "https:" || new URL(api).origin === new URL(from).origin);
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

/** Address of a version's file: the markers of `dl` filled in, or the usual path after it where it has none. */
export function fileAddress({ downloads }: Pick<Places, "downloads">, line: Pick<IndexLine, "name" | "version" | "sha256">): string {
  const markers: Readonly<Record<string, string>> = {
    "{crate}": line.name,
    "{version}": encodeURIComponent(line.version),
    "{prefix}": crateIndexPrefix(line.name),
    "{lowerprefix}": crateIndexPrefix(line.name).toLowerCase(),
    "{sha256-checksum}": line.sha256,
  };
  if (!Object.keys(markers).some((marker) => downloads.includes(marker)))
    return `${withoutSlash(downloads)}/${line.name}/${encodeURIComponent(line.version)}/download`;
  return Object.entries(markers).reduce((address, [marker, value]) => address.replaceAll(marker, value), downloads);
}

export type Fetched =
  | { readonly kind: "fetched"; readonly sha256: Sha256; readonly sizeBytes: number }
  | { readonly kind: "absent" }
  | Unknown;

/**
 * Digests a file as it comes; with `to` it is also written there. Files may lie on another host than the index; nothing secret
 * is sent, so any https target may be followed. @throws SlipwayError STORAGE_FAILED when the file cannot be written
 */
export async function fetchFile(
  index: Index,
  url: string,
  options: { readonly to?: string; readonly signal: AbortSignal },
): Promise<Fetched> {
  const headers = { accept: "*/*", ...fresh };
  const got = await index.http.fetch({ method: "GET", url, headers, follows: "https", limitBytes: fileBytesMax, ...options });
  if (got.kind === "fetched") return got;
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  if (got.status === 404 || got.status === 410) return { kind: "absent" };
  return { kind: "unknown", why: `"${got.place}" answered ${got.status}` };
}
