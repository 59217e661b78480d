// Real clients log in without a token at the rehearsal registries, as the job that our own client would be: what the registries
// answer is what uv and npm understand. (twine, which knows the public hosts alone, is in the acceptance tier.)
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import { startRehearsalIssuer, type RehearsalIssuer } from "../../src/loopback/identity-issuer.ts";
import { npmClientOf, npmTarball, npmUploadOf, startNpm } from "../support/npm.ts";
import { never, realClock, startIndex } from "../support/pypi.ts";
import { npmTestTool } from "../support/npm-programs.ts";
import { startTlsFront } from "../support/tls-front.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { runTool, testTool } from "../support/test-tools.ts";
import { wheel } from "../support/wheel.ts";

const repository = "acme/demo";

async function startIssuer(t: TestContext, workflow = "release.yml"): Promise<RehearsalIssuer> {
  const ref = `${repository}/.github/workflows/${workflow}@refs/tags/v1`;
  const claims = {
    repository,
    repository_owner: "acme",
    environment: "release",
    event_name: "push",
    workflow_ref: ref,
    job_workflow_ref: ref,
  };
  const issuer = await startRehearsalIssuer({ clock: realClock, claims: () => claims });
  t.after(() => issuer.close());
  return issuer;
}

const trusts = (issuer: RehearsalIssuer, name: string) => ({
  issuer,
  publishers: [{ provider: "github", package: name, repository, workflow: "release.yml", environment: "release" } as const],
});

async function uvPublishes(
  t: TestContext,
  issuer: RehearsalIssuer,
): Promise<{ readonly code: number | null; readonly output: string; readonly stored: number }> {
  const index = await startIndex(t, { ours: ["slip-demo"], trusts: trusts(issuer, "slip-demo") });
  const front = await startTlsFront(t, index.url);
  const folder = temporaryFolder(t);
  const built = wheel({ name: "slip-demo", version: "1.0.0" });
  writeFileSync(join(folder, built.name), built.bytes);
  const args = [
    "publish",
    "--no-cache",
    "--trusted-publishing",
    "always",
    "--publish-url",
    `${front.url}/legacy/`,
    join(folder, built.name),
  ];
  const env = { HOME: folder, UV_NO_CONFIG: "1", SSL_CERT_FILE: front.authority, ...issuer.jobEnvironment() };
  const { code, output } = await runTool(testTool("uv"), args, { env, cwd: folder });
  return { code, output, stored: index.received().reduce((sum, one) => sum + one.stored, 0) };
}

test("uv logs in as the trusted job and publishes", async (t) => {
  const { code, output, stored } = await uvPublishes(t, await startIssuer(t));

  assert.equal(code, 0, output);
  assert.equal(stored, 1);
});

test("uv, as a job of another workflow, is refused with PyPI's code and publishes nothing", async (t) => {
  const { code, output, stored } = await uvPublishes(t, await startIssuer(t, "test.yml"));

  assert.notEqual(code, 0);
  assert.match(output, /invalid-publisher/);
  assert.equal(stored, 0);
});

async function npmPublishes(
  t: TestContext,
  issuer: RehearsalIssuer,
): Promise<{ readonly code: number | null; readonly output: string; readonly stored: number }> {
  const name = "slip-demo";
  const server = await startNpm(t, { ours: [name], trusts: trusts(issuer, name) });
  const folder = temporaryFolder(t);
  // npm trusts nobody for a package that it does not have.
  const first = { name, version: "0.9.0" };
  await npmClientOf(server.registryUrl).publish(
    npmUploadOf(folder, first, { bytes: npmTarball(first) }),
    createCredential("", "npm_person"),
    never,
  );
  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name, version: "1.0.0" }));
  // Provenance that npm makes by itself would go to the public log.
  const args = ["publish", "--provenance=false", "--registry", server.registryUrl, "--loglevel", "verbose"];
  const env = { HOME: folder, PATH: process.env["PATH"] ?? "", npm_config_cache: join(folder, "cache"), ...issuer.jobEnvironment() };
  const { code, output } = await runTool(process.execPath, [npmTestTool("npm/bin/npm-cli.js"), ...args], { env, cwd: project });
  const stored = server
    .received()
    .filter((one) => one.version === "1.0.0")
    .reduce((sum, one) => sum + one.stored, 0);
  return { code, output, stored };
}

test("npm logs in as the trusted job and publishes", async (t) => {
  const { code, output, stored } = await npmPublishes(t, await startIssuer(t));

  assert.equal(code, 0, output);
  assert.equal(stored, 1);
});

test("npm, as a job of another workflow, is told as little as npm tells, and publishes nothing", async (t) => {
  const { code, output, stored } = await npmPublishes(t, await startIssuer(t, "test.yml"));

  assert.notEqual(code, 0);
  assert.match(output, /OIDC token exchange error - package not found/);
  assert.equal(stored, 0);
});
