import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationOf } from "../../../test/support/app.ts";
import { planEnvironments } from "./environments.ts";

const known = [
  { name: "pypi", ecosystem: "pypi", test: false },
  { name: "testpypi", ecosystem: "pypi", test: true },
] as const;

function planned(environment: string, registries = "") {
  return planEnvironments(
    configurationOf(`slipway: 1
project: demo
packages: { demo: { path: . } }
${registries}environments:
  there: ${environment}
steps:
  build: { uses: build-wheel }
  publish: { uses: publish, environment: there }
`),
    known,
  );
}

test("the index that everybody installs from is none where names may be burned, whatever the file says", () => {
  const { problems } = planned("{ registry: pypi, credentials: { token: T }, test: true }");

  assert.deepEqual(
    problems.map(({ code, message }) => [code, message]),
    [["PLAN_INVALID", 'Cannot plan environment "there": it calls "pypi" a test index, and what is published there is public for good']],
  );
});

test("a known test index is one without a word, and an own index by a word", () => {
  assert.equal(planned("{ registry: testpypi, credentials: { token: T } }").environments[0]?.registries[0]?.test, true);
  const own = planned(
    "{ registry: own, credentials: { token: T }, test: true }",
    'registries: { own: { ecosystem: pypi, url: "https://index.example.org/legacy/" } }\n',
  );

  assert.deepEqual([own.problems, own.environments[0]?.registries[0]?.test], [[], true]);
});
