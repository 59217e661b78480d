// What is watched: every package of the file at every registry that an environment of the file names, test indexes too; and where
// the file makes us expect provenance of what is published there.
import type { Configuration, Ecosystem, StepConfiguration } from "../../domain/configuration.ts";
import { planEnvironments } from "../../domain/plan/environments.ts";
import type { PlannedRegistry } from "../../domain/plan/plan.ts";
import type { FoundPackage } from "../packages/found.ts";
import { knownRegistries } from "../vocabulary.ts";

export interface Target {
  readonly registry: PlannedRegistry;
  readonly package: string;
  readonly ecosystem: Ecosystem;
  /** Every version of ours is to show provenance there. */
  readonly wantsProvenance: boolean;
}

/** Packages at registries that are watched. */
export const targetsMax = 10_000;

export function targetsOf(
  configuration: Configuration,
  packages: readonly Pick<FoundPackage, "ecosystem" | "name" | "members">[],
): readonly Target[] {
  const { environments } = planEnvironments(configuration, knownRegistries);
  const uses = environments.flatMap(({ registries }) => registries);
  const byName = new Map(uses.map((one) => [one.name, one]));
  return [...byName.values()].flatMap((registry) => {
    const isTokenless = uses.some(({ name, credentials }) => name === registry.name && credentials.kind === "trusted-publishing");
    return packages
      .filter(({ ecosystem }) => ecosystem === registry.ecosystem)
      .flatMap(({ ecosystem, name, members }) =>
        (members?.map((member) => member.name) ?? [name]).map((one): Target => ({
          registry,
          package: one,
          ecosystem,
          wantsProvenance: isTokenless && attests(configuration, ecosystem),
        })),
      );
  });
}

/** Forms of `attest` that reach a registry of the ecosystem with what is published there. */
const formsAt: Partial<Readonly<Record<Ecosystem, readonly string[]>>> = { pypi: ["pypi-publish"], npm: ["npm-provenance"] };

/** Whether a pipeline attests what it publishes there; without `as` the step makes what Python files take. */
function attests({ pipelines }: Configuration, ecosystem: Ecosystem): boolean {
  const forms = formsAt[ecosystem] ?? [];
  return pipelines
    .flatMap(({ entries }) =>
      entries.flatMap((entry): readonly StepConfiguration[] => (entry.kind === "step" ? [entry.step] : entry.steps)),
    )
    .filter(({ uses }) => uses === "attest")
    .some((step) => {
      const said = step.with["as"];
      return Array.isArray(said) ? said.some((form) => forms.includes(String(form))) : ecosystem === "pypi";
    });
}
