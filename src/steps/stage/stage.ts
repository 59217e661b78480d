// The step `stage`: puts what is to be published where it is held and seen by nobody, above the line. Images have such a
// place: a manifest that no tag leads to is found by its digest alone, and `publish` then only moves the names. So has npm: a
// staged version is for its owners alone until it is let out, which is what `publish` then does.
import { SlipwayError } from "../../domain/error.ts";
import type { PlannedRegistry } from "../../domain/plan/plan.ts";
import { registriesOf, takesFor, tellTargets } from "../shared/publishing/registries.ts";
import type { ActingStep, Use } from "../step.ts";
import { stageInput, type StageInput } from "./input.ts";

export const stageStep: ActingStep<StageInput> = {
  name: "stage",
  revision: 2,
  kind: "acting",
  zone: "publish",
  summary:
    "Puts what is to be published at its registry where nobody sees it yet: images by digest, npm packages in the registry's staging. `publish` shows it.",
  input: stageInput,
  timeoutMs: 60 * 60_000,
  takes: (use) => takesFor(use, targetsOf(use)),
  makes: () => [],
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  notYet: (use) => {
    const tokenless = targetsOf(use).find(({ ecosystem, credentials }) => ecosystem === "npm" && credentials.kind === "trusted-publishing");
    return tokenless === undefined
      ? undefined
      : `\`stage\` at "${tokenless.name}" by trusted publishing, which may not look at what it staged`;
  },
  describe: (use) => `stage ${tellTargets(use, targetsOf(use))}`,
  preflight: async (planned, ports) => {
    const { preflightPublishing, preflightStaging } = await acting();
    const registries = targetsOf(planned);
    const found = await preflightPublishing(planned, registries, ports);
    return [...found, ...(await preflightStaging(planned, { registries, demanded: isDemanded(planned) }, ports))];
  },
  reach: () => "reversible",
  effects: async (frozen, ports) =>
    (await acting()).listStaged({ registries: targetsOf(frozen), demanded: isDemanded(frozen) }, frozen, ports),
  survey: async (effects, ports) => (await acting()).surveyTargets(effects, ports),
  observe: async (effect, ports) => (await acting()).observe(effect, ports),
  perform: async (effect, seen, ports) => (await acting()).send(effect, seen, ports),
  verify: async (effect, ports) => (await acting()).verify(effect, ports),
};

/** Loaded when it is needed: a plan asks what a step takes and how far it reaches, and performs nothing. */
const acting = () => import("../shared/publishing/acting.ts");

type Asked = Pick<Use<StageInput>, "input" | "environment">;

/** Who names a registry wants everything to be held there. */
function isDemanded({ input }: Pick<Asked, "input">): boolean {
  return input.to !== undefined;
}

/**
 * What has such a place; of an environment the others are left to `publish`.
 * @throws SlipwayError PLAN_INVALID where there is none, or one is named that has none
 */
function targetsOf(use: Asked): readonly PlannedRegistry[] {
  const asked = registriesOf(use, "stage");
  const able = asked.filter(({ ecosystem }) => ecosystem === "oci" || ecosystem === "npm");
  const other = asked.find((registry) => !able.includes(registry));
  if (other === undefined || (able.length > 0 && !isDemanded(use))) return able;
  throw new SlipwayError(
    "PLAN_INVALID",
    `Cannot stage at "${other.name}": whatever is put at a registry of the ecosystem "${other.ecosystem}" is public at once`,
    { hint: "Leave it to `publish`, below everything that can fail" },
  );
}
