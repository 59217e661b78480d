// Reads what a registry says of one package. Lenient in what it does not need, strict in what decides: a version is there
// only with its own entry, and a digest counts only in the form that its standard gives it (W3C Subresource Integrity).
import type { JsonObject } from "../../domain/configuration.ts";

/** One version as the registry lists it. */
export interface ListedVersion {
  readonly version: string;
  /** Address of the tarball. */
  readonly url: string;
  /** `sha512-<base64>`; absent where the registry tells none. */
  readonly sha512?: string;
  /** SHA-1 in hexadecimal. */
  readonly shasum?: string;
  /** Words with which it is deprecated. */
  readonly deprecated?: string;
  readonly publishedAt?: string;
  /** The registry has attestations of it (`dist.attestations`). */
  readonly attested?: true;
}

export interface Packument {
  readonly versions: ReadonlyMap<string, ListedVersion>;
  readonly tags: ReadonlyMap<string, string>;
  /** Versions that were there once and are gone: their numbers are burned. Full form only. */
  readonly unpublished: ReadonlySet<string>;
  /** The document as it came, for a change of it. */
  readonly document: JsonObject;
}

export type ParsedPackument =
  | { readonly kind: "packument"; readonly packument: Packument }
  | { readonly kind: "unreadable"; readonly why: string };

const sha512Form = /^sha512-[A-Za-z0-9+/]{86}==$/;

/** @param base address of the document, for tarballs that are named relative to it */
export function parsePackument(text: string, base: string): ParsedPackument {
  const document = parseJson(text);
  if (!isTable(document)) return { kind: "unreadable", why: isPage(text) ? "it is a web page" : "it is no JSON object" };
  const { versions = {}, time, "dist-tags": tags = {} } = document;
  if (!isTable(versions) || !isTable(tags)) return { kind: "unreadable", why: '"versions" or "dist-tags" is no table' };
  const times = isTable(time) ? time : {};
  const listed = new Map<string, ListedVersion>();
  for (const [version, entry] of Object.entries(versions)) {
    if (!isTable(entry)) return { kind: "unreadable", why: `the entry of version "${version.slice(0, 80)}" is no table` };
    listed.set(version, readVersion(version, entry, { publishedAt: times[version], base }));
  }
  const unpublished = Object.keys(times).filter((key) => /^\d/.test(key) && !listed.has(key));
  const named = Object.entries(tags).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return { kind: "packument", packument: { versions: listed, tags: new Map(named), unpublished: new Set(unpublished), document } };
}

function readVersion(version: string, entry: JsonObject, more: { readonly publishedAt: unknown; readonly base: string }): ListedVersion {
  const dist = isTable(entry["dist"]) ? entry["dist"] : {};
  const { tarball, integrity, shasum, attestations } = dist;
  const { deprecated } = entry;
  const sha512 = typeof integrity === "string" ? sha512Of(integrity) : undefined;
  const url = typeof tarball === "string" && URL.canParse(tarball, more.base) ? new URL(tarball, more.base).href : "";
  return {
    version,
    url,
    ...(isTable(attestations) && typeof attestations["url"] === "string" ? { attested: true as const } : {}),
    ...(sha512 === undefined ? {} : { sha512 }),
    ...(typeof shasum === "string" && /^[0-9a-f]{40}$/i.test(shasum) ? { shasum: shasum.toLowerCase() } : {}),
    ...(typeof deprecated === "string" && deprecated !== "" ? { deprecated } : {}),
    ...(typeof more.publishedAt === "string" ? { publishedAt: more.publishedAt } : {}),
  };
}

/** The SHA-512 among the digests of a file; options after `?` say nothing of the bytes. */
function sha512Of(integrity: string): string | undefined {
  const digests = integrity.trim().split(/\s+/).map((digest) => digest.replace(/\?.*$/, "")); // prettier-ignore
  return digests.find((digest) => sha512Form.test(digest));
}

export function isPage(text: string): boolean {
  return /^\s*<(?:!doctype html|html)\b/i.test(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isTable(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
