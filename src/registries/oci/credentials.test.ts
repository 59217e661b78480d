import assert from "node:assert/strict";
import { test } from "node:test";
import { createCredential } from "../../domain/credential.ts";
import type { Secrets } from "../../platform/ports.ts";
import { basicAuthorization, openOciCredential, rehearsalOciCredential, traces } from "./credentials.ts";

const secrets: Secrets = { read: (variable) => Promise.resolve(` ${variable}-secret\n`), has: () => Promise.resolve(true) };
const where = { registry: "ghcr" };

test("a token is read from its variable, with the user that the rule names or any", async () => {
  const own = await openOciCredential({ kind: "token", variable: "T", user: "me" }, where, secrets);
  const any = await openOciCredential({ kind: "token", variable: "T" }, where, secrets);
  assert.deepEqual([own.user, own.reveal(), any.user], ["me", "T-secret", "slipway"]);
});

test("the forge's credential is the token of the forge, where one is told", async () => {
  const found = await openOciCredential({ kind: "forge" }, { ...where, forgeVariable: "GITHUB" }, secrets);
  assert.equal(found.reveal(), "GITHUB-secret");
  await assert.rejects(openOciCredential({ kind: "forge" }, where, secrets), { code: "NOT_YET" });
});

test("none is none", async () => {
  const none = await openOciCredential({ kind: "none" }, where, secrets);
  assert.equal(basicAuthorization(none), undefined);
  assert.equal(basicAuthorization(undefined), undefined);
});

test("the secret is known in every form in which it could come back", () => {
  const credential = createCredential("u", "p@ss");
  assert.equal(basicAuthorization(credential), `Basic ${Buffer.from("u:p@ss").toString("base64")}`);
  assert.ok(traces(credential).includes("p%40ss"));
  assert.deepEqual(traces(undefined), []);
  assert.equal(rehearsalOciCredential().reveal(), "rehearsal");
});
