import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createCredential } from "../../domain/credential.ts";
import { authorization, openCratesCredential, rehearsalCratesCredential, traces } from "./credentials.ts";

const secrets = { has: async () => true, read: async (variable: string) => (variable === "TOKEN" ? " Bearer abcdef \n" : "") };

describe("credentials of a crate registry", () => {
  test("a token goes as it is, with the scheme that it holds itself", async () => {
    const credential = await openCratesCredential({ kind: "token", variable: "TOKEN" }, "crates", secrets);

    assert.deepEqual(authorization(credential), { authorization: "Bearer abcdef" });
    assert.deepEqual(traces(credential), ["Bearer abcdef", "abcdef", "abcdef"]);
    assert.doesNotMatch(JSON.stringify(credential), /abcdef/);
  });

  test("no credential sends no header", async () => {
    assert.deepEqual(authorization(await openCratesCredential({ kind: "none" }, "crates", secrets)), {});
    assert.deepEqual(traces(createCredential("", "")), []);
  });

  test("the credential of a forge is not there yet", async () => {
    await assert.rejects(openCratesCredential({ kind: "forge" }, "crates", secrets), { code: "NOT_YET" });
  });

  test("an empty variable is a missing credential", async () => {
    await assert.rejects(openCratesCredential({ kind: "token", variable: "NONE" }, "crates", secrets), { code: "CREDENTIAL_MISSING" });
  });

  test("a rehearsal's token is no token of a real registry", () => assert.doesNotMatch(rehearsalCratesCredential().reveal(), /^cio/));
});
