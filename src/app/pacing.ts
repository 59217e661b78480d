// The live part of a plan: what the registries' rate limits alone will take. It hangs on what the registries hold today, so that it
// stands beside the plan and not in it. Registries are asked only where the answer can matter, and not waited for long.
import { mayBePaced, type RegistryPacing } from "../domain/pacing.ts";
import { membersOf } from "../domain/plan/members.ts";
import { environmentOf, type Plan, type PlannedRegistry } from "../domain/plan/plan.ts";
import { builtIn } from "./built-in.ts";
import type { World } from "./world.ts";

/** A plan is asked for all the time: whoever does not answer within this time is told as unknown. */
const askingMs = 10_000;

export async function releasePacing(world: Pick<World, "realRegistries" | "deadline">, plan: Plan): Promise<readonly RegistryPacing[]> {
  const asked = publishedTo(plan).filter((registry) => mayBePaced(registry, namesFor(plan, registry)));
  if (asked.length === 0) return [];
  const { findPacing } = await import("../steps/shared/publishing/pacing.ts");
  const registries = await world.realRegistries();
  const signal = world.deadline(askingMs);
  const found = await Promise.all(asked.map((registry) => findPacing(registry, plan.packages, { at: registries.open(registry), signal })));
  return found.filter((one) => one !== undefined);
}

function namesFor({ packages }: Plan, { ecosystem }: PlannedRegistry): number {
  return packages.filter((one) => one.ecosystem === ecosystem).flatMap(membersOf).length;
}

/** Each registry that a step of the plan publishes to, once. */
function publishedTo(plan: Plan): readonly PlannedRegistry[] {
  const found = new Map<string, PlannedRegistry>();
  for (const step of plan.steps) {
    const environment = environmentOf(plan, step);
    if (environment === undefined) continue;
    const use = { input: step.input, leg: step.leg ?? {}, packages: plan.packages, environment };
    const names = builtIn(step).publishes?.(use) ?? [];
    for (const registry of environment.registries) if (names.includes(registry.name)) found.set(registry.name, registry);
  }
  return [...found.values()];
}
