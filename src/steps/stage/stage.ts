// The step `stage`: puts what is to be published where it is held and seen by nobody, above the line. Images have such a
// place: a manifest that no tag leads to is found by its digest alone. `publish` then only moves the names.
import { registriesOf, takesFor, tellTargets } from "../shared/publishing/registries.ts";
import type { ActingStep, Use } from "../step.ts";
import { stageInput, type StageInput } from "./input.ts";

export const stageStep: ActingStep<StageInput> = {
  name: "stage",
  revision: 1,
  kind: "acting",
  zone: "publish",
  summary: "Puts images at their registry by digest, where no tag leads to them yet.",
  input: stageInput,
  timeoutMs: 60 * 60_000,
  takes: (use) => takesFor(use, targetsOf(use)),
  makes: () => [],
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  notYet: (use) => {
    const other = targetsOf(use).find((registry) => registry.ecosystem !== "oci");
    return other === undefined ? undefined : `\`stage\` at "${other.name}", a registry of the ecosystem "${other.ecosystem}"`;
  },
  describe: (use) => `stage ${tellTargets(use, targetsOf(use))}`,
  preflight: async (planned, ports) => (await acting()).preflightPublishing(planned, targetsOf(planned), ports),
  reach: () => "reversible",
  effects: async (frozen, ports) => (await acting()).listEffects({ registries: targetsOf(frozen), channels: [] }, frozen, ports),
  survey: async (effects, ports) => (await acting()).surveyTargets(effects, ports),
  observe: async (effect, ports) => (await acting()).observe(effect, ports),
  perform: async (effect, seen, ports) => (await acting()).send(effect, seen, ports),
  verify: async (effect, ports) => (await acting()).verify(effect, ports),
};

/** Loaded when it is needed: a plan asks what a step takes and how far it reaches, and performs nothing. */
const acting = () => import("../shared/publishing/acting.ts");

function targetsOf(use: Pick<Use<StageInput>, "input" | "environment">) {
  return registriesOf(use, "stage");
}
