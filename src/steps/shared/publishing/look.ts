// The read side of publishing: one look at a whole version before the first effect, one look at each before and after.
import { assert } from "../../../domain/error.ts";
import type { Effect, Observation, Stranger } from "../../../domain/run/effect.ts";
import type { ReadPorts, Surveyed, Verified } from "../../step.ts";
import { channelOf } from "./channels.ts";
import { imageEffectOf, observeImageEffect } from "./image-effects.ts";
import { joinedOf } from "./joined.ts";
import { fromEffect, type PublishedFile } from "./published-file.ts";
import { looksAtOnce, sideBySide } from "./side-by-side.ts";
import { observeHeld, observeLetOut, stagedOf } from "./staged.ts";

/** A file under our version that is not one of ours by name is a stranger's; one by our name is what `observe` judges. */
export async function surveyTargets(effects: readonly Effect[], ports: ReadPorts): Promise<Surveyed> {
  const strangers: Stranger[] = [];
  const files = effects
    .filter((effect) => channelOf(effect) === undefined && joinedOf(effect) === undefined && imageEffectOf(effect) === undefined)
    .map((effect) => stagedOf(effect) ?? fromEffect(effect));
  // Where images lie beside each other by digest, a stranger's is nobody's matter: what counts is where the names lead.
  const surveyed = files.filter((file) => file.ecosystem !== "oci");
  const groups = versionsOf(surveyed);
  const surveys = await sideBySide(groups, looksAtOnce, ([{ registry, publication }]) =>
    ports.registry(registry).survey(publication.package, publication.version, ports.signal),
  );
  for (const [index, group] of groups.entries()) {
    const [{ registry, publication }] = group;
    const survey = surveys[index];
    if (survey === undefined) continue;
    if (survey.kind === "unknown")
      return { kind: "unknown", why: `${registry} does not say what it has of ${publication.package}: ${survey.why}` };
    if (survey.kind === "absent") continue;
    const ours = new Set(group.map((file) => file.publication.name));
    strangers.push(...survey.files.filter((file) => !ours.has(file.name)).map((file) => strangerOf(registry, file)));
  }
  return strangers.length === 0 ? { kind: "clear" } : { kind: "strangers", strangers };
}

/** Files of one version at one registry, together. */
function versionsOf(files: readonly PublishedFile[]): readonly (readonly [PublishedFile, ...(readonly PublishedFile[])])[] {
  const groups = Map.groupBy(files, ({ registry, publication }) => `${registry}\0${publication.package}\0${publication.version}`);
  return [...groups.values()].flatMap(([first, ...rest]) => (first === undefined ? [] : [[first, ...rest] as const]));
}

function strangerOf(target: string, file: { readonly name: string; readonly sha256?: string; readonly uploadedAt?: string }): Stranger {
  return {
    target,
    name: file.name,
    ...(file.sha256 === undefined ? {} : { sha256: file.sha256 }),
    ...(file.uploadedAt === undefined ? {} : { uploadedAt: file.uploadedAt }),
  };
}

export function observe(effect: Effect, ports: ReadPorts): Promise<Observation> {
  const named = channelOf(effect);
  if (named !== undefined) {
    const { channels } = ports.registry(named.registry);
    assert(channels !== undefined, `registry "${named.registry}" has no channels`);
    return channels.observe(named.channel, ports.signal);
  }
  const joined = joinedOf(effect);
  if (joined !== undefined) return ports.registry(joined.registry).observe(joined.index, ports.signal);
  const image = imageEffectOf(effect);
  if (image !== undefined) return observeImageEffect(image, ports);
  const held = stagedOf(effect);
  if (held !== undefined) return observeHeld(held, ports);
  const file = fromEffect(effect);
  return file.staged ? observeLetOut(file, ports) : ports.registry(file.registry).observe(file.publication, ports.signal);
}

/** Evidence is what the index says itself, read anew. */
export async function verify(effect: Effect, ports: ReadPorts): Promise<Verified> {
  const seen = await observe(effect, ports);
  switch (seen.kind) {
    case "present":
      return { kind: "verified", evidence: seen.evidence };
    case "conflict":
      return { kind: "differs", theirs: seen.theirs };
    case "damaged":
      return { kind: "differs", theirs: seen.how };
    case "absent":
      return { kind: "unknown", why: `${effect.target} does not show it` };
    case "pending":
    case "unknown":
      return { kind: "unknown", why: seen.why };
  }
}
