// Dist-tags that lead to a version which is taken back: found, led back to the newest that remains, or taken away.
import { escapedNpmName } from "../../domain/npm/names.ts";
import { retreatFrom } from "../../domain/npm/retreat.ts";
import type { Observation, Performed } from "../../domain/run/effect.ts";
import type { Leading, LeftChannel, Publication } from "../registry.ts";
import { lookUp, lookUpTags, type Place } from "./look-up.ts";
import { sendTag, takeTagAway, type SendOptions } from "./send.ts";

/** What was deprecated was taken back, and nobody is led to it. */
export async function tagsLeadingTo(
  place: Place,
  { package: name, version }: Pick<Publication, "package" | "version">,
  signal: AbortSignal,
): Promise<Leading> {
  const [tags, looked] = [await lookUpTags(place, name, signal), await lookUp(place, name, { signal, form: "abbreviated" })];
  if (tags.kind === "unknown") return tags;
  if (looked.kind === "unknown") return looked;
  const leading = tags.kind === "tags" ? [...tags.tags].filter(([, to]) => to === version).map(([tag]) => tag) : [];
  const versions = looked.kind === "packument" ? [...looked.packument.versions.values()] : [];
  const remaining = versions.filter((one) => one.deprecated === undefined && one.version !== version).map((one) => one.version);
  const retreats = leading.map((tag) => ({ tag, retreat: retreatFrom(tag, version, remaining) }));
  return {
    kind: "listed",
    channels: retreats.flatMap(({ tag, retreat }) =>
      retreat.kind === "stays" ? [] : [{ package: name, name: tag, version, ...(retreat.kind === "back" ? { to: retreat.to } : {}) }],
    ),
    staying: retreats.filter(({ retreat }) => retreat.kind === "stays").map(({ tag }) => tag),
  };
}

export async function observeLeft(place: Place, channel: LeftChannel, signal: AbortSignal): Promise<Observation> {
  const looked = await lookUpTags(place, channel.package, signal);
  if (looked.kind === "unknown") return looked;
  const leads = looked.kind === "tags" ? looked.tags.get(channel.name) : undefined;
  if (leads === channel.version) return { kind: "absent" };
  return { kind: "present", evidence: { how: `dist-tag read back, and it ${leads === undefined ? "is gone" : `leads to ${leads}`}` } };
}

/** Looked at once more: what somebody led elsewhere in the meantime stays as they want it. */
export async function leaveTag(place: Place, channel: LeftChannel, options: SendOptions): Promise<Performed> {
  const seen = await observeLeft(place, channel, options.signal);
  if (seen.kind === "present") return { kind: "sent", warnings: [] };
  if (seen.kind !== "absent")
    return { kind: "unknown", why: "why" in seen ? seen.why : `"${escapedNpmName(channel.package)}" cannot be looked at` };
  const { to, ...rest } = channel;
  return to === undefined ? takeTagAway(place, channel, options) : sendTag(place, { ...rest, version: to }, options);
}
