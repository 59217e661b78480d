// The write side of publishing: one file, one list, one name. What a reply means for the world is for the next look to say.
import { assert } from "../../../domain/error.ts";
import type { Effect, Observation, Performed } from "../../../domain/run/effect.ts";
import type { EffectPorts } from "../../step.ts";
import { channelOf } from "./channels.ts";
import { publishingOf } from "./ecosystems.ts";
import { imageEffectOf, sendImageEffect } from "./image-effects.ts";
import { joinedOf } from "./joined.ts";
import { fromEffect, type PublishedFile } from "./published-file.ts";
import { stagedOf } from "./staged.ts";

export async function send(effect: Effect, seen: Observation, ports: EffectPorts): Promise<Performed> {
  if (seen.kind === "conflict") return { kind: "refused", why: seen.theirs };
  const named = channelOf(effect);
  if (named !== undefined) {
    const { registry, credential } = await ports.open(named.registry, named.channel.package);
    assert(registry.channels !== undefined, `registry "${named.registry}" has no channels`);
    return registry.channels.move(named.channel, credential, ports.signal);
  }
  const joined = joinedOf(effect);
  if (joined !== undefined) {
    const { registry, credential } = await ports.open(joined.registry, joined.index.package);
    assert(registry.join !== undefined, `registry "${joined.registry}" joins no images`);
    return registry.join(joined.index, credential, ports.signal);
  }
  const image = imageEffectOf(effect);
  if (image !== undefined) return sendImageEffect(image, ports);
  const held = stagedOf(effect);
  if (held !== undefined) return sendFile(held, "stage", ports);
  const file = fromEffect(effect);
  return file.staged ? letOut(file, ports) : sendFile(file, "publish", ports);
}

async function letOut({ registry: name, publication }: PublishedFile, ports: EffectPorts): Promise<Performed> {
  const { registry, credential } = await ports.open(name, publication.package);
  assert(registry.staging !== undefined, `registry "${name}" holds nothing unseen`);
  return registry.staging.release(publication, credential, ports.signal);
}

async function sendFile(file: PublishedFile, how: "publish" | "stage", ports: EffectPorts): Promise<Performed> {
  const versions = () => ports.registry(file.registry).versions(file.publication.package, ports.signal);
  const publishing = publishingOf(file.ecosystem);
  const read = await publishing.readMetadata(file, { ports, versions });
  if (read.kind === "unreadable") return { kind: "refused", why: read.why };
  // Nothing was sent: it is tried again a little later.
  if (read.kind === "unknown") return { kind: "later", atMs: ports.clock.nowMs() + lookAgainMs, why: read.why };
  const { registry, credential, byIdentity } = await ports.open(file.registry, file.publication.package);
  const metadata = byIdentity ? read.metadata : (publishing.besideToken?.(read.metadata) ?? read.metadata);
  const upload = { ...file.publication, file: ports.artifactFile(file.artifact), metadata };
  const refusals = registry.refusals(upload);
  if (refusals.length > 0) return { kind: "refused", why: refusals.join("; ") };
  if (how === "publish") return registry.publish(upload, credential, ports.signal);
  assert(registry.staging !== undefined, `registry "${file.registry}" holds nothing unseen`);
  return registry.staging.put(upload, credential, ports.signal);
}

const lookAgainMs = 5_000;
