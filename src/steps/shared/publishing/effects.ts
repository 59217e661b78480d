// What the world is to hold after a release: one effect per file and registry, then the lists that join images of several
// platforms, then the names that consumers follow. The first file goes alone: a registry that refuses it has refused the
// release with nothing public.
import { SlipwayError } from "../../../domain/error.ts";
import type { PlannedRegistry } from "../../../domain/plan/plan.ts";
import type { Effect } from "../../../domain/run/effect.ts";
import type { Frozen, ReadPorts } from "../../step.ts";
import { afterAttached, listAttached } from "./attached.ts";
import { listChannels } from "./channels.ts";
import { listCopied } from "./copied.ts";
import type { CopySource } from "./copied-from.ts";
import { publishingOf } from "./ecosystems.ts";
import type { Listed } from "./ecosystem.ts";
import { joinImages } from "./images.ts";
import { fromEffect, toData } from "./published-file.ts";
import { lettingOut, toStage } from "./staged.ts";
import { kindsHeldBy, reachAt } from "./traits.ts";

/** How long a file that was accepted may stay unseen before a person is asked. */
const visibleWithinMs = 15 * 60_000;

/** What of it a step wants besides the files: patterns of movable names; absent: none. */
export interface Wanted {
  readonly registries: readonly PlannedRegistry[];
  readonly channels?: readonly string[];
  /** Where images are copied from; absent: those that were made here are sent. */
  readonly from?: CopySource;
}

/**
 * Lists what the world is to hold. Of the registries only what hangs on them is asked: which movable names this version may
 * have. @throws SlipwayError ARTIFACT_SET without a file to publish; ARTIFACT_INVALID with all that a registry would refuse
 */
export async function listEffects(wanted: Wanted, frozen: Frozen<unknown>, ports: ReadPorts): Promise<readonly Effect[]> {
  const effects: Effect[] = [];
  const refusals: string[] = [];
  for (const registry of wanted.registries) {
    const at = { registry, frozen, ports };
    const copied = wanted.from === undefined || registry.ecosystem !== "oci" ? undefined : await listCopied(wanted.from, at);
    const files = copied === undefined ? await lettingOut(await filesAt(registry, frozen, ports), at) : [];
    refusals.push(...refusalsOf(files, ports));
    const joined = copied ?? (registry.ecosystem === "oci" ? await joinImages(files, at) : []);
    const attached = await listAttached([...files, ...joined], at);
    const named = await listChannels([...files, ...joined], { registry, patterns: wanted.channels, ports });
    effects.push(...files, ...joined, ...attached, ...afterAttached(named, attached));
  }
  refuse(refusals);
  return effects;
}

/**
 * The same for what is put where nobody sees it: images by their digests, and versions that their registry holds.
 * @param wanted.demanded what cannot be held stops the step @throws SlipwayError as of `listEffects`, and POLICY_REFUSED
 */
export async function listStaged(
  wanted: { readonly registries: readonly PlannedRegistry[]; readonly demanded: boolean },
  frozen: Frozen<unknown>,
  ports: ReadPorts,
): Promise<readonly Effect[]> {
  const images = wanted.registries.filter(({ ecosystem }) => ecosystem === "oci");
  const effects = [...(await listEffects({ registries: images, channels: [] }, frozen, ports))];
  for (const registry of wanted.registries.filter(({ ecosystem }) => ecosystem !== "oci")) {
    const files = await filesAt(registry, frozen, ports);
    refuse(refusalsOf(files, ports));
    effects.push(...(await toStage(files, wanted.demanded, ports)));
  }
  return effects;
}

function refusalsOf(files: readonly Effect[], ports: ReadPorts): readonly string[] {
  return files.flatMap((effect) => {
    const { registry, publication } = fromEffect(effect);
    return ports.registry(registry).refusals(publication).map((why) => `${registry}: ${why}`); // prettier-ignore
  });
}

function refuse(refusals: readonly string[]): void {
  if (refusals.length === 0) return;
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
