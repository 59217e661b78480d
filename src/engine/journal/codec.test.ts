import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { journalOf, planOf, started } from "../../../test/support/runs.ts";
import { aPlannedStep } from "../../../test/support/ports.ts";
import { SlipwayError } from "../../domain/error.ts";
import { decode, decodeAll, encode, readBack, type Row } from "./codec.ts";

const recorded = journalOf(planOf([aPlannedStep({ id: "build" })]), [[5, started("build")]]);
const rows = recorded.map(({ seq, atMs, fact }) => encode("R1", seq, { atMs, fact }));
const [first, second] = rows;

function isDamage(error: unknown): boolean {
  return error instanceof SlipwayError && error.code === "JOURNAL_DAMAGED";
}

test("what was encoded decodes to what it was", () => {
  assert.deepEqual(
    rows.map((row) => decode("R1", row)),
    recorded,
  );
  assert.deepEqual(rows.map(readBack), recorded);
  assert.deepEqual(decodeAll("R1", rows, 0), recorded);
  assert.deepEqual(decodeAll("R1", rows.slice(1), 1), recorded.slice(1));
});

test("a record is bound to its run, its place and its time", () => {
  assert.ok(second !== undefined);
  const changed: readonly (readonly [string, Row])[] = [
    ["R2", second],
    ["R1", { ...second, seq: 3 }],
    ["R1", { ...second, atMs: 6 }],
    ["R1", { ...second, checksum: second.checksum ^ 1 }],
    ["R1", { ...second, body: second.body.replace("build", "built") }],
  ];

  for (const [run, row] of changed) assert.throws(() => decode(run, row), isDamage);
});

test("any character changed in a body is found", () => {
  assert.ok(second !== undefined);
  const row = second;
  fc.assert(
    fc.property(fc.nat(row.body.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
      const body = row.body.slice(0, at) + character + row.body.slice(at + 1);
      if (body === row.body) assert.deepEqual(decode("R1", { ...row, body }), recorded[1]);
      else assert.throws(() => decode("R1", { ...row, body }), isDamage);
    }),
  );
});

test("records that are missing, twice there or out of order are found", () => {
  assert.ok(first !== undefined && second !== undefined);
  for (const [some, after] of [
    [[second], 0],
    [[first, first], 0],
    [[second, first], 0],
    [[first], 1],
  ] as const) {
    assert.throws(() => decodeAll("R1", some, after), isDamage);
  }
});
