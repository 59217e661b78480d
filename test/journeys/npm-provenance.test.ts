// Provenance of an npm tarball by the real program: the step `attest` makes it once, `publish` sends it with the tarball as the job that
// npm trusts, and the registry serves it. Where a token comes in the identity's place it stays behind, and the tarball goes.
import assert from "node:assert/strict";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { rehearsalNpmCredential } from "../../src/registries/npm/credentials.ts";
import { startRehearsalIssuer } from "../../src/loopback/identity-issuer.ts";
import { startRehearsalSigstore } from "../../src/loopback/sigstore.ts";
import { startRehearsalNpm, type RehearsalNpm } from "../../src/registries/npm/rehearsal/server.ts";
import { makeBed, pointAt, told, type Bed } from "../support/bed.ts";
import { npmClientOf, npmTarball, npmUploadOf } from "../support/npm.ts";
import { never, realClock } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const repository = "acme/reed";
const name = "@slipway-reed/core";
const manifest = { name, version: "1.0.0", license: "MIT", repository: { type: "git", url: `git+https://github.com/${repository}.git` } };

const settings = (sigstore: string, credentials: string) => `slipway: 1
project: reed
forge: { kind: github, repository: ${repository} }
packages: { reed: { path: ., ecosystem: npm, tag: "v{version}" } }
version: { from: manifest }
on: { tag: reed }
environments:
  npm: { registry: npm, credentials: ${credentials} }
steps:
  build: { run: "true", produces: [{ kind: npm-tarball, package: reed, files: "built/*.tgz" }] }
  attest: { uses: attest, with: { as: [npm-provenance], sigstore: { certificates: "${sigstore}", log: "${sigstore}" } } }
  npm: { uses: publish, environment: npm }
`;

async function open(
  t: TestContext,
  credentials: string,
): Promise<{ readonly bed: Bed; readonly npm: RehearsalNpm; readonly job: Readonly<Record<string, string>> }> {
  const ref = `${repository}/.github/workflows/release.yml@refs/tags/v1.0.0`;
  const claims = { sub: `repo:${repository}`, repository, repository_owner: "acme", environment: "npm", event_name: "push" };
  const issuer = await startRehearsalIssuer({ clock: realClock, claims: () => ({ ...claims, workflow_ref: ref, job_workflow_ref: ref }) });
  const sigstore = await startRehearsalSigstore({ clock: realClock, issuer });
  const folder = temporaryFolder(t);
  const publisher = { provider: "github", package: name, repository, workflow: "release.yml", environment: "npm" } as const;
  const npm = await startRehearsalNpm({
    clock: realClock,
    storeFolder: path.join(folder, "npm"),
    ours: [name],
    announced: false,
    trusts: { issuer, publishers: [publisher] },
  });
  t.after(() => Promise.all([npm.close(), sigstore.close(), issuer.close()]));
  // npm trusts nobody for a package that it does not have.
  const first = { name, version: "0.9.0" };
  const client = npmClientOf(npm.registryUrl, { world: "real" });
  await client.publish(npmUploadOf(folder, first, { bytes: npmTarball(first) }), rehearsalNpmCredential(), never);
  const bed = makeBed({
    tag: "v1.0.0",
    example: {
      files: {
        "slipway.yaml": settings(sigstore.url, credentials),
        "package.json": JSON.stringify(manifest),
        "built/slipway-reed-core-1.0.0.tgz": npmTarball(manifest),
      },
    },
    prepare: (project) => pointAt(project, { npm: { ecosystem: "npm", url: npm.registryUrl } }),
  });
  t.after(() => bed.remove());
  return { bed, npm, job: issuer.jobEnvironment("npm") };
}

async function served(npm: RehearsalNpm): Promise<{ readonly attestations?: readonly unknown[]; readonly status: number }> {
  const reply = await fetch(`${npm.url}/-/npm/v1/attestations/${name}@1.0.0`);
  return { ...(reply.ok ? ((await reply.json()) as { attestations: readonly unknown[] }) : {}), status: reply.status };
}

const stored = (npm: RehearsalNpm) => npm.received().find((one) => one.version === "1.0.0")?.stored;

test("a release as the job that npm trusts sends provenance with the tarball, and the registry serves it", async (t) => {
  const { bed, npm, job } = await open(t, "trusted-publishing");

  const ended = await bed.slipway(["run", "--json"], job);

  assert.equal(ended.code, 0, told(ended));
  assert.equal(stored(npm), 1);
  assert.equal((await served(npm)).attestations?.length, 1);
});

test("where a token opens the registry the tarball goes alone", async (t) => {
  const { bed, npm, job } = await open(t, "{ token: NPM_TOKEN }");

  const ended = await bed.slipway(["run", "--json"], { ...job, NPM_TOKEN: "npm-token-of-a-reed" });

  assert.equal(ended.code, 0, told(ended));
  assert.deepEqual([stored(npm), (await served(npm)).status], [1, 404]);
});
