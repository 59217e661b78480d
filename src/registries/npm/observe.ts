// What a look at the registry says about one tarball, one version or one dist-tag. Pure: the documents were read by look-up.ts.
// A tarball is ours only if its SHA-512 is; where the registry tells none the bytes themselves are asked for (DESIGN §1.2).
import type { Observation } from "../../domain/run/effect.ts";
import { packedFileName } from "../../domain/npm/names.ts";
import { semver } from "../../domain/version/semver.ts";
import type { Channel, Publication, Survey, Versions } from "../registry.ts";
import type { LookedUp, LookedUpTags } from "./look-up.ts";
import type { ListedVersion } from "./packument.ts";

/** What can be said from the document alone; `compare` asks for the bytes. */
export type Judged =
  | Exclude<Observation, { kind: "conflict" }>
  | { readonly kind: "conflict"; readonly listed: ListedVersion }
  | { readonly kind: "compare"; readonly listed: ListedVersion };

export function judgeVersion(looked: LookedUp, publication: Publication): Judged {
  if (looked.kind !== "packument") return looked;
  const listed = looked.packument.versions.get(publication.version);
  if (listed === undefined) return { kind: "absent" };
  if (listed.sha512 === undefined || publication.registryDigest === undefined) return { kind: "compare", listed };
  if (listed.sha512 !== publication.registryDigest) return { kind: "conflict", listed };
  return { kind: "present", evidence: { how: "sha512 read back from the registry", ...evidence(listed) } };
}

/** The same after the bytes were downloaded and digested. */
export function judgeBytes(
  listed: ListedVersion,
  publication: Publication,
  downloaded: { readonly sha256: string; readonly sizeBytes: number; readonly registry: string },
): Observation {
  const { sha256, sizeBytes, registry } = downloaded;
  if (sha256 !== publication.sha256)
    return { kind: "conflict", theirs: theirs(listed, publication, { digest: `sha256 ${sha256}`, registry }) };
  const how = "downloaded and digested, because the registry tells no sha512 to compare with";
  return { kind: "present", evidence: { how, ...evidence(listed), sha256, sizeBytes } };
}

function evidence(listed: ListedVersion): { readonly url: string; readonly details: Record<string, string> } {
  return {
    url: listed.url,
    details: {
      ...(listed.sha512 === undefined ? {} : { integrity: listed.sha512 }),
      ...(listed.deprecated === undefined ? {} : { deprecated: listed.deprecated }),
    },
  };
}

/** Names whose version it is as far as the registry tells: what, since when, with which digest. */
export function theirs(
  listed: ListedVersion,
  publication: Pick<Publication, "package" | "version">,
  { digest, registry }: { readonly digest: string; readonly registry: string },
): string {
  const since = listed.publishedAt === undefined ? "at a time the registry does not tell" : `at ${listed.publishedAt}`;
  return `"${registry}" holds another ${publication.package} ${publication.version}, uploaded ${since}, with ${digest}`;
}

export function surveyOf(looked: LookedUp, packageName: string, version: string): Survey {
  if (looked.kind === "unknown") return looked;
  if (looked.kind === "absent") return { kind: "absent", package: "absent" };
  const listed = looked.packument.versions.get(version);
  if (listed === undefined) return { kind: "absent", package: "exists" };
  const file = {
    // A version has one tarball, and its address need not hold the name that `npm pack` gave it.
    name: packedFileName(packageName, version),
    url: listed.url,
    attested: listed.attested === true,
    ...(listed.sha512 === undefined ? {} : { integrity: listed.sha512 }),
    ...(listed.publishedAt === undefined ? {} : { uploadedAt: listed.publishedAt }),
    ...(listed.deprecated === undefined ? {} : { yanked: listed.deprecated }),
  };
  return { kind: "listed", files: [file] };
}

export function versionsOf(looked: LookedUp): Versions {
  if (looked.kind !== "packument") return looked;
  return { kind: "listed", versions: [...looked.packument.versions.keys()] };
}

/** A dist-tag that leads to a higher version is never moved back: everybody who follows it would be led backwards. */
export function judgeTag(looked: LookedUpTags, channel: Channel, registry: string): Observation {
  if (looked.kind !== "tags") return looked;
  const there = looked.tags.get(channel.name);
  if (there === undefined) return { kind: "absent" };
  if (there === channel.version) {
    return { kind: "present", evidence: { how: "dist-tag read back from the registry", details: { tag: channel.name, version: there } } };
  }
  const [theirs, ours] = [semver.parse(there), semver.parse(channel.version)];
  if (theirs.kind === "valid" && ours.kind === "valid" && semver.compare(theirs.version, ours.version) < 0) return { kind: "absent" };
  const reads = `"${registry}" leads "${channel.name}" of ${channel.package} to ${there}`;
  return { kind: "conflict", theirs: `${reads}, which is not lower than ${channel.version}: a dist-tag never moves backwards` };
}
