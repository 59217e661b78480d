import assert from "node:assert/strict";
import { test } from "node:test";
import { readAnswer, unknownAnswer } from "./answers.ts";

const nowMs = Date.UTC(2026, 10, 21, 12, 0, 0);
const context = { forge: "git.example", what: 'create the draft of "v1.0"', nowMs, secrets: ["canary-token"] };

function said(status: number, text: string, headers: Readonly<Record<string, string>> = {}): string {
  const performed = readAnswer({ status, text, headers, place: "http://127.0.0.1/x" }, context);
  return `${performed.kind} ${"why" in performed ? performed.why : ""} ${performed.kind === "later" ? String(performed.atMs - nowMs) : ""}`.trim();
}

test("success is JSON or nothing; a web page with 200 is somebody else's answer", () => {
  assert.equal(said(201, '{"id":1}'), "sent");
  assert.equal(said(204, ""), "sent");
  assert.match(said(200, "<html>Sign in"), /^unknown .*proxy or login page/);
});

test("a conflict, a server error and a time-out are settled by a look", () => {
  for (const status of [408, 409, 500, 502, 503]) assert.match(said(status, '{"message":"exists"}'), /^unknown /, String(status));
});

test("a proxy that limits is waited for", () => {
  assert.match(said(429, "", { "retry-after": "9" }), /^later .* 9000$/);
  assert.match(said(429, ""), /^later .* 5000$/);
  assert.match(said(503, "", { "retry-after": "1" }), /^later .* 1000$/);
});

test("refusals say what was asked, what was answered, and what it means, without the token", () => {
  const why = said(401, '{"message":"user does not exist \\u001b[31m canary-token"}');

  assert.match(
    why,
    /^refused "git\.example" was asked to create the draft of "v1\.0" and answered 401 "user does not exist \[31m «redacted»"; the credential/,
  );
  assert.match(said(413, "<p>Too large</p>"), /^refused .*413 "Too large"; the server takes no file of this size/);
  assert.match(
    unknownAnswer({ status: 404, text: "{}", headers: {}, place: "http://127.0.0.1/x" }, context).why,
    /answered 404; it does not exist/,
  );
});

test("a refused credential is told from any other refusal", () => {
  const code = (status: number) => {
    const performed = readAnswer({ status, text: "{}", headers: {}, place: "http://127.0.0.1/x" }, context);
    return performed.kind === "refused" ? performed.code : performed.kind;
  };

  assert.deepEqual([401, 403, 404, 413].map(code), ["CREDENTIAL_REFUSED", "CREDENTIAL_REFUSED", undefined, undefined]);
});
