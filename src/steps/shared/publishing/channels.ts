// The names that consumers follow – tags of images, dist-tags of npm – as effects of their own, after everything that they
// lead to. Which of them this version may have hangs on what is there already: a prerelease and a hotfix of an older line do
// not take the names of a higher version.
import { z } from "zod";
import type { Ecosystem } from "../../../domain/configuration.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { nameChannels } from "../../../domain/oci/channels.ts";
import type { PlannedRegistry } from "../../../domain/plan/plan.ts";
import type { Effect } from "../../../domain/run/effect.ts";
import type { Channel } from "../../../registries/registry.ts";
import type { ReadPorts } from "../../step.ts";
import { looksAtOnce, sideBySide } from "./side-by-side.ts";

/** An image that no name leads to is found by nobody; an npm package has its dist-tag from its publishing. */
const usualPatterns: Readonly<Partial<Record<Ecosystem, readonly string[]>>> = { oci: ["{version}"] };

const channelData = z.object({
  form: z.literal("channel"),
  registry: z.string(),
  package: z.string(),
  channel: z.string(),
  version: z.string(),
  registryDigest: z.string().optional(),
});

interface Naming {
  readonly registry: PlannedRegistry;
  /** Undefined: the usual ones; none: no name at all. */
  readonly patterns: readonly string[] | undefined;
  readonly ports: ReadPorts;
}

/** @param held files and joined images of one registry. @throws SlipwayError PLAN_INVALID for a pattern that is none */
export async function listChannels(held: readonly Effect[], naming: Naming): Promise<readonly Effect[]> {
  const { registry, patterns = usualPatterns[registry.ecosystem] ?? [], ports } = naming;
  if (patterns.length === 0) return [];
  if (ports.registry(registry.name).channels === undefined)
    throw new SlipwayError(
      "PLAN_INVALID",
      `Cannot move channels at ${registry.name}: a ${registry.ecosystem} registry has no movable names`,
      {
        hint: "Leave `channels:` out of the step",
      },
    );
  const byName = Map.groupBy(held, (effect) => subjectOf(effect).name);
  const found = await sideBySide([...byName.values()], looksAtOnce, async (group) => {
    // What joins others stands behind them.
    const last = group.at(-1);
    return last === undefined ? [] : channelsOf(last, { group, patterns, naming });
  });
  return found.flat();
}

interface Leading {
  readonly group: readonly Effect[];
  readonly patterns: readonly string[];
  readonly naming: Naming;
}

async function channelsOf(to: Effect, { group, patterns, naming }: Leading): Promise<readonly Effect[]> {
  const { registry, ports } = naming;
  const { name, version } = subjectOf(to);
  const there = await ports.registry(registry.name).versions(name, ports.signal);
  const named = nameChannels(patterns, version, there.kind === "listed" ? there.versions : []);
  if (named.kind === "invalid") throw new SlipwayError("PLAN_INVALID", `Cannot name the channels of ${name}: ${named.why}`);
  for (const { name: channel, held } of named.channels)
    if (held !== undefined) ports.log.info(`"${channel}" of ${name} at ${registry.name} stays where it is: ${held}`);
  const free = named.channels.filter((one) => one.held === undefined);
  return free.map(({ name: channel }) => ({
    ...to,
    key: `${registry.name}/${name}:${channel}`,
    title: `"${channel}" of ${name} at ${registry.name}`,
    after: group.map(({ key }) => key),
    reach: "reversible" as const,
    again: "harmless" as const,
    data: {
      form: "channel",
      registry: registry.name,
      package: name,
      channel,
      version,
      ...(typeof to.data["registryDigest"] === "string" && registry.ecosystem === "oci"
        ? { registryDigest: to.data["registryDigest"] }
        : {}),
    },
  }));
}

/** What a file or a list is of. */
function subjectOf({ key, data }: Effect): { readonly name: string; readonly version: string } {
  const { package: name, version } = data;
  if (typeof name === "string" && typeof version === "string") return { name, version };
  throw new SlipwayError("INTERNAL_ASSERTION", `Cannot read the effect "${key}" of \`publish\` back`);
}

/** @returns undefined for an effect that is no channel */
export function channelOf(effect: Pick<Effect, "data">): { readonly registry: string; readonly channel: Channel } | undefined {
  const read = channelData.safeParse(effect.data);
  if (!read.success) return undefined;
  const { registry, package: name, channel, version, registryDigest } = read.data;
  return { registry, channel: { package: name, name: channel, version, ...(registryDigest === undefined ? {} : { registryDigest }) } };
}
