import assert from "node:assert/strict";
import { test } from "node:test";
import { forgeVariable, openForgeCredential, rehearsalForgeCredential } from "./credentials.ts";

const secretsOf = (values: Readonly<Record<string, string>>) => ({
  has: (name: string) => Promise.resolve(name in values),
  read: (name: string) => Promise.resolve(values[name] ?? assert.fail(`${name} is read`)),
});

test("the variable that the environment names goes before the usual ones, and a deploy key is none for the API", async () => {
  const secrets = secretsOf({ OWN: "own-token", GITHUB_TOKEN: "job-token", GITEA_TOKEN: "gitea-token" });

  assert.equal((await openForgeCredential("github", { kind: "token", variable: "OWN" }, secrets)).reveal(), "own-token");
  assert.equal((await openForgeCredential("github", { kind: "deploy-key", variable: "KEY" }, secrets)).reveal(), "job-token");
  assert.equal((await openForgeCredential("gitea", undefined, secrets)).reveal(), "gitea-token");
  assert.equal(await forgeVariable("github", undefined, secretsOf({ GH_TOKEN: "a", GITHUB_TOKEN: "b" })), "GH_TOKEN");
});

test("a credential that is not there, or that could not stand in a header, is named and not shown", async () => {
  await assert.rejects(openForgeCredential("github", undefined, secretsOf({})), {
    code: "CREDENTIAL_MISSING",
    message: /GH_TOKEN or GITHUB_TOKEN/,
  });
  await assert.rejects(
    openForgeCredential("gitea", undefined, secretsOf({ GITEA_TOKEN: "canary\r\nX-Evil: 1" })),
    (error: Error) => !error.message.includes("canary"),
  );
});

test("a rehearsal has a token of its own", () => {
  assert.match(rehearsalForgeCredential().reveal(), /^rehearsal-/);
});
