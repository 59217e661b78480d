import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { aPackage, aPlan, aPlannedStep, anEnvironment } from "../../../test/support/ports.ts";
import { sha256OfText } from "../../../test/support/runs.ts";
import { diffPlans } from "./diff.ts";
import { digestPlan, type Plan } from "./plan.ts";

const build = aPlannedStep({ id: "build", input: { builder: "uv" } });
const publish = aPlannedStep({ id: "publish", waitsFor: ["build"], takes: [{ kinds: ["wheel"] }] });
const plan = aPlan({ steps: [build, publish], environments: [anEnvironment()] });

test("diffPlans() of equal plans is empty", () => {
  assert.deepEqual(diffPlans(plan, structuredClone(plan)), []);
});

test("diffPlans() names the field with both values", () => {
  const after: Plan = {
    ...plan,
    steps: [{ ...build, input: { builder: "hatch" } }, publish],
    source: { ...plan.source, commit: "d".repeat(40) },
  };

  assert.deepEqual(diffPlans(plan, after), [
    { field: "source.commit", before: "c".repeat(40), after: "d".repeat(40) },
    { field: "steps.build.input.builder", before: "uv", after: "hatch" },
  ]);
});

test("diffPlans() names members of lists by id or name, wherever they stand", () => {
  const after: Plan = { ...plan, steps: [aPlannedStep({ id: "first" }), build, publish] };

  assert.deepEqual([...new Set(diffPlans(plan, after).map((change) => change.field.split(".")[1]))], ["first"]);
});

test("diffPlans() shows what came and what went", () => {
  const after: Plan = { ...plan, packages: [aPackage({ id: "other" })], inputs: { all: true } };
  const changes = diffPlans(plan, after);

  assert.ok(changes.some((change) => change.field === "packages.demo.name" && change.before === "demo" && change.after === undefined));
  assert.ok(changes.some((change) => change.field === "packages.other.id" && change.before === undefined && change.after === "other"));
  assert.ok(changes.some((change) => change.field === "inputs.all" && change.after === "true"));
});

test("diffPlans() says when only the order changed", () => {
  const [one, other] = [aPlannedStep({ id: "one" }), aPlannedStep({ id: "other" })];

  assert.deepEqual(diffPlans({ ...plan, steps: [one, other] }, { ...plan, steps: [other, one] }), [
    { field: "steps (order)", before: "one, other", after: "other, one" },
  ]);
});

test("diffPlans() tells a value from a text that looks like it", () => {
  const changes = diffPlans({ ...plan, inputs: { a: true, b: 1, c: "null" } }, { ...plan, inputs: { a: "true", b: "1", c: null } });

  assert.deepEqual(changes, [
    { field: "inputs.a", before: "true", after: '"true"' },
    { field: "inputs.b", before: "1", after: '"1"' },
    { field: "inputs.c", before: '"null"', after: "null" },
  ]);
});

test("diffPlans() does not lose one of two members of the same name", () => {
  const twice = (title: string) => [build, { ...build, title }];

  assert.equal(diffPlans({ ...plan, steps: twice("a") }, { ...plan, steps: twice("b") }).length, 1);
});

const scalar = fc.oneof(
  fc.boolean(),
  fc.integer({ min: 0, max: 2 }),
  fc.constantFrom("", "a", "true", "1", "null", "[]", '"a"'),
  fc.constant(null),
);
const inputs = fc.dictionary(
  fc.constantFrom("x", "y", "z"),
  fc.oneof(scalar, fc.array(scalar, { maxLength: 2 }), fc.dictionary(fc.constantFrom("p", "q"), scalar, { maxKeys: 2 })),
  { maxKeys: 3 },
);
const anyPlan = fc
  .record({ inputs, ids: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { maxLength: 3 }), retry: fc.nat(2) })
  .map(({ inputs: given, ids, retry }): Plan => ({ ...plan, inputs: given, steps: ids.map((id) => aPlannedStep({ id, retry })) }));

test("diffPlans() is empty exactly when the digests are equal", () => {
  fc.assert(
    fc.property(anyPlan, anyPlan, (one, other) => {
      assert.equal(diffPlans(one, other).length === 0, digestPlan(one, sha256OfText) === digestPlan(other, sha256OfText));
    }),
    { numRuns: 500 },
  );
});
