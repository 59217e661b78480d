import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import * as s from "./shape.ts";

/** One shape of each word, and of words inside of words. */
const shapes: readonly (readonly [string, s.Shape<unknown>])[] = [
  ["a string", s.string()],
  ["a string of some lengths", s.string().min(1).max(3)],
  ["a string of a form", s.string().regex(/^[a-c]+$/, { error: "letters" })],
  ["a string that something holds for", s.string().refine((text) => text !== "ab", { error: ({ input }) => `not ${String(input)}` })],
  ["an integer", s.int()],
  ["an integer of a range", s.int().min(-1).max(2)],
  ["a boolean", s.boolean()],
  ["a literal", s.literal("a")],
  ["a number as literal", s.literal(1, { error: "1" })],
  ["one of some words", s.enum(["a", "b"])],
  ["anything", s.unknown()],
  ["JSON", s.json()],
  ["a list", s.array(s.string())],
  ["a list of some lengths", s.array(s.int()).min(1).max(2)],
  ["a map by names", s.record(s.string().regex(/^[ab]$/), s.union([s.string(), s.boolean()]))],
  ["an object", s.strictObject({ a: s.string(), b: s.int().optional(), c: s.array(s.boolean()).optional() })],
  ["an object without members", s.strictObject({})],
  ["an object in a list in an object", s.strictObject({ a: s.array(s.strictObject({ b: s.json() })).describe("b") })],
  ["nothing, or a string", s.string().nullable()],
  ["a union of objects", s.union([s.strictObject({ a: s.literal("a") }), s.strictObject({ a: s.int(), b: s.string().optional() })])],
];

const leaf = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    true,
    0,
    1,
    2,
    -1,
    0.5,
    -0,
    2 ** 53,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "",
    "a",
    "b",
    "ab",
    "abcd",
    "𝒜",
  ),
  fc.string({ maxLength: 3 }),
);
const name = fc.constantFrom("a", "b", "c", "__proto__", "constructor", "");
const odd = fc.constantFrom<unknown>(new Date(0), new Map([["a", "a"]]), Symbol("a"), 1n, () => "a", Object.create({ a: "a" }));
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { depthSize: "small" },
    leaf,
    leaf,
    fc.array(tie("data"), { maxLength: 3 }),
    fc.dictionary(name, tie("data"), { maxKeys: 3, noNullPrototype: true }),
    odd,
  ),
}));

for (const [what, shape] of shapes) {
  test(`${what}: what fits is what zod's own schema takes`, () => {
    fc.assert(
      fc.property(data, (value) => {
        const taken = shape.zod(z).safeParse(value);
        if (shape.fits(value)) assert.equal(taken.success, true, "zod refuses what fits");
        else assert.equal(taken.success && isPlain(value), false, "zod takes what does not fit");
      }),
      { numRuns: 500 },
    );
  });
}

test("what zod takes comes out of it as it went in, so that the data itself can be handed on", () => {
  for (const [what, shape] of shapes) {
    fc.assert(
      fc.property(data, (value) => {
        if (!isPlain(value) || !shape.fits(value)) return;
        assert.deepEqual(shape.zod(z).parse(value), value, what);
      }),
      { numRuns: 100 },
    );
  }
});

test("data that does not fit is refused with zod's own issues", () => {
  const shape = s.strictObject({ a: s.string({ error: "a name" }).min(2), b: s.int().optional() });

  const refused = shape.zod(z).safeParse({ a: 1, b: "x", c: 2 }, { error: ({ code }) => `told of ${code}` });

  assert.deepEqual(
    refused.error?.issues.map(({ path, message }) => [path.join("."), message]),
    [
      ["a", "a name"],
      ["b", "told of invalid_type"],
      ["", "told of unrecognized_keys"],
    ],
  );
});

test("a part that several shapes share is one schema, so that it has one place in a JSON Schema", () => {
  const part = s.strictObject({ a: s.string() }).meta({ id: "part", description: "A part" });

  assert.equal(part.zod(z), part.zod(z));
  assert.equal(part.zod(z).meta()?.id, "part");
  assert.equal(s.int().min(1).describe("Whole").optional().zod(z).meta()?.description, undefined);
  assert.equal(s.int().min(1).optional().describe("Whole").zod(z).description, "Whole");
});

/** Data as YAML and JSON have it; of anything else zod may be asked. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== "object" || value === null) return typeof value !== "symbol" && typeof value !== "function";
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return false;
  return !Object.hasOwn(value, "__proto__") && Object.values(value).every(isPlain);
}
