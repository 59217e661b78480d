import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedHttp } from "../../../test/support/scripted-http.ts";
import { readAttested } from "./attestations.ts";

const attestation = {
  version: 1,
  verification_material: { certificate: "Yw==", transparency_entries: [{ logIndex: "1" }] },
  envelope: { statement: "cw==", signature: "Zw==" },
};
const github = { kind: "GitHub", repository: "acme/demo", workflow: "release.yml", environment: "pypi", claims: null };

function read(publisher: unknown, status = 200) {
  const { http, asked } = scriptedHttp(() => ({
    status,
    body: { version: 1, attestation_bundles: [{ publisher, attestations: [attestation] }] },
  }));
  const one = { package: "Demo_X", version: "1.0.0", name: "demo_x-1.0.0.tar.gz" };
  return { asked, attested: readAttested({ http, siteUrl: "http://127.0.0.1:1/" }, one, new AbortController().signal) };
}

async function publishersOf(publisher: unknown): Promise<unknown> {
  const attested = await read(publisher).attested;
  assert.ok(attested.kind === "served", "what is not known of a publisher hides no attestation");
  assert.equal(attested.bundles.length, 1);
  return attested.publishers;
}

test("readAttested() tells whom the index let in, in the fields of each kind of publisher", async () => {
  const { environment: _, claims: __, ...bare } = github;
  assert.deepEqual(await publishersOf(github), [
    { provider: "github", repository: "acme/demo", workflow: "release.yml", environment: "pypi" },
  ]);
  for (const environment of [null, "", undefined])
    assert.deepEqual(await publishersOf({ ...bare, environment }), [
      { provider: "github", repository: "acme/demo", workflow: "release.yml" },
    ]);
  assert.deepEqual(
    await publishersOf({ kind: "GitLab", repository: "g/s/demo", workflow_filepath: ".gitlab-ci.yml", environment: "Prod" }),
    [{ provider: "gitlab", repository: "g/s/demo", workflow: ".gitlab-ci.yml", environment: "Prod" }],
  );
});

test("readAttested() passes over publishers of another kind or form", async () => {
  for (const publisher of [undefined, null, [], "GitHub", { kind: "Google", email: "a@example.org" }, { kind: "GitHub", repository: 1 }])
    assert.deepEqual(await publishersOf(publisher), [], JSON.stringify(publisher));
});

test("readAttested() asks by the normalised name, and takes no answer but 200 for attestations", async () => {
  const { asked, attested } = read(github, 404);
  assert.deepEqual(await attested, { kind: "none" });
  assert.equal(asked[0]?.url, "http://127.0.0.1:1/integrity/demo-x/1.0.0/demo_x-1.0.0.tar.gz/provenance");
  assert.equal((await read(github, 503).attested).kind, "unknown");
});
