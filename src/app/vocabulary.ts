// Joins the step catalogue with the language and with the plan: what a step is called, what its `with:` may hold, what
// it takes and makes. The only place where configuration and steps meet.
import type { Json } from "../domain/configuration.ts";
import type { DescribeStep, Described, StepTraits, StepUse } from "../domain/plan/assemble.ts";
import type { KnownRegistry } from "../domain/plan/environments.ts";
import { parseConfiguration } from "../config/parse.ts";
import type { ParsedConfiguration } from "../config/parse.ts";
import { unexplained } from "../config/faults.ts";
import type { StepWord, Vocabulary } from "../config/vocabulary.ts";
import { knownServices } from "../domain/known-services.ts";
import { laterSteps, stepCatalog } from "../steps/catalog.ts";
import type { Step, Use } from "../steps/step.ts";

export const knownRegistries: readonly KnownRegistry[] = knownServices.map(({ name, ecosystem, test }) => ({ name, ecosystem, test }));

export const vocabulary: Vocabulary = {
  steps: new Map<string, StepWord>([
    ...stepCatalog.map((step): [string, StepWord] => [
      step.name,
      { input: step.input, kind: step.kind, available: true, summary: step.summary },
    ]),
    ...laterSteps.map((step): [string, StepWord] => [
      step.name,
      { input: step.input, kind: step.kind, available: false, summary: step.summary },
    ]),
  ]),
  knownRegistries,
};

/** Most files fit; what tells the faults of another is loaded for it. */
export async function parseSlipwayYaml(text: string, file: string): Promise<ParsedConfiguration> {
  const quick = parseConfiguration(text, file, { ...vocabulary, faultsOf: unexplained });
  if (quick.kind === "parsed") return quick;
  const { faultsOf } = await import("../config/faults-by-zod.ts");
  return parseConfiguration(text, file, { ...vocabulary, faultsOf });
}

const byName: ReadonlyMap<string, Step> = new Map(stepCatalog.map((step) => [step.name, step]));

/** The built-in step of a catalogue name, or undefined. */
export function stepNamed(name: string): Step | undefined {
  return byName.get(name);
}

export const describeStep: DescribeStep = (use: StepUse): Described => {
  const step = byName.get(use.uses);
  if (step === undefined) return { kind: "not-yet", what: `step \`${use.uses}\`` };
  // What is wrong with it was told when slipway.yaml was read.
  if (!step.input.fits(use.with))
    return { kind: "invalid", problems: [{ path: ["with"], message: `Cannot use \`${use.uses}\`: its input does not fit` }] };
  const full: Use<unknown> = {
    input: use.with,
    leg: use.leg,
    packages: use.packages,
    ...(use.environment === undefined ? {} : { environment: use.environment }),
  };
  const later = step.notYet?.(full, use.versions);
  return later === undefined ? { kind: "described", traits: traitsOf(step, full) } : { kind: "not-yet", what: later };
};

function traitsOf(step: Step, use: Use<unknown>): StepTraits {
  return {
    uses: `${step.name}@${step.revision}`,
    kind: step.kind,
    zone: step.zone,
    title: step.describe(use),
    input: JSON.parse(JSON.stringify(use.input ?? null)) as Json,
    takes: step.takes(use),
    makes: step.makes(use),
    ...(step.builds === undefined ? {} : { builds: step.builds }),
    publishes: step.publishes?.(use) ?? [],
    reads: step.reads?.(use) ?? [],
    reach: step.kind === "acting" ? step.reach(use) : undefined,
    looksEverywhere: step.looksEverywhere?.(use) ?? "never",
    usesForge: step.usesForge?.(use) ?? false,
    writesSource: step.writesSource?.(use) ?? false,
    timeoutMs: step.timeoutMs,
  };
}
