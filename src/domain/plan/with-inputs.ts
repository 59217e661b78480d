// `with: { draft: input.draft }`: a value that names an input of the pipeline becomes what was given for it, when the plan
// is computed. Only whole values of `with:` are read so; nothing is put into texts.
import type { Json, JsonObject } from "../configuration.ts";

const reference = /^input\.(?<name>[a-z][a-z0-9-]*)$/;

/** @param inputs of the pipeline; one that was not given is left out of the result, so that the step's default counts */
export function withInputs(written: JsonObject, inputs: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(written).flatMap(([key, value]): readonly (readonly [string, Json])[] => {
      const name = inputNamed(value);
      if (name === undefined) return [[key, value]];
      const given = inputs[name];
      return given === undefined ? [] : [[key, given]];
    }),
  );
}

/** The input that a value names, or undefined. */
export function inputNamed(value: Json): string | undefined {
  return typeof value === "string" ? reference.exec(value)?.groups?.["name"] : undefined;
}
