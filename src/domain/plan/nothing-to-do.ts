// Of packages with versions of their own one may be released without the others: steps that are for packages of another kind
// have nothing to do then. Where all carry one version, the same step would be a mistake of the file.
import type { AssembleRequest, StepTraits } from "./assemble.ts";

/** @returns the reason for leaving the step out, or undefined */
export function nothingToDo({ configuration, packages }: AssembleRequest, { takes, builds }: StepTraits): string | undefined {
  if (configuration.versions !== "each") return undefined;
  if (builds !== undefined && !packages.some((one) => one.ecosystem === builds)) return `no package of the ecosystem ${builds} is released`;
  const takesNothing = takes.length > 0 && takes.every((query) => query.packages?.length === 0);
  return takesNothing ? "no package that it is for is released" : undefined;
}
