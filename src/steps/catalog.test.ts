import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { laterSteps, stepCatalog } from "./catalog.ts";

/** The catalogue of DESIGN §2. */
const designed = (
  "run acknowledge check-source check-version check-artifacts bump changelog commit tag push build-wheel build-crate build-npm build-binary " +
  "build-image scan-image checksums sbom record carry attest stage publish verify-install forge-release fetch-release dispatch close-issue notify withdraw"
).split(" ");

test("the catalogue has every step of the design once: either this version does it, or it says that it does not", () => {
  const names = [...stepCatalog, ...laterSteps].map((step) => step.name);

  assert.deepEqual(names.toSorted(), designed.toSorted());
});

for (const step of stepCatalog) {
  test(`the input of \`${step.name}\` refuses unknown members`, () => {
    assert.equal(step.input.fits({ nobodyKnowsThis: 1 }), false);
    assert.equal(step.input.zod(z).safeParse({ nobodyKnowsThis: 1 }).success, false);
  });

  test(`the input of \`${step.name}\` becomes a JSON Schema in which every member has a description`, () => {
    const schema = z.toJSONSchema(step.input.zod(z)) as {
      readonly properties?: object;
      readonly anyOf?: readonly { readonly properties?: object }[];
    };

    const members = [schema, ...(schema.anyOf ?? [])].flatMap((one) => Object.entries(one.properties ?? {}));
    assert.deepEqual(
      members.filter(([, member]) => typeof (member as { description?: unknown }).description !== "string").map(([name]) => name),
      [],
    );
  });

  test(`\`${step.name}\` describes itself in one sentence`, () => {
    assert.match(step.summary, /^[A-Z].*\.$/);
    assert.ok(Number.isInteger(step.revision) && step.revision >= 1);
    assert.ok(step.timeoutMs > 0);
  });
}

test("a step that this version does not do takes any input, so that a file that uses it parses", () => {
  for (const step of laterSteps) {
    assert.equal(step.input.fits({ anything: ["at", { all: true }] }), true, step.name);
    assert.equal(step.available, false);
  }
});
