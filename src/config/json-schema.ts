// The language as JSON Schema (2020-12), for editors and for whoever writes slipway.yaml by program. It says all of the
// shape and none of the rules: what it accepts may still be refused with a reason, what it refuses is always wrong.
import { z } from "zod";
import { fileSchema } from "./schema.ts";
import type { StepWord, Vocabulary } from "./vocabulary.ts";

export type JsonSchema = { [key: string]: unknown };

const target = "draft-2020-12";

/** @param vocabulary steps whose `with` is spelled out; registries known by name */
export function configurationJsonSchema(vocabulary: Vocabulary): JsonSchema {
  const { $schema, ...file } = z.toJSONSchema(fileSchema.zod(z), { target, io: "input", unrepresentable: "any" }) as JsonSchema;
  const { $defs, ...root } = file;
  const definitions = { ...membersOf($defs) };
  for (const name of ["step", "entry"]) definitions[name] = withCatalogue(membersOf(definitions[name]), vocabulary);
  for (const [name, word] of writtenWithUses(vocabulary)) {
    if (word.available) Object.assign(definitions, inputDefinitions(name, word));
  }
  return { $schema, title: "slipway.yaml", ...root, $defs: definitions };
}

/** `run` has keys of its own and is not written with `uses`. */
function writtenWithUses(vocabulary: Vocabulary): readonly (readonly [string, StepWord])[] {
  return [...vocabulary.steps].filter(([name]) => name !== "run");
}

function membersOf(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null ? (value as JsonSchema) : {};
}

function withCatalogue(step: JsonSchema, vocabulary: Vocabulary): JsonSchema {
  const words = writtenWithUses(vocabulary);
  const properties = membersOf(step.properties);
  const uses = { ...membersOf(properties.uses), anyOf: words.map(([name, word]) => ({ const: name, description: describe(word) })) };
  const cases = words.filter(([, word]) => word.available).map(([name, word]) => inputCase(name, word));
  return { ...step, properties: { ...properties, uses }, allOf: cases };
}

function describe({ summary, available }: StepWord): string {
  const text = summary ?? "Step of the catalogue";
  return available ? text : `${text} (not in this version of Slipway)`;
}

/** If the step is used, its `with` is what it takes, and is there if it must take something. */
function inputCase(name: string, word: StepWord): JsonSchema {
  const isNeeded = !word.input.fits({});
  return {
    if: { properties: { uses: { const: name } }, required: ["uses"] },
    // oxlint-disable-next-line unicorn/no-thenable -- `then` is a keyword of JSON Schema; nobody awaits a schema.
    then: { properties: { with: { $ref: `#/$defs/with-${name}` } }, ...(isNeeded ? { required: ["with"] } : {}) },
  };
}

/** The schema of a step's input below `$defs`, its own definitions and references moved along. */
function inputDefinitions(name: string, word: StepWord): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(word.input.zod(z), { target, io: "input", unrepresentable: "any" }) as JsonSchema;
  const { $defs, ...input } = moveReferences(schema, `with-${name}`);
  const moved = Object.entries(membersOf($defs)).map(([key, value]) => [`with-${name}-${key}`, value] as const);
  return { [`with-${name}`]: input, ...Object.fromEntries(moved) };
}

function moveReferences(schema: JsonSchema, name: string): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key !== "$ref" || typeof value !== "string") return value;
    return value === "#" ? `#/$defs/${name}` : value.replace("#/$defs/", `#/$defs/${name}-`);
  }) as JsonSchema;
}
