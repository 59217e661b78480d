// Tags that lead to an image which is taken back: every one that names its very digest, found by looking at all of them, and taken
// away. What they led to stays, and so does every other tag.
import { readImageDigest, tagOfVersion } from "../../domain/oci/names.ts";
import type { Observation, Performed } from "../../domain/run/effect.ts";
import type { Leading, LeftChannel, Publication } from "../registry.ts";
import { lookUpManifest, lookUpTags, type Looking } from "./look-up.ts";
import { deleteTag } from "./move.ts";
import type { By } from "./send.ts";

/** More tags than this are not looked at one by one. */
const tagsMax = 2_000;
const looksAtOnce = 8;

export async function tagsLeadingTo(
  looking: Looking,
  { package: name, version }: Pick<Publication, "package" | "version">,
  signal: AbortSignal,
): Promise<Leading> {
  const own = tagOfVersion(version);
  const held = await lookUpManifest(looking, { package: name, reference: own }, signal);
  if (held.kind === "unknown") return held;
  const listed = await lookUpTags(looking, name, signal);
  if (listed.kind === "unknown") return listed;
  if (held.kind === "absent" || listed.kind === "absent") return { kind: "listed", channels: [], staying: [] };
  const others = listed.tags.filter((tag) => tag !== own);
  if (others.length > tagsMax) {
    const why = `"${looking.place.registry}" has ${others.length} tags of "${name}", and ${tagsMax} are looked at: which of them lead to ${version} is not known`;
    return { kind: "unknown", why };
  }
  const channels: LeftChannel[] = [];
  for (let from = 0; from < others.length; from += looksAtOnce) {
    const some = others.slice(from, from + looksAtOnce);
    const found = await Promise.all(some.map((tag) => lookUpManifest(looking, { package: name, reference: tag }, signal)));
    for (const [index, one] of found.entries()) {
      if (one.kind === "unknown") return one;
      const tag = some[index];
      if (tag !== undefined && one.kind === "held" && one.digest === held.digest)
        channels.push({ package: name, name: tag, version, registryDigest: held.digest });
    }
  }
  return { kind: "listed", channels, staying: [] };
}

export async function observeLeft(looking: Looking, channel: LeftChannel, signal: AbortSignal): Promise<Observation> {
  const digest = readImageDigest(channel.registryDigest ?? "");
  if (digest === undefined) return { kind: "unknown", why: `The tag "${channel.name}" has no digest that it is to leave` };
  const found = await lookUpManifest(looking, { package: channel.package, reference: channel.name }, signal);
  if (found.kind === "unknown") return found;
  if (found.kind === "held" && found.digest === digest) return { kind: "absent" };
  const leads = found.kind === "held" ? `leads to ${found.digest}` : "is gone";
  return { kind: "present", evidence: { how: `tag read back, and it ${leads}` } };
}

/** Looked at once more: a tag that leads elsewhere by now is somebody's. */
export async function leaveTag(looking: Looking, channel: LeftChannel, by: By): Promise<Performed> {
  const asWriter = { ...looking, readAs: () => Promise.resolve(by.credential) };
  const seen = await observeLeft(asWriter, channel, by.signal);
  if (seen.kind === "present") return { kind: "sent", warnings: [] };
  if (seen.kind !== "absent") return { kind: "unknown", why: "why" in seen ? seen.why : `"${channel.name}" cannot be looked at` };
  return deleteTag(looking, { package: channel.package, tag: channel.name }, by);
}
