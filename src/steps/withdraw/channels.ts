// The names that lead people to a version which is taken back: dist-tags go back to the newest version that remains, tags of images
// that name the very digest are taken away. They go before the version, so that nobody is led to what is half gone.
import { z } from "zod";
import { SlipwayError } from "../../domain/error.ts";
import type { PlannedRegistry } from "../../domain/plan/plan.ts";
import type { Effect, Observation, Performed } from "../../domain/run/effect.ts";
import type { LeftChannel } from "../../registries/registry.ts";
import type { EffectPorts, ReadPorts } from "../step.ts";

const channelData = z.strictObject({
  kind: z.literal("channel"),
  registry: z.string(),
  package: z.string(),
  channel: z.string(),
  version: z.string(),
  registryDigest: z.string().optional(),
  to: z.string().optional(),
});

export interface ChannelData {
  readonly registry: string;
  readonly left: LeftChannel;
}

/** Undefined for an effect that is no channel. */
export function readChannelData(effect: Pick<Effect, "data">): ChannelData | undefined {
  const read = channelData.safeParse(effect.data);
  if (!read.success) return undefined;
  const { registry, package: name, channel, version, registryDigest, to } = read.data;
  const rest = { ...(registryDigest === undefined ? {} : { registryDigest }), ...(to === undefined ? {} : { to }) };
  return { registry, left: { package: name, name: channel, version, ...rest } };
}

export interface ChannelEffects {
  readonly effects: readonly Effect[];
  /** Names that must lead somewhere, with nothing else to lead to. */
  readonly staying: readonly string[];
}

/** @param of the effect that takes the version back @throws SlipwayError STEP_FAILED where the registry does not say what leads there */
export async function channelEffects(
  of: Effect,
  at: { readonly registry: PlannedRegistry; readonly package: string; readonly version: string; readonly ports: ReadPorts },
): Promise<ChannelEffects> {
  const { registry, ports, version } = at;
  const { leaving } = ports.registry(registry.name);
  if (leaving === undefined) return { effects: [], staying: [] };
  const leading = await leaving.leadingTo({ package: at.package, version }, ports.signal);
  if (leading.kind === "unknown")
    throw new SlipwayError("STEP_FAILED", `Cannot tell which names at ${registry.name} lead to ${at.package} ${version}: ${leading.why}`, {
      hint: "Look at the network, then run the same command again",
    });
  const effects = leading.channels.map(({ package: name, name: channel, version: from, ...rest }): Effect => ({
    ...of,
    key: `channel/${registry.name}/${name}:${channel}`,
    title:
      rest.to === undefined
        ? `no "${channel}" of ${name} at ${registry.name}`
        : `"${channel}" of ${name} back to ${rest.to} at ${registry.name}`,
    data: { kind: "channel", registry: registry.name, package: name, channel, version: from, ...rest },
  }));
  return { effects, staying: leading.staying };
}

export async function observeChannel({ registry, left }: ChannelData, ports: ReadPorts): Promise<Observation> {
  const { leaving } = ports.registry(registry);
  return leaving === undefined ? { kind: "unknown", why: `"${registry}" has no movable names` } : leaving.observe(left, ports.signal);
}

export async function leaveChannel({ registry: name, left }: ChannelData, ports: EffectPorts): Promise<Performed> {
  const { registry, credential } = await ports.open(name, left.package);
  if (registry.leaving === undefined) return { kind: "refused", why: `"${name}" has no movable names` };
  return registry.leaving.leave(left, credential, ports.signal);
}
