// The documents of a rehearsal npm registry: a package in full, and in the short form that installers ask for.
// Sources: npm registry, package metadata documents; protocols §11.4.
import type { Json, JsonObject } from "../../../domain/configuration.ts";
import type { WireDist, WirePackument, WireVersion } from "../wire.ts";
import { attestationsMember } from "./provenance.ts";
import type { PackageState, StoredVersion } from "./state.ts";
import type { Store } from "./store.ts";

export interface DocumentContext {
  /** Address of the server without a slash at the end. */
  readonly url: string;
  readonly nowMs: number;
  readonly store: Pick<Store, "manifestOf">;
}

/** What an installer needs of a version. */
const shortMembers = [
  "name", "version", "deprecated", "dependencies", "optionalDependencies", "devDependencies", "bundleDependencies",
  "peerDependencies", "peerDependenciesMeta", "acceptDependencies", "bin", "directories", "dist", "engines", "cpu", "os", "libc",
  "funding", "_hasShrinkwrap",
]; // prettier-ignore

/** A version that came a moment ago may not show yet. */
export function shownVersions(found: PackageState, nowMs: number): readonly StoredVersion[] {
  return Object.values(found.versions).filter((one) => one.visibleFromMs <= nowMs);
}

/** Dist-tags that lead to something that shows. */
export function shownTags(found: PackageState, nowMs: number): Readonly<Record<string, string>> {
  const shown = new Set(shownVersions(found, nowMs).map((one) => one.version));
  return Object.fromEntries(Object.entries(found.tags).filter(([, version]) => shown.has(version)));
}

/** The whole document; undefined while nothing of the package shows. */
export async function fullDocument(found: PackageState, context: DocumentContext): Promise<(WirePackument & JsonObject) | undefined> {
  const shown = shownVersions(found, context.nowMs);
  if (shown.length === 0 && Object.keys(found.burned).length === 0) return undefined;
  const versions = await Promise.all(shown.map(async (one) => [one.version, await versionDocument(found.name, one, context)] as const));
  const tags = shownTags(found, context.nowMs);
  const latest = versions.find(([version]) => version === tags["latest"])?.[1];
  const about = ["description", "license", "author", "repository", "homepage", "bugs", "keywords", "readme", "readmeFilename"];
  const times = [...shown.map((one) => [one.version, one.uploadedAtMs] as const), ...Object.entries(found.burned)];
  return {
    _id: found.name,
    _rev: `${found.revision}-rehearsal`,
    name: found.name,
    "dist-tags": tags,
    versions: Object.fromEntries(versions),
    time: {
      created: iso(found.createdMs),
      modified: iso(found.modifiedMs),
      ...Object.fromEntries(times.map(([version, ms]) => [version, iso(ms)])),
    },
    ...(latest === undefined ? {} : members(latest, about)),
  };
}

/** The short form of any full document, ours or another registry's. */
export function shortDocument(document: WirePackument): JsonObject {
  const versions = Object.entries(document.versions).map(([version, whole]) => [version, shortVersion(whole)] as const);
  const modified = document.time?.["modified"];
  return {
    name: document.name,
    "dist-tags": document["dist-tags"],
    versions: Object.fromEntries(versions),
    ...(modified === undefined ? {} : { modified }),
  };
}

function shortVersion(whole: WireVersion): JsonObject {
  const { scripts } = whole;
  const runs = isTable(scripts) && ["preinstall", "install", "postinstall"].some((name) => name in scripts);
  return { ...members(whole, shortMembers), ...(runs ? { hasInstallScript: true } : {}) };
}

/** One version as its own address gives it. */
export async function versionDocument(name: string, stored: StoredVersion, context: DocumentContext): Promise<WireVersion> {
  const manifest = await context.store.manifestOf(stored);
  const dist: WireDist & JsonObject = {
    ...(isTable(manifest["dist"]) ? manifest["dist"] : {}),
    integrity: stored.integrity,
    shasum: stored.shasum,
    tarball: `${context.url}/${name}/-/${stored.fileName}`,
    ...(stored.attested === true ? { attestations: attestationsMember(context.url, { name, version: stored.version }) } : {}),
  };
  const { readme: _readme, readmeFilename: _fileName, ...rest } = manifest;
  return { ...rest, dist, ...(stored.deprecated === undefined ? {} : { deprecated: stored.deprecated }) };
}

function members(whole: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (whole[name] === undefined ? [] : [[name, whole[name]] as const])));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function isTable(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
