import assert from "node:assert/strict";
import { test } from "node:test";
import { format, inspect } from "node:util";
import { createCredential, endOfToken } from "./credential.ts";

test("a credential reveals its secret when asked, and in no other way", () => {
  const credential = createCredential("__token__", "canary-6f1c2b");

  const shown = [
    Reflect.apply(String, undefined, [credential]),
    JSON.stringify({ credential }),
    inspect(credential, { showHidden: true, depth: 9 }),
    format("%s %o %j", credential, credential, credential),
    JSON.stringify({ ...credential }),
    inspect({ ...credential }),
    inspect(structuredClone({ user: credential.user })),
  ];

  assert.equal(credential.reveal(), "canary-6f1c2b");
  assert.ok(
    shown.every((text) => !text.includes("canary")),
    shown.join("\n"),
  );
  assert.equal(shown[0], "«redacted»");
});

test("of a minted token that is long the end is hidden, of a short one all of it", () => {
  assert.equal(endOfToken("short"), "short");
  assert.equal(endOfToken(`${"a".repeat(2_000)}${"b".repeat(256)}`), "b".repeat(256));
});
