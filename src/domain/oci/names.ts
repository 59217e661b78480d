// What registries call an image: repository names, tags and digests. Rules: OCI distribution-spec v1.1 "Pulling manifests";
// a tag has no plus sign, so that build metadata of a version is written with an underscore (protocols §6.1, §8.3).
import { sha256, type Sha256 } from "../digest.ts";
import { semver } from "../version/semver.ts";

const repositoryForm = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagForm = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const digestForm = /^sha256:([0-9a-f]{64})$/;
/** With the host, which clients count too, a name must stay below 256 characters. */
const repositoryLengthMax = 200;

/** `sha256:` and 64 hexadecimal digits. */
export type ImageDigest = `sha256:${Sha256}`;

/** Why a name cannot be that of a repository, to follow "it"; undefined if it can. */
export function repositoryFault(name: string): string | undefined {
  if (name.length > repositoryLengthMax) return `has ${name.length} characters, more than ${repositoryLengthMax}`;
  if (repositoryForm.test(name)) return undefined;
  const lower = name.toLowerCase();
  if (repositoryForm.test(lower)) return `has capital letters, which registries do not take: write "${lower}"`;
  return "should be lower-case letters and digits, with single dots, dashes or underscores between them, and slashes between parts";
}

/** Why a text cannot be a tag, to follow "it"; undefined if it can. */
export function tagFault(tag: string): string | undefined {
  if (tagForm.test(tag)) return undefined;
  if (tag.length > 128) return `has ${tag.length} characters, more than 128`;
  return "should be letters, digits, dots, dashes and underscores, and begin with none of dot and dash";
}

/** The tag of a version. @example tagOfVersion("1.0.0+linux.5") // "1.0.0_linux.5" */
export function tagOfVersion(version: string): string {
  return version.replaceAll("+", "_");
}

/** The version that a tag names, or undefined for any other tag (`latest`, `1.2`, `v1.2.3`). */
export function versionOfTag(tag: string): string | undefined {
  const read = semver.parse(tag.replaceAll("_", "+"));
  return read.kind === "valid" ? read.version.normal : undefined;
}

/** @returns undefined for anything else, sha512 too: only sha256 decides anything in Slipway */
export function readImageDigest(text: string): ImageDigest | undefined {
  const hex = digestForm.exec(text)?.[1];
  return hex === undefined ? undefined : `sha256:${sha256(hex)}`;
}

export function imageDigest(hex: Sha256): ImageDigest {
  return `sha256:${hex}`;
}

export function hexOf(digest: ImageDigest): Sha256 {
  return sha256(digest.slice("sha256:".length));
}
