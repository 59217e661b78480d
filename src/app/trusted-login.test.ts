import assert from "node:assert/strict";
import { test } from "node:test";
import { createCredential } from "../domain/credential.ts";
import { claimsOf } from "../domain/identity/claims.ts";
import { createIdentityToken } from "../domain/identity/token.ts";
import type { AskedIdentity } from "../platform/identity-port.ts";
import type { Exchanged, Registry } from "../registries/registry.ts";
import { openLogins, type Wanted } from "./trusted-login.ts";

const signal = new AbortController().signal;
const claims = claimsOf({
  repository: "acme/demo",
  workflow_ref: "acme/demo/.github/workflows/test.yml@refs/heads/main",
  environment: "pypi",
});

interface Bed {
  nowMs: number;
  asked: number;
  readonly secrets: string[];
  open(wanted?: Partial<Wanted>): Promise<string>;
}

function bed(
  answers: { readonly asked?: AskedIdentity; readonly exchanged?: Exchanged; readonly opens?: "registry" | "package" } = {},
): Bed {
  const made: Bed = { nowMs: 1_000_000, asked: 0, secrets: [], open: async () => "" };
  const registry = {
    name: "pypi",
    login: {
      accepts: ["github"],
      workflowClaim: "workflow_ref",
      opens: answers.opens ?? "registry",
      settings: (name: string) => `https://pages/${name}`,
      audience: async () => ({ kind: "audience", audience: "pypi" }),
      exchange: async () =>
        answers.exchanged ?? { kind: "opened", credential: createCredential("", `token-${made.asked}`), endsAtMs: made.nowMs + 900_000 },
    },
  } as unknown as Registry;
  const logIn = openLogins({
    clock: { nowMs: () => made.nowMs, sleep: () => Promise.resolve() },
    redactor: { add: (secret: string) => void made.secrets.push(secret) } as never,
    identities: () => ({
      found: { kind: "none", why: "" },
      token: async () => {
        made.asked += 1;
        return answers.asked ?? { kind: "token", token: createIdentityToken("jwt", claims) };
      },
    }),
  });
  const publisher = { provider: "github", package: "demo", repository: "acme/demo", workflow: "release.yml", environment: "pypi" } as const;
  made.open = async (wanted = {}) => (await logIn({ registry, package: "demo", publisher, signal, ...wanted })).credential.reveal();
  return made;
}

test("a login is made once for all who ask, and again before it is over", async () => {
  const at = bed();
  assert.deepEqual(await Promise.all([at.open(), at.open()]).then(() => at.open()), "token-1");
  at.nowMs += 599_000;
  assert.equal(await at.open(), "token-1");
  at.nowMs += 2_000;
  assert.equal(await at.open(), "token-2");
  assert.equal(at.asked, 2);
});

test("what was opened is told to the redactor", async () => {
  const at = bed();
  await at.open();
  assert.deepEqual(at.secrets, ["token-1"]);
});

test("a registry that opens one package alone is asked for each", async () => {
  const at = bed({ opens: "package" });
  assert.deepEqual([await at.open(), await at.open({ package: "other" }), await at.open()], ["token-1", "token-2", "token-1"]);
});

test("a refusal names the field that differs, and where it is entered", async () => {
  const at = bed({ exchanged: { kind: "refused", why: "invalid-publisher: no corresponding publisher" } });
  await assert.rejects(at.open(), (error: Error & { code?: string; hint?: string }) => {
    assert.equal(error.code, "LOGIN_REFUSED");
    assert.match(
      error.message,
      /invalid-publisher: no corresponding publisher\. Of this run, workflow is "test\.yml" and should be "release\.yml"/,
    );
    assert.match(error.hint ?? "", /https:\/\/pages\/demo: owner "acme", repository "demo", workflow "release\.yml", environment "pypi"/);
    return true;
  });
});

test("a registry that does not answer is asked again later, with a new identity", async () => {
  const at = bed({ exchanged: { kind: "unknown", why: "502" } });
  await assert.rejects(at.open(), { code: "LOGIN_UNANSWERED" });
  await assert.rejects(at.open(), { code: "LOGIN_UNANSWERED" });
  assert.equal(at.asked, 2);
});

test("without an identity both ways out are named", async () => {
  const at = bed({ asked: { kind: "unavailable", why: "this is no CI job", lasting: true } });
  await assert.rejects(at.open(), (error: Error & { code?: string; hint?: string }) => {
    assert.equal(error.code, "LOGIN_REFUSED");
    assert.match(error.hint ?? "", /the CI job that the registry trusts.*token: NAME/);
    return true;
  });
});
