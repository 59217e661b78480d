// Reads what a registry holds: manifests with their very text, whether a blob is there, and tags page by page. Everything
// that is no clear answer is unknown. Source: distribution-spec v1.1 "Pull", "Content discovery".
import { createHash } from "node:crypto";
import type { Credential } from "../../domain/credential.ts";
import { sha256 } from "../../domain/digest.ts";
import { parseRecord } from "../../domain/json-record.ts";
import { readReferrers, referrersMax } from "../../domain/oci/attachment.ts";
import { manifestTypes, mediaTypes } from "../../domain/oci/media-types.ts";
import { manifestBytesMax } from "../../domain/oci/manifest.ts";
import { imageDigest, readImageDigest, repositoryFault, tagFault, type ImageDigest } from "../../domain/oci/names.ts";
import type { HttpReply } from "../../platform/http-port.ts";
import { errorCode, isPage, sayAnswer } from "./answers.ts";
import type { Asking, Login, Place } from "./login.ts";

export interface Looking {
  readonly place: Place;
  readonly login: Login;
  /** For registries that do not let everybody read; absent: nobody is named. */
  readonly readAs?: () => Promise<Credential | undefined>;
}

export interface HeldManifest {
  readonly kind: "held";
  readonly text: string;
  readonly mediaType: string;
  /** Of the text as it came. */
  readonly digest: ImageDigest;
  readonly sizeBytes: number;
}

export type Nothing = { readonly kind: "absent" } | { readonly kind: "unknown"; readonly why: string };

/** No cache on the way may answer for the registry. */
const fresh = { "cache-control": "no-cache" } as const;

/** @param reference a digest or a tag */
export async function lookUpManifest(
  looking: Looking,
  at: { readonly package: string; readonly reference: string },
  signal: AbortSignal,
): Promise<HeldManifest | Nothing> {
  const fault = readImageDigest(at.reference) === undefined ? tagFault(at.reference) : undefined;
  if (fault !== undefined)
    return { kind: "unknown", why: `"${looking.place.registry}" cannot be asked for "${at.reference}": as a tag it ${fault}` };
  const { reply, asking } = await get(looking, `${at.package}/manifests/${at.reference}`, {
    name: at.package,
    method: "GET",
    accept: manifestTypes.join(", "),
    signal,
  });
  const nothing = nothingOf(looking, reply, asking);
  if (nothing !== undefined) return nothing;
  const { text, headers } = reply as Extract<HttpReply, { kind: "answered" }>;
  const bytes = Buffer.from(text, "utf8");
  const digest = imageDigest(sha256(createHash("sha256").update(bytes).digest("hex")));
  const mediaType = (headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";
  return { kind: "held", text, mediaType, digest, sizeBytes: bytes.length };
}

export type HeldBlob = { readonly kind: "held"; readonly sizeBytes: number | undefined } | Nothing;

/** Whether a blob or a manifest is there, without its bytes. */
export async function lookUpPart(
  looking: Looking,
  at: { readonly package: string; readonly kind: "blobs" | "manifests"; readonly digest: string },
  signal: AbortSignal,
): Promise<HeldBlob> {
  const { reply, asking } = await get(looking, `${at.package}/${at.kind}/${at.digest}`, {
    name: at.package,
    method: "HEAD",
    accept: at.kind === "blobs" ? "*/*" : manifestTypes.join(", "),
    signal,
  });
  const nothing = nothingOf(looking, reply, asking);
  if (nothing !== undefined) return nothing;
  const told = reply.kind === "answered" ? reply.headers["content-length"] : undefined;
  return { kind: "held", sizeBytes: told !== undefined && /^\d{1,15}$/.test(told) ? Number(told) : undefined };
}

/** Text of a blob, for configs. */
export async function readBlobText(
  looking: Looking,
  at: { readonly package: string; readonly digest: string },
  signal: AbortSignal,
): Promise<{ readonly kind: "held"; readonly text: string } | Nothing> {
  const { reply, asking } = await get(looking, `${at.package}/blobs/${at.digest}`, {
    name: at.package,
    method: "GET",
    accept: "*/*",
    signal,
  });
  const nothing = nothingOf(looking, reply, asking);
  if (nothing !== undefined) return nothing;
  return { kind: "held", text: reply.kind === "answered" ? reply.text : "" };
}

const pagesMax = 100;
const tagsPerPage = 1_000;
const tagsMax = 100_000;

export type Tags = { readonly kind: "listed"; readonly tags: readonly string[] } | Nothing;

/** All tags of a repository. */
export async function lookUpTags(looking: Looking, packageName: string, signal: AbortSignal): Promise<Tags> {
  const tags: string[] = [];
  let path: string | undefined = `${packageName}/tags/list?n=${tagsPerPage}`;
  for (let page = 0; path !== undefined; page += 1) {
    if (page >= pagesMax || tags.length > tagsMax) {
      return { kind: "unknown", why: `"${looking.place.registry}" lists more tags of "${packageName}" than are read` };
    }
    const { reply, asking } = await get(looking, path, { name: packageName, method: "GET", accept: "application/json", signal });
    const nothing = nothingOf(looking, reply, asking);
    if (nothing !== undefined) return nothing;
    const { text, headers, place } = reply as Extract<HttpReply, { kind: "answered" }>;
    const listed = parseRecord(text);
    const found = listed?.["tags"] ?? [];
    if (listed === undefined || !Array.isArray(found))
      return { kind: "unknown", why: `"${place}" answered with a list that cannot be read` };
    tags.push(...(found as readonly unknown[]).filter((one) => typeof one === "string"));
    path = nextPath(headers["link"], path, looking.place.origin);
  }
  return { kind: "listed", tags };
}

/** Where the next page is: in the same list of the same registry, whatever the header says. */
function nextPath(link: string | undefined, path: string, origin: string): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next\b/.exec(link ?? "")?.[1];
  const here = `${origin}/v2/${path}`;
  if (target === undefined || !URL.canParse(target, here)) return undefined;
  const [next, list] = [new URL(target, here), new URL(here)];
  if (next.origin !== list.origin || next.pathname !== list.pathname || next.href === list.href) return undefined;
  return `${path.split("?")[0]}${next.search}`;
}

/** Answer to a question for what is about a manifest. */
export type Referrers =
  | { readonly kind: "listed"; readonly digests: readonly string[] }
  /** The registry keeps no such lists: clients keep them under a tag. */
  | { readonly kind: "unsupported" }
  | { readonly kind: "unknown"; readonly why: string };

/** Digests of the manifests that are about one, as the registry itself lists them. */
export async function lookUpReferrers(
  looking: Looking,
  at: { readonly package: string; readonly subject: ImageDigest },
  signal: AbortSignal,
): Promise<Referrers> {
  const { registry, origin } = looking.place;
  const digests: string[] = [];
  let path: string | undefined = `${at.package}/referrers/${at.subject}`;
  for (let page = 0; path !== undefined; page += 1) {
    if (page >= pagesMax || digests.length > referrersMax)
      return { kind: "unknown", why: `"${registry}" lists more manifests about "${at.subject}" than are read` };
    const { reply, asking } = await get(looking, path, { name: at.package, method: "GET", accept: mediaTypes.index, signal });
    const nothing = nothingOf(looking, reply, asking);
    // A registry that keeps lists has an empty one for whatever nothing is about (distribution-spec, "Listing Referrers").
    if (nothing?.kind === "absent") return { kind: "unsupported" };
    if (nothing !== undefined) return nothing;
    const { text, headers, place } = reply as Extract<HttpReply, { kind: "answered" }>;
    const read = readReferrers(text);
    if (read.kind === "invalid") return { kind: "unknown", why: `"${place}" answered with a list that ${read.why}` };
    digests.push(...read.digests);
    path = nextPath(headers["link"], path, origin);
  }
  return { kind: "listed", digests };
}

export function pullScope(name: string): string {
  return `repository:${name}:pull`;
}

interface Get {
  readonly name: string;
  readonly method: "GET" | "HEAD";
  readonly accept: string;
  readonly signal: AbortSignal;
}

async function get(looking: Looking, path: string, how: Get): Promise<{ readonly reply: HttpReply; readonly asking: Asking }> {
  const credential = await looking.readAs?.();
  const asking: Asking = { credential, scopes: [pullScope(how.name)], signal: how.signal };
  const fault = repositoryFault(how.name);
  if (fault !== undefined) {
    const why = `"${looking.place.registry}" cannot be asked for "${how.name}": the name ${fault}`;
    return { asking, reply: { kind: "failed", why, cause: undefined } };
  }
  const reply = await looking.login.ask(
    {
      method: how.method,
      url: `${looking.place.origin}/v2/${path}`,
      headers: { accept: how.accept, ...fresh },
      follows: "https",
      limitBytes: manifestBytesMax,
    },
    asking,
  );
  return { reply, asking };
}

/** Every answer that shows nothing, in words; undefined for a success. */
function nothingOf(looking: Looking, reply: HttpReply, asking: Asking): Nothing | undefined {
  if (reply.kind === "failed") return { kind: "unknown", why: reply.why };
  const place = `"${reply.place}"`;
  if (reply.status === 200) {
    return isPage(reply) ? { kind: "unknown", why: `${place} answered with a web page, not as a registry does` } : undefined;
  }
  if (reply.status === 404 || reply.status === 410) return { kind: "absent" };
  const said = sayAnswer(reply, { secrets: looking.login.secretsOf(asking.credential) });
  if (reply.status === 401 || reply.status === 403) {
    const who = asking.credential === undefined ? "everybody" : "this credential";
    const code = errorCode(reply.text);
    const words = code === undefined ? String(reply.status) : said;
    return {
      kind: "unknown",
      why: `${place} answered ${words}: it does not let ${who} read, so that nothing can be said of what it holds`,
    };
  }
  return { kind: "unknown", why: `${place} answered ${said}` };
}
