// Reads one project's page of a simple index, and the bytes of its files. Everything that is no clear answer is unknown.
import type { Sha256 } from "../../domain/digest.ts";
import { normalizeName } from "../../domain/pypi/names.ts";
import type { Http, HttpAnswer } from "../../platform/http-port.ts";
import { parseSimplePage, type SimplePage } from "./simple-index.ts";
import { bytesPerMiB, mediaTypes, wireHeaders } from "./wire.ts";

export type LookedUp =
  | { readonly kind: "page"; readonly page: SimplePage; readonly serial?: string }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly why: string };

export interface Index {
  readonly http: Http;
  /** Ends with a slash. */
  readonly indexUrl: string;
  readonly registry: string;
  readonly world: "real" | "rehearsal";
}

const accept = `${mediaTypes.simpleJson}, ${mediaTypes.simpleHtml};q=0.2, ${mediaTypes.html};q=0.1`;

/** A page is read into memory; the largest project of PyPI has some 20 MiB. */
const pageBytesMax = 64 * bytesPerMiB;
/** PyPI's own cap, doubled, for registries with larger ones. */
const fileBytesMax = 2048 * bytesPerMiB;

/** No cache on the way may answer for the index: a page from before our upload would say that it is not there. */
const fresh = { "cache-control": "no-cache" } as const;

export async function lookUp(index: Index, packageName: string, signal: AbortSignal): Promise<LookedUp> {
  const url = `${index.indexUrl}${normalizeName(packageName)}/`;
  const headers = { accept, ...fresh };
  const got = await index.http.send({ method: "GET", url, headers, follows: "same-origin", limitBytes: pageBytesMax, signal });
  return got.kind === "failed" ? { kind: "unknown", why: got.why } : readPage(index, got);
}

function readPage(index: Index, got: HttpAnswer): LookedUp {
  const refusal = refusalOf(index, got);
  if (refusal !== undefined) return refusal;
  const parsed = parseSimplePage(got.headers["content-type"] ?? "", got.text, got.url);
  if (parsed.kind === "unreadable")
    return { kind: "unknown", why: `"${got.place}" answered with a page that cannot be read: ${parsed.why}` };
  const serial = got.headers[wireHeaders.lastSerial];
  return { kind: "page", page: parsed.page, ...(serial === undefined ? {} : { serial }) };
}

/** Every answer that is no page, in words; undefined for a page. */
function refusalOf(index: Index, got: HttpAnswer): Exclude<LookedUp, { kind: "page" }> | undefined {
  const place = `"${got.place}"`;
  if (index.world === "real" && got.headers[wireHeaders.rehearsal] !== undefined) {
    return { kind: "unknown", why: `${place} is a rehearsal registry, which can never stand for "${index.registry}"` };
  }
  if (got.status === 200) return undefined;
  if (got.status === 404 || got.status === 410) return { kind: "absent" };
  if (got.status === 401 || got.status === 403)
    return { kind: "unknown", why: `${place} answered ${got.status}: it does not let everybody read` };
  if (got.status >= 300 && got.status < 400)
    return { kind: "unknown", why: `${place} redirects to another place, which is not followed: what stands there is not this index` };
  return { kind: "unknown", why: `${place} answered ${got.status}` };
}

export type Fetched =
  | { readonly kind: "fetched"; readonly sha256: Sha256; readonly sizeBytes: number }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly why: string };

/**
 * Digests a file as it comes; with `to` it is also written there. A file that did not arrive whole is removed.
 * Files may lie on another host than the pages; nothing secret is sent, so any https target may be followed.
 * @throws SlipwayError STORAGE_FAILED when the file cannot be written
 */
export async function fetchFile(
  index: Index,
  url: string,
  options: { readonly to?: string; readonly signal: AbortSignal },
): Promise<Fetched> {
  const got = await index.http.fetch({
    method: "GET",
    url,
    headers: { accept: "*/*", ...fresh },
    follows: "https",
    limitBytes: fileBytesMax,
    ...options,
  });
  if (got.kind === "fetched") return got;
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  if (got.status === 404 || got.status === 410) return { kind: "absent" };
  return { kind: "unknown", why: `"${got.place}" answered ${got.status}` };
}
