// What the finding makers of `doctor` look at: the project, its packages, where they are published and by which pipelines. Worked out
// once, from the file and the commit; no plan is made, so that a release that cannot be planned today is diagnosed all the same.
import type { Configuration } from "../../domain/configuration.ts";
import type { DoctorFinding } from "../../domain/doctor/finding.ts";
import { planEnvironments } from "../../domain/plan/environments.ts";
import type { PlannedForge, PlannedRegistry } from "../../domain/plan/plan.ts";
import { stepsOf } from "../../config/rules/rule.ts";
import type { Registry } from "../../registries/registry.ts";
import { planForge } from "../forges.ts";
import { commitSource } from "../packages/commit-source.ts";
import type { FoundPackage } from "../packages/found.ts";
import { findPackages } from "../packages/packages.ts";
import type { Project } from "../project.ts";
import type { World } from "../world.ts";

/** One registry of one environment. */
export interface Place {
  readonly environment: string;
  readonly registry: PlannedRegistry;
  /** Undefined where its client cannot be made; the plan says why. */
  readonly opened: Registry | undefined;
  /** Names of what is published there, in the order of the file. */
  readonly names: readonly string[];
  /** Pipelines with a step in this environment; none: nothing is published there. */
  readonly pipelines: readonly string[];
}

export interface Around {
  readonly world: World;
  readonly project: Project;
  /** None where the commit does not tell them; the plan says why. */
  readonly packages: readonly FoundPackage[];
  readonly forge: PlannedForge | undefined;
  readonly places: readonly Place[];
  /** Ends what is asked of servers: a person waits, and what has not answered by then is told as unknown. */
  readonly signal: AbortSignal;
}

/** Makers are asked side by side, and what they give is shown in the order in which they stand. */
export type FindingMaker = (around: Around) => Promise<readonly DoctorFinding[]>;

/** Every open path is named within ten seconds (trust §8, G15); what servers say has to be there before. */
export const patienceMs = 8_000;

/** @returns the packages' fault beside the rest, where they cannot be found */
export async function lookAround(world: World, project: Project): Promise<{ readonly around: Around; readonly fault: unknown }> {
  const { configuration, look } = project;
  const [found, forge, registries, { knownRegistries }] = await Promise.all([
    findPackages(configuration, commitSource(world.git, look, configuration)).then(
      (packages) => ({ packages, fault: undefined }),
      (fault: unknown) => ({ packages: [], fault }),
    ),
    planForge(configuration, look),
    world.realRegistries(),
    import("../vocabulary.ts"),
  ]);
  const { environments } = planEnvironments(configuration, knownRegistries);
  const places = environments.flatMap(({ name, registries: planned }) =>
    planned.map((registry): Place => ({
      environment: name,
      registry,
      opened: openOrNot(() => registries.open(registry)),
      names: namesFor(found.packages, registry),
      pipelines: pipelinesIn(configuration, name),
    })),
  );
  const signal = AbortSignal.any([world.interrupted, world.deadline(patienceMs)]);
  return { around: { world, project, packages: found.packages, forge, places, signal }, fault: found.fault };
}

function openOrNot(open: () => Registry): Registry | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

function namesFor(packages: readonly FoundPackage[], { ecosystem }: PlannedRegistry): readonly string[] {
  return packages.filter((one) => one.ecosystem === ecosystem).flatMap(({ name, members }) => members?.map((one) => one.name) ?? [name]);
}

function pipelinesIn({ pipelines }: Configuration, environment: string): readonly string[] {
  return pipelines.filter((one) => stepsOf(one).some((step) => step.environment === environment)).map(({ name }) => name);
}

/** For messages: `"pypi" of environment "production"`. */
export function whereOf({ registry, environment }: Pick<Place, "registry" | "environment">): string {
  return `"${registry.name}" of environment "${environment}"`;
}

/** Three names, and how many more. */
export function someOf(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}

/** It is opened with an identity of the run. */
export function isTokenless({ registry }: Pick<Place, "registry">): boolean {
  return registry.credentials.kind === "trusted-publishing";
}
