// The step `publish`: makes the frozen files of a release available at the registries of its environment, file by file.
// The engine observes, performs and verifies; here stands what that means for one file (language.md, step table).
import type { Reach } from "../../domain/plan/plan.ts";
import type { Effect, Observation, Performed } from "../../domain/run/effect.ts";
import type { ActingStep, EffectPorts, Use } from "../step.ts";
import { listEffects } from "./effects.ts";
import { publishInput, registriesOf, type PublishInput } from "./input.ts";
import { observeFile, surveyTargets, verifyFile } from "./look.ts";
import { readMetadata } from "./metadata.ts";
import { preflightPublish } from "./preflight.ts";
import { fromEffect } from "./published-file.ts";

export const publishStep: ActingStep<PublishInput> = {
  name: "publish",
  revision: 1,
  kind: "acting",
  zone: "publish",
  summary: "Publishes the frozen files of the release to the registries of its environment, and reads each back.",
  input: publishInput,
  timeoutMs: 60 * 60_000,
  takes: (use) => [{ kinds: ["wheel", "sdist"], packages: use.packages.filter((one) => one.ecosystem === "pypi").map((one) => one.id) }],
  makes: () => [],
  publishes: (use) => registriesOf(use).map((registry) => registry.name),
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  notYet: ({ input }) => (input.channels === undefined ? undefined : "`channels` of `publish`"),
  describe: (use) =>
    `publish ${titlesOf(use)} to ${registriesOf(use)
      .map((registry) => registry.name)
      .join(" and ")}`,
  preflight: preflightPublish,
  reach: reachOf,
  effects: async (frozen, ports) => listEffects(frozen, ports),
  survey: surveyTargets,
  observe: observeFile,
  perform: sendFile,
  verify: verifyFile,
};

/** At a test index a name may be burned, and nobody depends on it; anywhere else a published file stays published. */
function reachOf(use: Use<PublishInput>): Reach {
  return registriesOf(use).every((registry) => registry.test) ? "expendable" : "irreversible";
}

function titlesOf(use: Use<PublishInput>): string {
  return use.packages.map((one) => `${one.name} ${one.version}`).join(", ");
}

/** Sends one file. What a reply means for the world is for the next look to say. */
async function sendFile(effect: Effect, seen: Observation, ports: EffectPorts): Promise<Performed> {
  if (seen.kind === "conflict") return { kind: "refused", why: seen.theirs };
  const file = fromEffect(effect);
  const read = await readMetadata(file, ports);
  if (read.kind === "unreadable") return { kind: "refused", why: read.why };
  const { registry, credential } = await ports.open(file.registry);
  const upload = { ...file.publication, file: ports.artifactFile(file.artifact), metadata: read.metadata };
  const refusals = registry.refusals(upload);
  if (refusals.length > 0) return { kind: "refused", why: refusals.join("; ") };
  return registry.publish(upload, credential, ports.signal);
}
