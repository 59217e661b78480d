// The effects of `publish`: one per file and registry, in an order that leaves as little behind as possible.
//
// One file, the pilot, goes first and alone: a registry that refuses it has refused the release with nothing public, or
// with one file at most. The pilot is a wheel, because the first file of a version fixes its metadata (protocols §1.1)
// and a wheel's METADATA has no dynamic fields; a wheel for any platform before one for some, because alone it already
// serves everybody; then the smallest, because it is refused the soonest. An sdist goes last of its package: while it
// stands alone, or before the wheel somebody needs, installers would build from it.
import type { Artifact } from "../../domain/artifact.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { PlannedPackage, PlannedRegistry } from "../../domain/plan/plan.ts";
import type { Effect } from "../../domain/run/effect.ts";
import { parseWheelFileName } from "../../domain/pypi/names.ts";
import type { Frozen, ReadPorts } from "../step.ts";
import { registriesOf, type PublishInput } from "./input.ts";
import { fromEffect, toData } from "./published-file.ts";

/** How long a file that was accepted may stay unseen before a person is asked. */
export const visibleWithinMs = 15 * 60_000;

/**
 * Lists what the world is to hold. Nothing is looked at but the rules that a registry can tell without being asked.
 * @throws SlipwayError ARTIFACT_SET without a file to publish; ARTIFACT_INVALID with all that a registry would refuse.
 */
export function listEffects(frozen: Frozen<PublishInput>, ports: ReadPorts): readonly Effect[] {
  const effects = registriesOf(frozen).flatMap((registry) => effectsAt(registry, frozen, ports));
  const refusals = effects.flatMap((effect) => {
    const { registry, publication } = fromEffect(effect);
    return ports
      .registry(registry)
      .refusals(publication)
      .map((why) => `${registry}: ${why}`);
  });
  if (refusals.length > 0) {
    throw new SlipwayError("ARTIFACT_INVALID", `Cannot publish: ${refusals.join("; ")}`, {
      hint: "Mend the build; nothing was sent",
      details: { refusals },
    });
  }
  return effects;
}

interface File {
  readonly artifact: Artifact;
  readonly one: PlannedPackage;
}

function effectsAt(registry: PlannedRegistry, frozen: Frozen<PublishInput>, ports: ReadPorts): readonly Effect[] {
  const files = inOrder(filesFor(registry, frozen));
  const [pilot] = files;
  if (pilot === undefined) {
    throw new SlipwayError("ARTIFACT_SET", `Cannot publish to ${registry.name}: no step above made a file that it can hold`, {
      hint: "Put a step that builds above `publish`",
    });
  }
  const key = (file: File): string => `${registry.name}/${file.artifact.name}`;
  const { settleMs } = ports.registry(registry.name);
  return files.map((file) => ({
    key: key(file),
    target: registry.name,
    title: `${file.artifact.name} at ${registry.name}`,
    after: files.filter((other) => goesBefore(other, file, pilot)).map(key),
    reach: registry.test ? "expendable" : "irreversible",
    // PyPI takes the same bytes twice without storing them again (protocols §1.2, row 10); others answer that they are
    // there, which the look after it understands.
    again: "harmless",
    settleMs,
    withinMs: visibleWithinMs,
    data: toData(file.artifact, file.one, registry),
  }));
}

function filesFor(registry: PlannedRegistry, frozen: Frozen<PublishInput>): readonly File[] {
  const packages = frozen.packages.filter((one) => one.ecosystem === registry.ecosystem);
  return frozen.artifacts.flatMap((artifact) => {
    const one = packages.find((candidate) => candidate.id === artifact.package);
    return one === undefined || (artifact.kind !== "wheel" && artifact.kind !== "sdist") ? [] : [{ artifact, one }];
  });
}

function goesBefore(other: File, file: File, pilot: File): boolean {
  if (file === pilot || other === file) return false;
  if (other === pilot) return true;
  return file.artifact.kind === "sdist" && other.artifact.kind === "wheel" && other.artifact.package === file.artifact.package;
}

function inOrder(files: readonly File[]): readonly File[] {
  return files.toSorted((a, b) => {
    const byKind = rank(a.artifact) - rank(b.artifact);
    if (byKind !== 0) return byKind;
    return a.artifact.sizeBytes - b.artifact.sizeBytes || (a.artifact.name < b.artifact.name ? -1 : 1);
  });
}

/** 0: a wheel for any platform; 1: any other wheel; 2: an sdist. */
function rank(artifact: Artifact): number {
  if (artifact.kind === "sdist") return 2;
  const read = parseWheelFileName(artifact.name);
  return read.kind === "wheel" && read.platform.includes("any") ? 0 : 1;
}
