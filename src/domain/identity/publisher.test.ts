import assert from "node:assert/strict";
import { test } from "node:test";
import { claimsOf } from "./claims.ts";
import { describeDifferences, differences, workflowFile, type Publisher } from "./publisher.ts";

const publisher: Publisher = { provider: "github", package: "demo", repository: "Acme/Demo", workflow: "release.yml", environment: "pypi" };
const usual = {
  repository: "acme/demo",
  environment: "PyPI",
  event_name: "push",
  workflow_ref: "acme/demo/.github/workflows/release.yml@refs/heads/main",
  job_workflow_ref: "acme/demo/.github/workflows/release.yml@refs/heads/main",
};

test("an identity with the publisher's values differs in nothing; names are compared without regard to case", () => {
  assert.deepEqual(differences(publisher, claimsOf(usual), "workflow_ref"), []);
});

for (const [field, claims, shown] of [
  ["repository", { repository: "acme/other" }, "acme/other"],
  ["workflow", { workflow_ref: "acme/demo/.github/workflows/test.yml@refs/heads/main" }, "test.yml"],
  ["environment", { environment: undefined }, "(none)"],
  ["event", { event_name: "pull_request_target" }, "pull_request_target"],
] as const) {
  test(`the field that differs is named: ${field}`, () => {
    const found = differences(publisher, claimsOf(JSON.parse(JSON.stringify({ ...usual, ...claims }))), "workflow_ref");
    assert.deepEqual(
      found.map((one) => [one.field, one.shown]),
      [[field, shown]],
    );
    assert.match(describeDifferences(found), new RegExp(`^${field} is `));
  });
}

test("a reusable workflow shows its own file in one claim and its caller's in the other", () => {
  const claims = claimsOf({ ...usual, job_workflow_ref: "acme/shared/.github/workflows/publish.yaml@v1" });
  assert.equal(workflowFile(claims, "workflow_ref"), "release.yml");
  assert.equal(workflowFile(claims, "job_workflow_ref"), "publish.yaml");
});

test("claims that are no text are left out, and the end of a token is told in milliseconds", () => {
  assert.deepEqual(claimsOf({ aud: ["a"], repository: 1, exp: 10 }), { endsAtMs: 10_000 });
});
