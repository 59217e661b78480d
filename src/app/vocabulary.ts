// Joins the step catalogue with the language and with the plan: what a step is called, what its `with:` may hold, what
// it takes and makes. The only place where configuration and steps meet.
import type { Json } from "../domain/configuration.ts";
import type { DescribeStep, Described, StepTraits, StepUse } from "../domain/plan/assemble.ts";
import type { KnownRegistry } from "../domain/plan/environments.ts";
import { parseConfiguration } from "../config/parse.ts";
import type { ParsedConfiguration } from "../config/parse.ts";
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

export function parseSlipwayYaml(text: string, file: string): ParsedConfiguration {
  return parseConfiguration(text, file, vocabulary);
}

const byName: ReadonlyMap<string, Step> = new Map(stepCatalog.map((step) => [step.name, step]));

/** The built-in step of a catalogue name, or undefined. */
export function stepNamed(name: string): Step | undefined {
  return byName.get(name);
}

export const describeStep: DescribeStep = (use: StepUse): Described => {
  const step = byName.get(use.uses);
  if (step === undefined) return { kind: "not-yet", what: `step \`${use.uses}\`` };
  const parsed = step.input.safeParse(use.with, { jitless: true });
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      path: ["with", ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))],
      message: issue.message,
    }));
    return { kind: "invalid", problems };
  }
  const full: Use<unknown> = {
    input: parsed.data,
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
    publishes: step.publishes?.(use) ?? [],
    reads: step.reads?.(use) ?? [],
    reach: step.kind === "acting" ? step.reach(use) : undefined,
    looksEverywhere: step.looksEverywhere?.(use) ?? "never",
    usesForge: step.usesForge?.(use) ?? false,
    writesSource: step.writesSource?.(use) ?? false,
    timeoutMs: step.timeoutMs,
  };
}
