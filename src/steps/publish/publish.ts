// The step `publish`: makes the frozen files of a release available at the registries of its environment, file by file, and
// leads the names that consumers follow to them. The engine observes, performs and verifies; what that means for a file of
// each ecosystem stands in shared/publishing (language.md, step table).
import { registriesOf, takesToPublish, tellTargets } from "../shared/publishing/registries.ts";
import { copySource } from "../shared/publishing/copied-from.ts";
import { farthestReach, reachAt } from "../shared/publishing/traits.ts";
import type { PlannedRegistry } from "../../domain/plan/plan.ts";
import type { ActingStep, Use } from "../step.ts";
import { publishInput, type PublishInput } from "./input.ts";

export const publishStep: ActingStep<PublishInput> = {
  name: "publish",
  revision: 1,
  kind: "acting",
  zone: "publish",
  summary: "Publishes the frozen files of the release to the registries of its environment, and reads each back.",
  input: publishInput,
  timeoutMs: 60 * 60_000,
  takes: (use) => takesToPublish(use, targetsOf(use)),
  makes: () => [],
  publishes: (use) => targetsOf(use).map((registry) => registry.name),
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  describe: (use) => `publish ${tellTargets(use, targetsOf(use))}`,
  preflight: async (planned, ports) => (await acting()).preflightPublishing(planned, targetsOf(planned), ports),
  reach: (use) => farthestReach(targetsOf(use).map(reachAt)),
  effects: async (frozen, ports) => {
    const { channels } = frozen.input;
    const { listEffects } = await acting();
    const from = copySource(frozen);
    const wanted = {
      registries: targetsOf(frozen),
      ...(channels === undefined ? {} : { channels }),
      ...(from === undefined ? {} : { from }),
    };
    return listEffects(wanted, frozen, ports);
  },
  survey: async (effects, ports) => (await acting()).surveyTargets(effects, ports),
  observe: async (effect, ports) => (await acting()).observe(effect, ports),
  perform: async (effect, seen, ports) => (await acting()).send(effect, seen, ports),
  verify: async (effect, ports) => (await acting()).verify(effect, ports),
};

/** Loaded when it is needed: a plan asks what a step takes and how far it reaches, and performs nothing. */
const acting = () => (loaded ??= import("../shared/publishing/acting.ts"));

/** Node resolves an import anew each time that it is asked for, and every look asks. */
let loaded: Promise<typeof import("../shared/publishing/acting.ts")> | undefined;

/** Where images are copied from is no target, unless they have another name there. */
function targetsOf(use: Pick<Use<PublishInput>, "input" | "environment">): readonly PlannedRegistry[] {
  const from = copySource(use);
  const asked = registriesOf(use);
  if (from === undefined || use.input.to !== undefined || from.repository !== undefined) return asked;
  return asked.filter(({ name }) => name !== from.registry.name);
}
