// Where a tag leads, and whether it may be moved to our version. Channels never move backwards: what the tag leads to has to
// say its version - by annotation, by label, or by another tag of the same digest - or a person decides (DESIGN §4).
import { readImageConfig, toldVersion } from "../../domain/oci/config.ts";
import { readManifest, type Manifest } from "../../domain/oci/manifest.ts";
import { readImageDigest, tagOfVersion, versionOfTag, type ImageDigest } from "../../domain/oci/names.ts";
import type { Observation } from "../../domain/run/effect.ts";
import { semver } from "../../domain/version/semver.ts";
import type { Channel } from "../registry.ts";
import { lookUpManifest, lookUpTags, readBlobText, type HeldManifest, type Looking } from "./look-up.ts";

/** Tags that are compared by digest when nothing else tells a version; the highest versions come first. */
const tagsCompared = 50;

export async function observeChannel(looking: Looking, channel: Channel, signal: AbortSignal): Promise<Observation> {
  const digest = readImageDigest(channel.registryDigest ?? "");
  if (digest === undefined) return { kind: "unknown", why: `The channel "${channel.name}" has no digest that it is to lead to` };
  const found = await lookUpManifest(looking, { package: channel.package, reference: channel.name }, signal);
  if (found.kind !== "held") return found;
  if (found.digest === digest) return { kind: "present", evidence: evidenceOf(looking, channel, digest) };
  const leads = `"${looking.place.registry}" leads "${channel.package}:${channel.name}" to ${found.digest}`;
  if (channel.name === tagOfVersion(channel.version)) return { kind: "conflict", theirs: `${leads}, and not to our image of that version` };
  const theirs = await findVersion(looking, { channel, found }, signal);
  if (theirs.kind !== "told") return theirs.kind === "unknown" ? theirs : { kind: "conflict", theirs: `${leads}, ${theirs.why}` };
  return judgeVersions(channel, theirs.version, leads);
}

function evidenceOf(looking: Looking, channel: Channel, digest: ImageDigest): Extract<Observation, { kind: "present" }>["evidence"] {
  return {
    how: "tag read back, and it leads to our digest",
    url: `${looking.place.origin}/v2/${channel.package}/manifests/${channel.name}`,
    details: { registryDigest: digest },
  };
}

function judgeVersions(channel: Channel, theirs: string, leads: string): Observation {
  const [our, other] = [semver.parse(channel.version), semver.parse(theirs)];
  if (our.kind === "invalid" || other.kind === "invalid") {
    const unread = our.kind === "invalid" ? channel.version : theirs;
    return { kind: "conflict", theirs: `${leads} of version "${theirs}", and "${unread}" is no version that can be compared` };
  }
  const order = semver.compare(other.version, our.version);
  if (order < 0) return { kind: "absent" };
  const how = order === 0 ? `of the same version "${theirs}" with other bytes` : `of the higher version "${theirs}"`;
  return { kind: "conflict", theirs: `${leads} ${how}, and channels never move backwards` };
}

type Told =
  | { readonly kind: "told"; readonly version: string }
  | { readonly kind: "untold"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

interface Led {
  readonly channel: Channel;
  readonly found: HeldManifest;
}

async function findVersion(looking: Looking, { channel, found }: Led, signal: AbortSignal): Promise<Told> {
  const manifest = readManifest(found.text, found.mediaType);
  if (manifest.kind === "invalid") return { kind: "untold", why: `which ${manifest.why}` };
  const own = toldVersion(manifest.annotations);
  if (own !== undefined) return { kind: "told", version: own };
  const label = await readLabel(looking, { package: channel.package, manifest }, signal);
  if (label.kind !== "untold") return label;
  return await findByTag(looking, { channel, found }, signal);
}

/** The label of the image, or of the first image of an index. */
async function readLabel(
  looking: Looking,
  at: { readonly package: string; readonly manifest: Manifest },
  signal: AbortSignal,
): Promise<Told> {
  let { manifest } = at;
  if (manifest.kind === "index") {
    const first = manifest.manifests.find((one) => one.platform?.os !== "unknown");
    if (first === undefined) return untold;
    const found = await lookUpManifest(looking, { package: at.package, reference: first.digest }, signal);
    if (found.kind !== "held") return found.kind === "unknown" ? found : untold;
    const read = readManifest(found.text, found.mediaType);
    if (read.kind !== "image") return untold;
    manifest = read;
    const told = toldVersion(read.annotations);
    if (told !== undefined) return { kind: "told", version: told };
  }
  const config = await readBlobText(looking, { package: at.package, digest: manifest.config.digest }, signal);
  if (config.kind !== "held") return config.kind === "unknown" ? config : untold;
  const version = toldVersion(readImageConfig(config.text)?.labels ?? {});
  return version === undefined ? untold : { kind: "told", version };
}

const untold: Told = { kind: "untold", why: "which does not tell its version" };

/** Another tag that is a version and leads to the same digest. */
async function findByTag(looking: Looking, { channel, found }: Led, signal: AbortSignal): Promise<Told> {
  const tags = await lookUpTags(looking, channel.package, signal);
  if (tags.kind === "unknown") return tags;
  const versions = tags.kind === "absent" ? [] : highestFirst(tags.tags);
  for (const { tag, version } of versions.slice(0, tagsCompared)) {
    const held = await lookUpManifest(looking, { package: channel.package, reference: tag }, signal);
    if (held.kind === "unknown") return held;
    if (held.kind === "held" && held.digest === found.digest) return { kind: "told", version };
  }
  const why = "and neither an annotation nor a label nor another tag tells its version: move the tag yourself if it may be moved";
  return { kind: "untold", why };
}

function highestFirst(tags: readonly string[]): readonly { readonly tag: string; readonly version: string }[] {
  const read = tags.flatMap((tag) => {
    const version = semver.parse(versionOfTag(tag) ?? "");
    return version.kind === "valid" ? [{ tag, version: version.version }] : [];
  });
  return read
    .toSorted((one, other) => semver.compare(other.version, one.version))
    .map(({ tag, version }) => ({ tag, version: version.normal }));
}
