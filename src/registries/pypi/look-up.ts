// Reads one project's page of a simple index, and the bytes of its files. Everything that is no clear answer is unknown.
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { once } from "node:events";
import { sha256, type Sha256 } from "../../domain/digest.ts";
import { SlipwayError } from "../../domain/error.ts";
import { normalizeName } from "../../domain/pypi/names.ts";
import { failureText, readText, safeUrl, sameOrigin, type Got, type Http } from "./http.ts";
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

export async function lookUp(index: Index, packageName: string, signal: AbortSignal): Promise<LookedUp> {
  const url = `${index.indexUrl}${normalizeName(packageName)}/`;
  const got = await index.http.get(url, { accept, signal, follows: sameOrigin });
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  try {
    return await readPage(index, got);
  } catch (cause) {
    return { kind: "unknown", why: failureText(cause, url) };
  }
}

async function readPage(index: Index, got: Extract<Got, { kind: "answered" }>): Promise<LookedUp> {
  const refusal = refusalOf(index, got);
  if (refusal !== undefined) {
    await discard(got);
    return refusal;
  }
  const text = await readText(got.body, { limitBytes: pageBytesMax, cut: false });
  const parsed = parseSimplePage(got.headers["content-type"] ?? "", text, got.url);
  if (parsed.kind === "unreadable")
    return { kind: "unknown", why: `"${safeUrl(got.url)}" answered with a page that cannot be read: ${parsed.why}` };
  const serial = got.headers[wireHeaders.lastSerial];
  return { kind: "page", page: parsed.page, ...(serial === undefined ? {} : { serial }) };
}

/** Every answer that is no page, in words; undefined for a page. */
function refusalOf(index: Index, got: Extract<Got, { kind: "answered" }>): Exclude<LookedUp, { kind: "page" }> | undefined {
  const place = `"${safeUrl(got.url)}"`;
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

async function discard(got: Extract<Got, { kind: "answered" }>): Promise<void> {
  // A short body is read to its end, so that the connection can be used again.
  await readText(got.body, { limitBytes: 64 * 1024, cut: true, withinMs: 2_000 }).catch(() => undefined);
}

export type Fetched =
  | { readonly kind: "fetched"; readonly sha256: Sha256; readonly sizeBytes: number }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly why: string };

/** Files may lie on another host than the pages; nothing secret is sent, so any https target may be followed. */
function followsToFile(from: URL, to: URL): boolean {
  return to.protocol === "https:" || to.origin === from.origin;
}

/**
 * Digests a file as it comes; with `to` it is also written there. A file that did not arrive whole is removed.
 * @throws SlipwayError STORAGE_FAILED when the file cannot be written
 */
export async function fetchFile(
  index: Index,
  url: string,
  options: { readonly to?: string; readonly signal: AbortSignal },
): Promise<Fetched> {
  const got = await index.http.get(url, { accept: "*/*", signal: options.signal, follows: followsToFile });
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  if (got.status !== 200) {
    await discard(got);
    if (got.status === 404 || got.status === 410) return { kind: "absent" };
    return { kind: "unknown", why: `"${safeUrl(got.url)}" answered ${got.status}` };
  }
  try {
    return await digestBody(got, options.to);
  } catch (cause) {
    if (options.to !== undefined) await rm(options.to, { force: true });
    if (cause instanceof SlipwayError) throw cause;
    return { kind: "unknown", why: failureText(cause, url) };
  }
}

async function digestBody(got: Extract<Got, { kind: "answered" }>, to: string | undefined): Promise<Fetched> {
  const hash = createHash("sha256");
  const out = to === undefined ? undefined : openFile(to);
  let sizeBytes = 0;
  try {
    for await (const chunk of got.body) {
      sizeBytes += chunk.length;
      if (sizeBytes > fileBytesMax) throw new Error(`the file is longer than ${fileBytesMax} bytes`);
      hash.update(chunk);
      await out?.write(chunk);
    }
  } finally {
    await out?.end();
  }
  return { kind: "fetched", sha256: sha256(hash.digest("hex")), sizeBytes };
}

/** A file to write to, whose errors are told apart from those of the network. */
function openFile(to: string): { write(chunk: Buffer): Promise<void>; end(): Promise<void> } {
  const out = createWriteStream(to);
  const closed = once(out, "close").catch((cause: unknown) => {
    throw new SlipwayError("STORAGE_FAILED", `Cannot write the download "${to}"`, { cause });
  });
  closed.catch(() => undefined);
  return {
    write: async (chunk) => {
      if (!out.write(chunk)) await Promise.race([once(out, "drain"), closed]);
    },
    end: async () => {
      out.end();
      await closed;
    },
  };
}
