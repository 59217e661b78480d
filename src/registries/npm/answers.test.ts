import assert from "node:assert/strict";
import { test } from "node:test";
import { readAnswer, type Answer } from "./answers.ts";

const context = {
  registry: "staging",
  package: "@slip/demo",
  what: 'publish "slip-demo-1.0.0.tgz"',
  nowMs: 1_000_000,
  secrets: ["npm_secret"],
};

function read(status: number, text = "", headers: Answer["headers"] = {}) {
  return readAnswer({ status, reason: "", headers, text }, context);
}

function words(answer: ReturnType<typeof read>): string {
  const inner = answer.kind === "look" ? answer.refused : answer;
  return "why" in inner ? inner.why : "";
}

test("a success is one only if no web page came", () => {
  assert.deepEqual(read(200, "{}"), { kind: "sent", warnings: [] });
  assert.deepEqual(read(201, ""), { kind: "sent", warnings: [] });
  assert.equal(read(200, "<!DOCTYPE html><html>").kind, "unknown");
});

test("a pause is until the time that the registry names, or a short one", () => {
  const later = read(429, "", { "retry-after": "7" });
  assert.equal(later.kind === "later" && later.atMs, 1_007_000);
  assert.equal(read(503, "", { "retry-after": "1" }).kind, "later");
  const bare = read(429);
  assert.equal(bare.kind === "later" && bare.atMs, 1_005_000);
});

test("what leaves open whether it was taken is unknown", () => {
  for (const status of [500, 502, 503, 504, 408, 409]) assert.equal(read(status).kind, "unknown", String(status));
  assert.equal(read(403, '{"error":"You cannot publish over the previously published versions: 1.0.0."}').kind, "unknown");
  assert.equal(read(400, '{"message":"version was previously staged"}').kind, "unknown");
});

test("every other no is for a look to confirm", () => {
  for (const status of [400, 401, 402, 403, 404, 413, 422]) assert.equal(read(status).kind, "look", String(status));
  assert.equal(read(308).kind, "refused");
});

test("a refusal names the way out of it", () => {
  assert.match(words(read(401, "", { "www-authenticate": "OTP" })), /one-time password, which no machine has.*granular access token/);
  assert.match(words(read(401, '{"error":"You must provide a one-time pass."}')), /which no machine has/);
  assert.match(words(read(401, '{"error":"Access token expired"}')), /Access token expired.*check that the token/);
  assert.match(words(read(404, '{"error":"Not found"}')), /to those who may not write.*"@slip\/demo"/);
  assert.match(words(read(402)), /access to "public"/);
  assert.match(words(read(413, "<html><title>x</title>Too large</html>")), /refused to publish "slip-demo-1\.0\.0\.tgz": 413 "Too large"/);
});

test("a secret and a control character in the answer do not come back", () => {
  const text = words(read(400, JSON.stringify({ error: "token npm_secret\u001b[31m is bad" })));
  assert.match(text, /token «redacted» \[31m is bad/);
});
