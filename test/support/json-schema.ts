// A small checker for JSON Schema 2020-12: the keywords that our published schemas use and no others. A keyword that it
// does not know is an error, so that no schema passes because a part of it was not looked at.
type Schema = { readonly [key: string]: unknown };

const annotations: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "$defs",
  "title",
  "description",
  "default",
  "examples",
  "id",
  "deprecated",
]);

type Check = (argument: unknown, data: unknown, at: At) => readonly string[];

interface At {
  readonly root: Schema;
  readonly schema: Schema;
  readonly path: string;
}

/** @returns what does not fit, each with its place; empty when the data is valid */
export function checkJsonSchema(root: Schema, data: unknown): readonly string[] {
  return check(root, data, { root, schema: root, path: "" });
}

function check(schema: unknown, data: unknown, at: At): readonly string[] {
  if (schema === true) return [];
  if (schema === false) return [`${at.path}: nothing is allowed here`];
  const here = { ...at, schema: schema as Schema };
  return Object.entries(schema as Schema).flatMap(([keyword, argument]) => {
    if (annotations.has(keyword)) return [];
    const one = keywords[keyword];
    if (one === undefined) throw new Error(`Cannot check the JSON Schema keyword "${keyword}" at ${at.path}`);
    return one(argument, data, here);
  });
}

const fits = (schema: unknown, data: unknown, at: At): boolean => check(schema, data, at).length === 0;
const isMap = (data: unknown): data is Schema => typeof data === "object" && data !== null && !Array.isArray(data);
const complain = (holds: boolean, at: At, what: string): readonly string[] => (holds ? [] : [`${at.path}: ${what}`]);
const members = (data: unknown): readonly (readonly [string, unknown])[] => (isMap(data) ? Object.entries(data) : []);
const below = (at: At, part: string | number): At => ({ ...at, path: `${at.path}/${part}` });

const types: Readonly<Record<string, (data: unknown) => boolean>> = {
  string: (data) => typeof data === "string",
  integer: (data) => Number.isInteger(data),
  number: (data) => typeof data === "number",
  boolean: (data) => typeof data === "boolean",
  null: (data) => data === null,
  array: (data) => Array.isArray(data),
  object: isMap,
};

const keywords: Readonly<Record<string, Check>> = {
  type: (type, data, at) =>
    complain(
      [type].flat().some((one) => types[String(one)]?.(data) === true),
      at,
      `expected ${String(type)}`,
    ),
  const: (value, data, at) => complain(data === value, at, `expected ${JSON.stringify(value)}`),
  enum: (values, data, at) => complain((values as readonly unknown[]).includes(data), at, `expected one of ${JSON.stringify(values)}`),
  pattern: (pattern, data, at) =>
    complain(typeof data !== "string" || new RegExp(String(pattern), "u").test(data), at, `expected ${String(pattern)}`),
  minLength: (least, data, at) => complain(typeof data !== "string" || data.length >= Number(least), at, "too short"),
  maxLength: (most, data, at) => complain(typeof data !== "string" || data.length <= Number(most), at, "too long"),
  minimum: (least, data, at) => complain(typeof data !== "number" || data >= Number(least), at, "too small"),
  maximum: (most, data, at) => complain(typeof data !== "number" || data <= Number(most), at, "too big"),
  minItems: (least, data, at) => complain(!Array.isArray(data) || data.length >= Number(least), at, "too few items"),
  maxItems: (most, data, at) => complain(!Array.isArray(data) || data.length <= Number(most), at, "too many items"),
  items: (schema, data, at) => (Array.isArray(data) ? data.flatMap((item, index) => check(schema, item, below(at, index))) : []),
  required: (names, data, at) =>
    (names as readonly string[]).flatMap((name) => complain(!isMap(data) || Object.hasOwn(data, name), at, `"${name}" is missing`)),
  propertyNames: (schema, data, at) => members(data).flatMap(([name]) => check(schema, name, below(at, name))),
  properties: (properties, data, at) =>
    members(data).flatMap(([name, value]) => {
      const schema = Object.hasOwn(properties as Schema, name) ? (properties as Schema)[name] : true;
      return check(schema, value, below(at, name));
    }),
  additionalProperties: (schema, data, at) => {
    const known = (at.schema.properties ?? {}) as Schema;
    return members(data).flatMap(([name, value]) => (Object.hasOwn(known, name) ? [] : check(schema, value, below(at, name))));
  },
  anyOf: (schemas, data, at) =>
    complain(
      (schemas as readonly unknown[]).some((schema) => fits(schema, data, at)),
      at,
      "fits none of anyOf",
    ),
  oneOf: (schemas, data, at) =>
    complain((schemas as readonly unknown[]).filter((schema) => fits(schema, data, at)).length === 1, at, "fits not exactly one of oneOf"),
  allOf: (schemas, data, at) => (schemas as readonly unknown[]).flatMap((schema) => check(schema, data, at)),
  not: (schema, data, at) => complain(!fits(schema, data, at), at, "fits what it must not fit"),
  if: (schema, data, at) => {
    const branch = fits(schema, data, at) ? at.schema.then : at.schema.else;
    return branch === undefined ? [] : check(branch, data, at);
  },
  // oxlint-disable-next-line unicorn/no-thenable -- `then` is a keyword of JSON Schema, checked with its `if`.
  then: () => [],
  else: () => [],
  $ref: (reference, data, at) => check(resolve(at.root, String(reference)), data, at),
};

function resolve(root: Schema, reference: string): unknown {
  const parts = reference
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "");
  const found = parts.reduce<unknown>((value, part) => (isMap(value) ? value[part] : undefined), root);
  if (found === undefined) throw new Error(`Cannot find ${reference} in the JSON Schema`);
  return found;
}

/** The same schema without room for members that it does not name, so that no document has one that nobody described. */
export function strictly(schema: Schema): Schema {
  const deep = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(deep);
    if (!isMap(value)) return value;
    const inside = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, deep(member)]));
    return isMap(inside.properties) && !("additionalProperties" in inside) ? { ...inside, additionalProperties: false } : inside;
  };
  return deep(schema) as Schema;
}
