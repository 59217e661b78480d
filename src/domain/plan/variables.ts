// What a command of the project is told about the release it works for: environment variables, never text put into the
// command (DESIGN §2). One place, so that `run` and `verify-install` cannot tell different things.
import type { Leg, Plan, PlannedEnvironment, PlannedPackage, PlannedStep } from "./plan.ts";

export interface ToldOf {
  readonly plan: Plan;
  readonly step: Pick<PlannedStep, "id">;
  readonly packages: readonly PlannedPackage[];
  readonly leg: Leg;
  readonly environment?: PlannedEnvironment;
}

/**
 * Variables for the commands of a step: `SLIPWAY_PROJECT`, `_COMMIT`, `_STEP`; `_VERSION` where all packages carry one
 * version; `_VERSION_<PACKAGE>` for each of several; `_TAG` where the run is pinned to one; `_LEG_<KEY>` of the leg;
 * and the variables of the environment, which cannot replace any of these.
 */
export function variablesFor(told: ToldOf): Readonly<Record<string, string>> {
  const { plan, step, packages, leg, environment } = told;
  const versions = new Set(packages.map((one) => one.version));
  const [version] = versions;
  return {
    ...environment?.variables,
    SLIPWAY_PROJECT: plan.project,
    SLIPWAY_COMMIT: plan.source.commit,
    SLIPWAY_STEP: step.id,
    ...(versions.size === 1 && version !== undefined ? { SLIPWAY_VERSION: version } : {}),
    ...(packages.length > 1 ? entries(packages, (one) => [`SLIPWAY_VERSION_${shout(one.id)}`, one.version]) : {}),
    ...(plan.source.tag === undefined ? {} : { SLIPWAY_TAG: plan.source.tag }),
    ...entries(Object.entries(leg), ([key, value]) => [`SLIPWAY_LEG_${shout(key)}`, value]),
  };
}

function entries<Item>(items: readonly Item[], entry: (item: Item) => readonly [string, string]): Record<string, string> {
  return Object.fromEntries(items.map(entry));
}

/** `smoke-test` → `SMOKE_TEST`. */
function shout(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}
