import assert from "node:assert/strict";
import { test } from "node:test";
import { createCredential } from "../../domain/credential.ts";
import { authorizationOf, openNpmCredential, traces } from "./credentials.ts";

const secrets = { has: () => Promise.resolve(true), read: (name: string) => Promise.resolve(name === "NPM_TOKEN" ? " npm_secret\n" : "") };

test("a token is sent by itself, with a user it is a password", async () => {
  const token = await openNpmCredential({ kind: "token", variable: "NPM_TOKEN" }, "npm", secrets);
  const password = await openNpmCredential({ kind: "token", variable: "NPM_TOKEN", user: "ada" }, "own", secrets);

  assert.equal(authorizationOf(token), "Bearer npm_secret");
  assert.equal(authorizationOf(password), `Basic ${Buffer.from("ada:npm_secret").toString("base64")}`);
  assert.equal(authorizationOf(await openNpmCredential({ kind: "none" }, "own", secrets)), undefined);
  assert.equal(String(token), "«redacted»");
});

test("what is missing or not yet known is said", async () => {
  await assert.rejects(openNpmCredential({ kind: "token", variable: "OTHER" }, "npm", secrets), { code: "CREDENTIAL_MISSING" });
  await assert.rejects(openNpmCredential({ kind: "forge" }, "npm", secrets), { code: "NOT_YET" });
});

test("a secret is recognised in every form in which it was sent", () => {
  const found = traces(createCredential("ada", "s/ecret"));

  assert.ok(found.includes("s%2Fecret") && found.includes(Buffer.from("ada:s/ecret").toString("base64")));
  assert.deepEqual(traces(createCredential("", "abc")), [], "too short to be told from words");
});
