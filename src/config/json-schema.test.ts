import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { checkJsonSchema } from "../../test/support/json-schema.ts";
import { vocabulary } from "../../test/support/vocabulary.ts";
import { configurationJsonSchema, type JsonSchema } from "./json-schema.ts";

const folder = path.join(import.meta.dirname, "../../test/support/language");
const schema = configurationJsonSchema(vocabulary);
const check = (text: string): readonly string[] => checkJsonSchema(schema, parse(text));
const minimal = (rest: string): string => `{ slipway: 1, project: demo, packages: { demo: { path: . } }, ${rest} }`;

for (const name of readdirSync(folder)) {
  test(`the JSON Schema accepts ${name}`, () => {
    assert.deepEqual(check(readFileSync(path.join(folder, name), "utf8")), []);
  });
}

for (const [what, text] of [
  ["an unknown key", minimal("steps: { a: { run: x } }, extra: 1")],
  ["an unknown key of a step", minimal("steps: { a: { run: x, needs: b } }")],
  ["a step that is two things", minimal("steps: { a: { run: x, uses: bump } }")],
  ["a step that is nothing", minimal("steps: { a: { when: final } }")],
  ["a group in a group", minimal("steps: { a: { parallel: { b: { parallel: { c: { run: x } } } } } }")],
  ["an unknown step", minimal("steps: { a: { uses: build-weel } }")],
  ["a step without the input it needs", minimal("steps: { a: { uses: verify-install } }")],
  ["a step with a wrong input", minimal("steps: { a: { uses: build-wheel, with: { builder: make } } }")],
  ["a condition that does not exist", minimal("steps: { a: { run: x, when: taged } }")],
  ["a name of another form", minimal("steps: { A: { run: x } }")],
  ["a number for a version", minimal("steps: { a: { run: x, matrix: { python: [3.12] } } }")],
  ["a duration without a unit", minimal('steps: { a: { run: x, timeout: "15" } }')],
  ["a missing project", "{ slipway: 1, packages: {}, steps: {} }"],
  ["another version of the language", "{ slipway: 2, project: x, packages: {}, steps: {} }"],
] as const) {
  test(`the JSON Schema refuses ${what}`, () => {
    assert.notDeepEqual(check(text), []);
  });
}

test("the JSON Schema leaves the input of a step that is not there yet open, and says so", () => {
  assert.deepEqual(check(minimal("steps: { a: { uses: forge-release, with: { anything: goes } } }")), []);
  assert.match(JSON.stringify(schema), /"const":"forge-release","description":"[^"]*not in this version of Slipway/);
});

test("every key of the language has a description", () => {
  assert.deepEqual(keysWithoutDescription(schema, ""), []);
});

test("the JSON Schema says which draft it follows, and all its references lead somewhere", () => {
  const references = [...JSON.stringify(schema).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map((match) => match[1] ?? "");

  assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
  assert(references.length > 20);
  assert.deepEqual(
    references.filter((name) => !Object.hasOwn(schema.$defs as JsonSchema, name)),
    [],
  );
});

function keysWithoutDescription(value: unknown, at: string): readonly string[] {
  if (typeof value !== "object" || value === null || at.includes("/if")) return [];
  const inner = Object.entries(value).flatMap(([key, member]) => keysWithoutDescription(member, `${at}/${key}`));
  const properties = Object.entries((value as { readonly properties?: object }).properties ?? {});
  const own = properties.filter(([, property]) => !isExplained(property)).map(([key]) => `${at}/${key}`);
  // The words of an `if` are repeated there, not defined.
  return at.endsWith("/if") || at.endsWith("/then") ? [] : [...own, ...inner];
}

/** A reference to a definition is explained there. */
function isExplained(property: unknown): boolean {
  const { description, $ref } = property as { readonly description?: string; readonly $ref?: string };
  return (description ?? "") !== "" || $ref !== undefined;
}
