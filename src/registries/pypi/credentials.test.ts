import assert from "node:assert/strict";
import { test } from "node:test";
import { createCredential } from "../../domain/credential.ts";
import { SlipwayError } from "../../domain/error.ts";
import { basicAuthorization, openPypiCredential, traces } from "./credentials.ts";

const secrets = (value: string) => ({ has: async () => true, read: async () => value });

test("openPypiCredential() reads a token, trims its line end, and refuses what cannot be one", async () => {
  const rule = { kind: "token", variable: "TOKEN" } as const;
  const credential = await openPypiCredential(rule, "pypi", secrets("pypi-abc\n"));

  assert.deepEqual([credential.user, credential.reveal()], ["__token__", "pypi-abc"]);
  assert.equal((await openPypiCredential({ ...rule, user: "u" }, "pypi", secrets("p"))).user, "u");
  for (const bad of ["", "  ", "a\nb", "a\u0000b"]) {
    await assert.rejects(openPypiCredential(rule, "pypi", secrets(bad)), (error: unknown) => error instanceof SlipwayError && error.code === "CREDENTIAL_MISSING"); // prettier-ignore
  }
});

test("openPypiCredential() says plainly what this version cannot do", async () => {
  for (const rule of [{ kind: "forge" }] as const) {
    await assert.rejects(openPypiCredential(rule, "pypi", secrets("x")), (error: unknown) => error instanceof SlipwayError && error.code === "NOT_YET"); // prettier-ignore
  }
});

test("no credential is no header, and traces hold every form of a secret", async () => {
  assert.equal(basicAuthorization(await openPypiCredential({ kind: "none" }, "open", secrets(""))), undefined);
  assert.equal(basicAuthorization(createCredential("u", "p ü")), `Basic ${Buffer.from("u:p ü").toString("base64")}`);
  assert.deepEqual(traces(createCredential("u", "s3cr/t")), [
    "s3cr/t",
    "s3cr%2Ft",
    Buffer.from("s3cr/t").toString("base64"),
    Buffer.from("u:s3cr/t").toString("base64"),
  ]);
  assert.deepEqual(traces(createCredential("u", "p")), []);
});
