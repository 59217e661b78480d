// Where a use publishes to, what it takes for that, and how a plan says so.
import type { ArtifactQuery } from "../../../domain/artifact.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { PlannedRegistry } from "../../../domain/plan/plan.ts";
import type { Use } from "../../step.ts";
import { copySource, type Copying } from "./copied-from.ts";
import { kindsBeside, kindsHeldBy } from "./traits.ts";

export interface Targets {
  /** Names of registries; absent: all of the environment. */
  readonly to?: string | readonly string[] | undefined;
}

/**
 * Registries that a use publishes to, in the order of the environment.
 * @throws SlipwayError PLAN_INVALID without an environment, or when `to` names a registry that it does not have.
 */
export function registriesOf(
  use: Pick<Use<Targets>, "input" | "environment">,
  step: "publish" | "stage" = "publish",
): readonly PlannedRegistry[] {
  const { input, environment } = use;
  if (environment === undefined || environment.registries.length === 0) {
    throw new SlipwayError("PLAN_INVALID", `Cannot plan \`${step}\`: it needs an environment with a registry`, {
      hint: "Write `environment:` beside it, with the name of one under `environments:`",
    });
  }
  const { registries } = environment;
  const wanted = input.to === undefined ? registries.map((one) => one.name) : [input.to].flat();
  const missing = wanted.find((one) => !registries.some((registry) => registry.name === one));
  if (missing !== undefined) {
    throw new SlipwayError("PLAN_INVALID", `Cannot plan \`${step}\`: environment "${environment.name}" has no registry "${missing}"`, {
      hint: `Write one of ${registries.map((one) => one.name).join(", ")} in \`to:\``,
    });
  }
  return registries.filter((one) => wanted.includes(one.name));
}

/** Of every package, the kinds that registries of its ecosystem can hold. */
export function takesFor(use: Pick<Use, "packages">, registries: readonly PlannedRegistry[]): readonly ArtifactQuery[] {
  const ecosystems = [...new Set(registries.map((one) => one.ecosystem))];
  return ecosystems.map((ecosystem) => ({
    kinds: [...kindsHeldBy(ecosystem), ...kindsBeside(ecosystem)],
    packages: use.packages.filter((one) => one.ecosystem === ecosystem).map((one) => one.id),
  }));
}

/**
 * The same for `publish`, which attaches to images what was made about them, and copies those that stand elsewhere by what the
 * record names. @throws SlipwayError PLAN_INVALID as of `copySource`
 */
export function takesToPublish(
  use: Pick<Use<Copying>, "packages" | "input" | "environment">,
  registries: readonly PlannedRegistry[],
): readonly ArtifactQuery[] {
  const isCopied = copySource(use) !== undefined;
  return takesFor(use, registries).flatMap((query): readonly ArtifactQuery[] => {
    if (!query.kinds.includes("image")) return [query];
    // Whose record it is does not matter: it is that of the release.
    return isCopied ? [{ kinds: ["record", "sbom"] }] : [{ ...query, kinds: [...query.kinds, "sbom", "attestation"] }];
  });
}

/** `demo 1.0.0, demo-core 1.0.0 to crates and npm`: the packages that one of the registries can hold. */
export function tellTargets(use: Pick<Use, "packages">, registries: readonly PlannedRegistry[]): string {
  const held = use.packages.filter((one) => registries.some((registry) => registry.ecosystem === one.ecosystem));
  const names = held.map((one) =>
    one.members === undefined ? `${one.name} ${one.version}` : `${one.members.length} of ${one.name} ${one.version}`,
  );
  return `${names.join(", ")} to ${registries.map((registry) => registry.name).join(" and ")}`;
}
