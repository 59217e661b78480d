// The step `publish`: makes the frozen files of a release available at the registries of its environment, file by file, and
// leads the names that consumers follow to them. The engine observes, performs and verifies; what that means for a file of
// each ecosystem stands in shared/publishing (language.md, step table).
import { registriesOf, takesFor, tellTargets } from "../shared/publishing/registries.ts";
import { farthestReach, reachAt } from "../shared/publishing/traits.ts";
import type { ActingStep } from "../step.ts";
import { publishInput, type PublishInput } from "./input.ts";

export const publishStep: ActingStep<PublishInput> = {
  name: "publish",
  revision: 1,
  kind: "acting",
  zone: "publish",
  summary: "Publishes the frozen files of the release to the registries of its environment, and reads each back.",
  input: publishInput,
  timeoutMs: 60 * 60_000,
  takes: (use) => takesFor(use, registriesOf(use)),
  makes: () => [],
  publishes: (use) => registriesOf(use).map((registry) => registry.name),
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  describe: (use) => `publish ${tellTargets(use, registriesOf(use))}`,
  preflight: async (planned, ports) => (await acting()).preflightPublishing(planned, registriesOf(planned), ports),
  reach: (use) => farthestReach(registriesOf(use).map(reachAt)),
  effects: async (frozen, ports) => {
    const { channels } = frozen.input;
    const { listEffects } = await acting();
    return listEffects({ registries: registriesOf(frozen), ...(channels === undefined ? {} : { channels }) }, frozen, ports);
  },
  survey: async (effects, ports) => (await acting()).surveyTargets(effects, ports),
  observe: async (effect, ports) => (await acting()).observe(effect, ports),
  perform: async (effect, seen, ports) => (await acting()).send(effect, seen, ports),
  verify: async (effect, ports) => (await acting()).verify(effect, ports),
};

/** Loaded when it is needed: a plan asks what a step takes and how far it reaches, and performs nothing. */
const acting = () => import("../shared/publishing/acting.ts");
