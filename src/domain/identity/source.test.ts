import assert from "node:assert/strict";
import { test } from "node:test";
import { findIdentity, gitlabVariable, identityVariables } from "./source.ts";

const runner = {
  GITHUB_ACTIONS: "true",
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://runner/token?v=1",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "secret",
};

test("a job of GitHub that may ask for tokens has an identity", () => {
  const found = findIdentity(runner);
  assert.equal(found.kind === "found" ? found.source.kind : found.why, "github-actions");
});

test("a job of GitHub without the permission has none, and is told which permission it lacks", () => {
  const found = findIdentity({ GITHUB_ACTIONS: "true" });
  assert.ok(found.kind === "none");
  assert.match(found.why, /id-token: write/);
});

test("a job of GitLab has one for each audience that it declares", () => {
  const found = findIdentity({ GITLAB_CI: "true", PYPI_ID_TOKEN: "x", NPM_ID_TOKEN: "", OTHER: "x" });
  assert.deepEqual(found.kind === "found" ? found.source : found, { kind: "gitlab", provider: "gitlab", variables: ["PYPI_ID_TOKEN"] });
});

test("elsewhere a token that the user set is one, and without it there is none", () => {
  const found = findIdentity({ SLIPWAY_ID_TOKEN_FILE: "/run/token" });
  assert.equal(found.kind === "found" ? found.source.provider : found.why, "other");
  assert.equal(findIdentity({ HOME: "/root" }).kind, "none");
});

test("GitLab's variable is named after the audience", () => {
  assert.deepEqual(["pypi", "testpypi", "npm:registry.example", "crates.example", "sigstore"].map(gitlabVariable), [
    "PYPI_ID_TOKEN",
    "TESTPYPI_ID_TOKEN",
    "NPM_ID_TOKEN",
    "CRATES_EXAMPLE_ID_TOKEN",
    "SIGSTORE_ID_TOKEN",
  ]);
});

test("every variable that is an identity, or opens one, is known by its name", () => {
  const names = identityVariables({ PYPI_ID_TOKEN: "x", ID_TOKEN: "x", PATH: "/bin" });
  assert.deepEqual(names, ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SLIPWAY_ID_TOKEN", "PYPI_ID_TOKEN"]);
});
