// The write side of publishing: one file, one list, one name. What a reply means for the world is for the next look to say.
import { assert } from "../../../domain/error.ts";
import type { Effect, Observation, Performed } from "../../../domain/run/effect.ts";
import type { EffectPorts } from "../../step.ts";
import { channelOf } from "./channels.ts";
import { publishingOf } from "./ecosystems.ts";
import { joinedOf } from "./joined.ts";
import { fromEffect } from "./published-file.ts";

export async function send(effect: Effect, seen: Observation, ports: EffectPorts): Promise<Performed> {
  if (seen.kind === "conflict") return { kind: "refused", why: seen.theirs };
  const named = channelOf(effect);
  if (named !== undefined) {
    const { registry, credential } = await ports.open(named.registry);
    assert(registry.channels !== undefined, `registry "${named.registry}" has no channels`);
    return registry.channels.move(named.channel, credential, ports.signal);
  }
  const joined = joinedOf(effect);
  if (joined !== undefined) {
    const { registry, credential } = await ports.open(joined.registry);
    assert(registry.join !== undefined, `registry "${joined.registry}" joins no images`);
    return registry.join(joined.index, credential, ports.signal);
  }
  return sendFile(effect, ports);
}

async function sendFile(effect: Effect, ports: EffectPorts): Promise<Performed> {
  const file = fromEffect(effect);
  const versions = () => ports.registry(file.registry).versions(file.publication.package, ports.signal);
  const read = await publishingOf(file.ecosystem).readMetadata(file, { ports, versions });
  if (read.kind === "unreadable") return { kind: "refused", why: read.why };
  // Nothing was sent: it is tried again a little later.
  if (read.kind === "unknown") return { kind: "later", atMs: ports.clock.nowMs() + lookAgainMs, why: read.why };
  const { registry, credential } = await ports.open(file.registry);
  const upload = { ...file.publication, file: ports.artifactFile(file.artifact), metadata: read.metadata };
  const refusals = registry.refusals(upload);
  if (refusals.length > 0) return { kind: "refused", why: refusals.join("; ") };
  return registry.publish(upload, credential, ports.signal);
}

const lookAgainMs = 5_000;
