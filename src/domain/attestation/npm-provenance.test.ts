// The shape of npm's provenance: written by hand after npm's own publish library, so that a slip in the code shows.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { npmPackageUrl, npmProvenance, provenanceAttachment } from "./npm-provenance.ts";

const built = {
  repository: "https://github.com/acme/demo",
  ref: "refs/tags/v1.0.0",
  commit: "a".repeat(40),
  planDigest: "b".repeat(64),
  invocation: "https://github.com/acme/demo/actions/runs/7/attempts/2",
  builder: "https://github.com/acme/demo/.github/workflows/release.yml@refs/tags/v1.0.0",
  slipway: "1.2.3",
};
const tarball = { name: "@slip/demo", version: "1.0.0", sha512: "c".repeat(128) };

describe("npmProvenance()", () => {
  test("of a job of GitHub it is what npm itself writes for one", () => {
    const job = {
      workflow: ".github/workflows/release.yml",
      ref: "refs/tags/v1.0.0",
      eventName: "push",
      repositoryId: "11",
      ownerId: "22",
      runner: "github-hosted",
    };

    assert.deepEqual(npmProvenance(tarball, built, job), {
      subjects: [{ name: "pkg:npm/%40slip/demo@1.0.0", digest: { sha512: "c".repeat(128) } }],
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {
        buildDefinition: {
          buildType: "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
          externalParameters: {
            workflow: { ref: "refs/tags/v1.0.0", repository: "https://github.com/acme/demo", path: ".github/workflows/release.yml" },
          },
          internalParameters: { github: { event_name: "push", repository_id: "11", repository_owner_id: "22" } },
          resolvedDependencies: [{ uri: "git+https://github.com/acme/demo@refs/tags/v1.0.0", digest: { gitCommit: "a".repeat(40) } }],
        },
        runDetails: {
          builder: { id: "https://github.com/actions/runner/github-hosted" },
          metadata: { invocationId: "https://github.com/acme/demo/actions/runs/7/attempts/2" },
        },
      },
    });
  });

  test("of any other build it does not say that a job of GitHub made it", () => {
    const text = JSON.stringify(npmProvenance(tarball, built).predicate);

    assert.match(text, /"buildType":"urn:slipway:build:v1"/);
    assert.doesNotMatch(text, /actions\/runner/);
  });
});

test("npmPackageUrl() and provenanceAttachment() keep the scope, each in its own form", () => {
  assert.equal(npmPackageUrl({ name: "demo", version: "1.0.0-rc.1" }), "pkg:npm/demo@1.0.0-rc.1");
  assert.equal(provenanceAttachment({ name: "@slip/demo", version: "1.0.0" }), "@slip/demo-1.0.0.sigstore");
});
