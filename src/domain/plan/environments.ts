// Environments as the plan holds them: registries resolved to names and kinds, gates named, secrets by name only.
import type { Configuration, Ecosystem, EnvironmentConfiguration, RegistryUse } from "../configuration.ts";
import type { Problem } from "../error.ts";
import type { PlannedEnvironment, PlannedRegistry } from "./plan.ts";

/** A registry that needs no declaration. Its address is no part of a plan. */
export interface KnownRegistry {
  readonly name: string;
  readonly ecosystem: Ecosystem;
  readonly test: boolean;
}

export function planEnvironments(
  configuration: Configuration,
  known: readonly KnownRegistry[],
): { readonly environments: readonly PlannedEnvironment[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const environments = configuration.environments.map((environment) => {
    const registries = environment.registries.flatMap((use) => {
      const planned = planRegistry(configuration, known, use);
      if (planned === undefined) problems.push(unknownRegistry(configuration, environment, use));
      if (isMisnamedTest(configuration, known, use)) problems.push(noTestIndex(configuration, environment, use));
      return planned ?? [];
    });
    return planEnvironment(environment, registries);
  });
  return { environments, problems };
}

function planEnvironment(environment: EnvironmentConfiguration, registries: readonly PlannedRegistry[]): PlannedEnvironment {
  const gate = environment.gate ?? (environment.approvals === undefined ? undefined : environment.name);
  return {
    name: environment.name,
    registries,
    ...(environment.forge === undefined ? {} : { forge: environment.forge }),
    ...(gate === undefined ? {} : { gate }),
    ...(environment.approvals === undefined ? {} : { approvals: environment.approvals }),
    variables: environment.variables,
    secrets: environment.secrets,
  };
}

function planRegistry(configuration: Configuration, known: readonly KnownRegistry[], use: RegistryUse): PlannedRegistry | undefined {
  const declared = configuration.registries.find((registry) => registry.name === use.registry);
  if (declared !== undefined) {
    const { name, ecosystem, url, index } = declared;
    return {
      name,
      ecosystem,
      test: use.test,
      credentials: use.credentials,
      ...(url === undefined ? {} : { url }),
      ...(index === undefined ? {} : { index }),
    };
  }
  const found = known.find((registry) => registry.name === use.registry);
  if (found === undefined) return undefined;
  return { name: found.name, ecosystem: found.ecosystem, test: use.test || found.test, credentials: use.credentials };
}

/** A word in the file does not make the index that everybody installs from one where names may be burned. */
function isMisnamedTest(configuration: Configuration, known: readonly KnownRegistry[], use: RegistryUse): boolean {
  const isDeclared = configuration.registries.some((registry) => registry.name === use.registry);
  return use.test && !isDeclared && known.some((registry) => registry.name === use.registry && !registry.test);
}

function noTestIndex(configuration: Configuration, environment: EnvironmentConfiguration, use: RegistryUse): Problem {
  const place = configuration.places(["environments", environment.name]);
  return {
    code: "PLAN_INVALID",
    message: `Cannot plan environment "${environment.name}": it calls "${use.registry}" a test index, and what is published there is public for good`,
    hint: "Leave `test: true` out, or publish to a test index",
    ...(place === undefined ? {} : { place }),
  };
}

function unknownRegistry(configuration: Configuration, environment: EnvironmentConfiguration, use: RegistryUse): Problem {
  const place = configuration.places(["environments", environment.name]);
  return {
    code: "PLAN_INVALID",
    message: `Cannot plan environment "${environment.name}": there is no registry "${use.registry}"`,
    hint: "Declare it under `registries`, or use a known one",
    ...(place === undefined ? {} : { place }),
  };
}
