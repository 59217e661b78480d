// The words that the JSON Schemas of our documents are written in.
import { artifactKinds } from "../domain/artifact.ts";

export type JsonSchema = { readonly [keyword: string]: unknown };

export type Properties = Readonly<Record<string, JsonSchema>>;

export const text: JsonSchema = { type: "string" };
export const flag: JsonSchema = { type: "boolean" };
export const count: JsonSchema = { type: "integer", minimum: 0 };
export const anything: JsonSchema = {};
export const sha256: JsonSchema = { type: "string", pattern: "^[0-9a-f]{64}$", description: "Lower-case hexadecimal sha256" };
export const commit: JsonSchema = { type: "string", pattern: "^(?:[0-9a-f]{40}|[0-9a-f]{64})$", description: "Full object id of a commit" };
export const time: JsonSchema = {
  type: "string",
  pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$",
  description: "UTC, as RFC 3339 writes it",
};
export const about = (description: string, schema: JsonSchema): JsonSchema => ({ ...schema, description });
export const oneOf = (...values: readonly string[]): JsonSchema => ({ enum: values });
export const list = (items: JsonSchema): JsonSchema => ({ type: "array", items });
export const map = (values: JsonSchema): JsonSchema => ({ type: "object", additionalProperties: values });

/** An object whose members must all be there, but for those of `maybe`. */
export function object(properties: Properties, maybe: Properties = {}): JsonSchema {
  return { type: "object", properties: { ...properties, ...maybe }, required: Object.keys(properties) };
}

export const authenticated = about("Whether something proves the name; on a laptop nothing does", flag);

export const finding = object(
  { id: about("Stable, such as PF-TOOL-MISSING", text), level: oneOf("fine", "warns", "blocks", "cannot-be-tried"), message: text },
  { hint: text, step: text },
);

export const artifact = object(
  { kind: oneOf(...artifactKinds), package: text, name: text, sizeBytes: count, digest: sha256, maker: about("Step that made it", text) },
  { platform: text },
);
