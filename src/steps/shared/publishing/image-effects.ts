// The effects that images have besides files, lists and names: copies of what another registry holds, and files that are about
// an image. One look and one send for both, so that looking and sending need not know which there are.
import { assert } from "../../../domain/error.ts";
import type { Effect, Observation, Performed } from "../../../domain/run/effect.ts";
import type { EffectPorts, ReadPorts } from "../../step.ts";
import { attach, attachedOf, type Attached } from "./attached.ts";
import { copiedOf, copy, type Copied } from "./copied.ts";

export type ImageEffect = { readonly kind: "attached"; readonly what: Attached } | { readonly kind: "copied"; readonly what: Copied };

/** @returns undefined for an effect that is neither */
export function imageEffectOf(effect: Pick<Effect, "data">): ImageEffect | undefined {
  const attached = attachedOf(effect);
  if (attached !== undefined) return { kind: "attached", what: attached };
  const copied = copiedOf(effect);
  return copied === undefined ? undefined : { kind: "copied", what: copied };
}

export function observeImageEffect(effect: ImageEffect, ports: ReadPorts): Promise<Observation> {
  const registry = ports.registry(effect.what.registry);
  if (effect.kind === "copied") return registry.observe(effect.what.image, ports.signal);
  assert(registry.attachments !== undefined, `registry "${registry.name}" takes attachments`);
  return registry.attachments.observe(effect.what.attachment, ports.signal);
}

export function sendImageEffect(effect: ImageEffect, ports: EffectPorts): Promise<Performed> {
  return effect.kind === "copied" ? copy(effect.what, ports) : attach(effect.what, ports);
}
