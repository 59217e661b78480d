// What the world is to hold after a release: one effect per file and registry, then the lists that join images of several
// platforms, then the names that consumers follow. The first file goes alone: a registry that refuses it has refused the
// release with nothing public.
import { SlipwayError } from "../../../domain/error.ts";
import type { PlannedRegistry } from "../../../domain/plan/plan.ts";
import type { Effect } from "../../../domain/run/effect.ts";
import type { Frozen, ReadPorts } from "../../step.ts";
import { listChannels } from "./channels.ts";
import { publishingOf } from "./ecosystems.ts";
import type { Listed } from "./ecosystem.ts";
import { joinImages } from "./images.ts";
import { fromEffect, toData } from "./published-file.ts";
import { kindsHeldBy, reachAt } from "./traits.ts";

/** How long a file that was accepted may stay unseen before a person is asked. */
const visibleWithinMs = 15 * 60_000;

/** What of it a step wants besides the files: patterns of movable names; absent: none. */
export interface Wanted {
  readonly registries: readonly PlannedRegistry[];
  readonly channels?: readonly string[];
}

/**
 * Lists what the world is to hold. Of the registries only what hangs on them is asked: which movable names this version may
 * have. @throws SlipwayError ARTIFACT_SET without a file to publish; ARTIFACT_INVALID with all that a registry would refuse
 */
export async function listEffects(wanted: Wanted, frozen: Frozen<unknown>, ports: ReadPorts): Promise<readonly Effect[]> {
  const effects: Effect[] = [];
  const refusals: string[] = [];
  for (const registry of wanted.registries) {
    const files = await filesAt(registry, frozen, ports);
    for (const effect of files) {
      const { publication } = fromEffect(effect);
      refusals.push(...ports.registry(registry.name).refusals(publication).map((why) => `${registry.name}: ${why}`)); // prettier-ignore
    }
    const joined = registry.ecosystem === "oci" ? await joinImages(files, { registry, frozen, ports }) : [];
    const named = await listChannels([...files, ...joined], { registry, patterns: wanted.channels, ports });
    effects.push(...files, ...joined, ...named);
  }
  if (refusals.length === 0) return effects;
  throw new SlipwayError("ARTIFACT_INVALID", `Cannot publish: ${refusals.join("; ")}`, {
    hint: "Mend the build; nothing was sent",
    details: { refusals },
  });
}

async function filesAt(registry: PlannedRegistry, frozen: Frozen<unknown>, ports: ReadPorts): Promise<readonly Effect[]> {
  const publishing = publishingOf(registry.ecosystem);
  const packages = frozen.packages.filter((one) => one.ecosystem === registry.ecosystem);
  const artifacts = frozen.artifacts.filter((one) => kindsHeldBy(registry.ecosystem).includes(one.kind));
  const files = await publishing.list({ frozen, ports, registry, packages, artifacts });
  const [pilot] = files;
  if (pilot === undefined) {
    throw new SlipwayError("ARTIFACT_SET", `Cannot publish to ${registry.name}: no step above made a file that it can hold`, {
      hint: "Put a step that builds above `publish`",
    });
  }
  const key = ({ artifact }: Pick<Listed, "artifact">): string => `${registry.name}/${artifact.name}`;
  const { settleMs } = ports.registry(registry.name);
  return files.map((file) => ({
    key: key(file),
    target: registry.name,
    title: `${file.artifact.name} at ${registry.name}`,
    after: file === pilot ? [] : [...new Set([key(pilot), ...file.after.map((artifact) => key({ artifact }))])],
    reach: reachAt(registry),
    again: publishing.again,
    settleMs,
    withinMs: visibleWithinMs,
    ...(file.lane === undefined ? {} : { lane: file.lane }),
    data: toData(file, registry),
  }));
}
