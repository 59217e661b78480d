// The legs that a matrix fans a step out into: one for each combination of its values, in the order of the file.
import type { StepConfiguration } from "../configuration.ts";
import type { Leg } from "./plan.ts";

/** @returns one leg without values for a step without a matrix */
export function legsOf(matrix: StepConfiguration["matrix"]): readonly Leg[] {
  let legs: readonly Leg[] = [{}];
  for (const [key, values] of Object.entries(matrix ?? {})) {
    legs = legs.flatMap((leg) => values.map((value) => ({ ...leg, [key]: value })));
  }
  return legs;
}
