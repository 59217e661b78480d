// What a person gave to a pipeline: its inputs by their types, and the version and tag among them.
import type { InputConfiguration, JsonObject, PipelineConfiguration } from "../domain/configuration.ts";
import { SlipwayError } from "../domain/error.ts";

export interface GivenInputs {
  readonly inputs: JsonObject;
  /** Of the command line, or of the pipeline's only input of type `version`. */
  readonly version: string | undefined;
  /** Name of that input. */
  readonly versionInput: string | undefined;
  /** Of the pipeline's only input of type `tag`. */
  readonly tag: string | undefined;
}

type Value = readonly [name: string, value: string | boolean];

const forms = {
  version: { is: /^[0-9A-Za-z][0-9A-Za-z.+!_-]{0,99}$/, called: "a version" },
  tag: { is: /^[0-9A-Za-z_][0-9A-Za-z._/+-]{0,199}$/, called: "the name of a tag" },
} as const;

/** @throws SlipwayError USAGE */
export function readInputs(
  pipeline: Pick<PipelineConfiguration, "name" | "inputs">,
  given: { readonly inputs: JsonObject; readonly version: string | undefined },
): GivenInputs {
  refuseUnknown(pipeline, given.inputs);
  const version = onlyOne(pipeline, "version");
  const tag = onlyOne(pipeline, "tag");
  const told = version === undefined || given.version === undefined ? given.inputs : bothTell(version, given.inputs, given.version);
  const inputs = Object.fromEntries(pipeline.inputs.flatMap((input) => readInput(input, told)));
  return { inputs, version: textOf(inputs, version) ?? given.version, versionInput: version, tag: textOf(inputs, tag) };
}

function refuseUnknown(pipeline: Pick<PipelineConfiguration, "name" | "inputs">, given: JsonObject): void {
  const unknown = Object.keys(given).find((name) => !pipeline.inputs.some((input) => input.name === name));
  if (unknown === undefined) return;
  const known = pipeline.inputs.map((input) => input.name).join(", ");
  throw new SlipwayError("USAGE", `Cannot take input "${unknown}": pipeline "${pipeline.name}" has no such input`, {
    hint: `Inputs: ${known === "" ? "none" : known}`,
  });
}

function onlyOne(pipeline: Pick<PipelineConfiguration, "inputs">, type: InputConfiguration["type"]): string | undefined {
  const found = pipeline.inputs.filter((input) => input.type === type);
  return found.length === 1 ? found[0]?.name : undefined;
}

/** `slipway run 1.2.0` and `--input version=1.2.0` are the same. */
function bothTell(name: string, inputs: JsonObject, version: string): JsonObject {
  const other = inputs[name];
  if (other === undefined || other === version) return { ...inputs, [name]: version };
  throw new SlipwayError("USAGE", `Cannot take two versions: "${version}", and ${JSON.stringify(other)} as input "${name}"`, {
    hint: "Name one",
  });
}

function readInput(input: InputConfiguration, given: JsonObject): readonly Value[] {
  const value = given[input.name];
  if (value === undefined) return input.type === "boolean" ? [[input.name, false]] : [];
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (input.type === "boolean") {
    if (text === "true" || text === "false") return [[input.name, text === "true"]];
    throw new SlipwayError("USAGE", `Cannot take input "${input.name}": "${shown(text)}" is neither true nor false`);
  }
  if (input.type !== "string" && !forms[input.type].is.test(text))
    throw new SlipwayError("USAGE", `Cannot take input "${input.name}": "${shown(text)}" is not ${forms[input.type].called}`);
  return [[input.name, text]];
}

/** Enough of a value to know it again. */
function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function textOf(inputs: JsonObject, name: string | undefined): string | undefined {
  const value = name === undefined ? undefined : inputs[name];
  return typeof value === "string" ? value : undefined;
}
