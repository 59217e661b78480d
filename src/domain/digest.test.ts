import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson, isSha256, sha256, shortDigest } from "./digest.ts";
import { SlipwayError } from "./error.ts";

const hex = "0123456789abcdef".repeat(4);

function isAssertion(error: unknown): boolean {
  return error instanceof SlipwayError && error.code === "INTERNAL_ASSERTION";
}

test("sha256() takes 64 lower-case hexadecimal characters and nothing else", () => {
  assert.equal(sha256(hex), hex);
  for (const text of ["", hex.slice(1), `${hex}0`, hex.toUpperCase(), `${hex.slice(1)}g`, `${hex}\n`, `sha256:${hex}`]) {
    assert.throws(() => sha256(text), isAssertion, JSON.stringify(text));
    assert.equal(isSha256(text), false, JSON.stringify(text));
  }
});

test("shortDigest() is the beginning", () => {
  assert.equal(shortDigest(sha256(hex)), "0123456789ab");
});

test("canonicalJson() writes keys in the order of their code units, without white space", () => {
  assert.equal(canonicalJson({ b: 1, a: [true, null, "ä"], B: { z: {}, "": [] } }), '{"B":{"":[],"z":{}},"a":[true,null,"ä"],"b":1}');
});

test("canonicalJson() leaves undefined members out, and writes null for undefined in a list", () => {
  assert.equal(canonicalJson({ a: undefined, b: [undefined, 1] }), '{"b":[null,1]}');
});

test("canonicalJson() takes whole numbers only", () => {
  assert.equal(canonicalJson([0, -0, -5, Number.MAX_SAFE_INTEGER]), `[0,0,-5,${Number.MAX_SAFE_INTEGER}]`);
  for (const number of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) assert.throws(() => canonicalJson({ number }), isAssertion);
});

/** The same value with the members of every object in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reordered(member)]),
  );
}

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie("any"), { maxKeys: 4 }),
  ),
})).any;

test("canonicalJson() gives one text whatever the order of members", () => {
  fc.assert(fc.property(value, (one) => assert.equal(canonicalJson(reordered(one)), canonicalJson(one))));
});

test("canonicalJson() gives different values different texts, and reads back as it was", () => {
  fc.assert(
    fc.property(value, value, (one, other) => {
      assert.deepEqual(JSON.parse(canonicalJson(one)), JSON.parse(JSON.stringify(one)));
      const areEqual = JSON.stringify(reordered(reordered(one))) === JSON.stringify(other);
      if (areEqual) assert.equal(canonicalJson(one), canonicalJson(other));
      if (canonicalJson(one) === canonicalJson(other)) assert.deepEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)));
    }),
  );
});
