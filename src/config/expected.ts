// What a schema expected, as the phrase that follows "expected" in a message. A schema may bring a phrase of its own
// (schema/atoms.ts); for all others, those of steps included, this map gives one.
import type { z } from "zod";
import { choices } from "./phrases.ts";

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** Parts the known keys in the message of an `unrecognized_keys` issue; no key of the language holds it. */
export const keySeparator = "\n";

export function phraseOf(issue: RawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return typeWords[issue.expected] ?? "another kind of value";
    case "invalid_value":
      return choices(issue.values.map(String));
    case "too_small":
      return `${issue.exact === true ? "exactly" : "at least"} ${amount(Number(issue.minimum), issue.origin)}`;
    case "too_big":
      return `${issue.exact === true ? "exactly" : "at most"} ${amount(Number(issue.maximum), issue.origin)}`;
    case "invalid_format":
      return issue.format === "regex" ? `text of the form ${issue.pattern ?? ""}` : `text in the form of a ${issue.format}`;
    case "unrecognized_keys":
      return knownKeys(issue.inst).join(keySeparator);
    case "invalid_union":
    case "invalid_key":
    case "invalid_element":
    case "not_multiple_of":
    case "custom":
      return "a value that fits here";
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: "text",
  number: "a whole number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
  null: "nothing",
};

function amount(limit: number, origin: string): string {
  if (origin === "string") return limit === 1 ? "one character" : `${limit} characters`;
  if (origin === "array" || origin === "set") return limit === 1 ? "one item" : `${limit} items`;
  return String(limit);
}

/** The keys of the object schema that raised the issue. */
function knownKeys(schema: unknown): readonly string[] {
  const definition = (schema as { readonly _zod?: { readonly def?: { readonly shape?: object } } } | undefined)?._zod?.def;
  return Object.keys(definition?.shape ?? {});
}
