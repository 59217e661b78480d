import assert from "node:assert/strict";
import { test } from "node:test";
import { readRefusal, type Answer } from "./answers.ts";

const context = { registry: "ghcr", what: 'the manifest "1.0" of "o/i"', nowMs: 1_000, secrets: ["hunter2"] };
const errors = (code: string, message: string): string => JSON.stringify({ errors: [{ code, message }] });

function read(status: number, text = "", headers: Answer["headers"] = {}): string {
  const found = readRefusal({ status, reason: "", headers, text }, context);
  if (found === undefined) return "success";
  return `${found.kind}${found.kind === "later" ? ` ${found.atMs}` : ""}${"code" in found ? ` ${found.code}` : ""}: ${found.why}`;
}

test("successes are left to the caller, but a web page is none", () => {
  for (const status of [200, 201, 202, 204]) assert.equal(read(status), "success");
  assert.match(read(200, "<!doctype html><p>Sign in"), /^unknown: .*web page/);
});

test("a pause is later, with the time that is told in seconds or as a date", () => {
  assert.match(read(429, errors("TOOMANYREQUESTS", "slow down"), { "retry-after": "7" }), /^later 8000: .*"TOOMANYREQUESTS: slow down"/);
  assert.match(read(429), /^later 6000: /);
  assert.match(read(503, "", { "retry-after": "Thu, 01 Jan 1970 00:00:09 GMT" }), /^later 9000: /);
  assert.match(read(503), /^unknown: /);
});

test("an answer that leaves open whether it was done is unknown", () => {
  for (const status of [500, 502, 504, 408]) assert.match(read(status), /^unknown: "ghcr" answered/);
});

test("a refusal has the server's words without the secret", () => {
  assert.match(read(400, errors("MANIFEST_INVALID", "bad hunter2")), /^refused: .*400 "MANIFEST_INVALID: bad «redacted»"/);
  assert.match(read(405, errors("UNSUPPORTED", "")), /^refused: .*405 "UNSUPPORTED"/);
  assert.match(read(413, "<h1>Too large</h1>"), /^refused: .*413 "Too large"/);
  assert.match(read(307), /^refused: .*a redirect/);
});

test("what is not there any more, though it was put, asks for another attempt", () => {
  assert.match(read(404, errors("MANIFEST_BLOB_UNKNOWN", "x")), /^unknown: .*which was put before/);
  assert.match(read(404, errors("NAME_UNKNOWN", "x")), /^refused: /);
});

test("a credential that is not let in is told as such", () => {
  for (const status of [401, 403])
    assert.match(read(status, errors("DENIED", "no")), /^refused CREDENTIAL_REFUSED: .*check that the token/);
});
