import assert from "node:assert/strict";
import { test } from "node:test";
import { readAnswer, serverText, type Answer, type AnswerContext } from "./answers.ts";

const nowMs = Date.UTC(2026, 10, 21, 12, 0, 0);
const context: AnswerContext = {
  registry: "staging",
  uploadUrl: "http://localhost/legacy/",
  fileName: "demo-1.0.tar.gz",
  nowMs,
  secrets: ["pypi-secret"],
};

function answer(status: number, rest: Partial<Answer> = {}): Answer {
  return { status, reason: "", headers: {}, text: "", ...rest };
}

function said(status: number, rest: Partial<Answer> = {}): string {
  const performed = readAnswer(answer(status, rest), context);
  return `${performed.kind} ${"why" in performed ? performed.why : ""}`;
}

test("readAnswer() takes 200 for sent and keeps the lines of warnings", () => {
  assert.deepEqual(readAnswer(answer(200), context), { kind: "sent", warnings: [] });
  assert.deepEqual(readAnswer(answer(200, { text: "one\n\ntwo\n" }), context), { kind: "sent", warnings: ["one", "two"] });
  assert.deepEqual(readAnswer(answer(201, { headers: { "content-type": "application/json" }, text: '{"ok":true}' }), context), {
    kind: "sent",
    warnings: [],
  });
});

test("readAnswer() does not take a web page for a success", () => {
  assert.match(said(200, { text: "  <!DOCTYPE html><p>Sign in" }), /^unknown .*web page/);
  assert.match(said(200, { text: "<html lang=en>" }), /^unknown .*web page/);
});

test("readAnswer() leaves open what may have been accepted", () => {
  for (const status of [408, 500, 502, 503, 504, 599]) assert.match(said(status), /^unknown /, `${status}`);
});

test("readAnswer() waits as long as it is told, and a little where it is not told", () => {
  const later = (status: number, value?: string) => readAnswer(answer(status, { headers: { "retry-after": value } }), context);
  assert.deepEqual(later(429, "7"), { kind: "later", atMs: nowMs + 7_000, why: '"staging" asks to wait: 429' });
  assert.deepEqual(later(503, "Sat, 21 Nov 2026 12:00:09 GMT"), { kind: "later", atMs: nowMs + 9_000, why: '"staging" asks to wait: 503' });
  assert.deepEqual(later(429), { kind: "later", atMs: nowMs + 5_000, why: '"staging" asks to wait: 429' });
  assert.deepEqual(later(429, "soon"), { kind: "later", atMs: nowMs + 5_000, why: '"staging" asks to wait: 429' });
});

test("readAnswer() lets the next look decide where a name or content is taken", () => {
  assert.match(said(409), /^unknown /);
  assert.match(said(400, { reason: "File already exists ('demo', with blake2_256 hash '00')." }), /^unknown .*File already exists/);
  assert.match(said(400, { text: "A file named demo already exist" }), /^unknown /);
});

test("readAnswer() refuses in words that say what to check", () => {
  assert.match(
    said(403, { reason: "Invalid or non-existent authentication information." }),
    /^refused .*403 "Invalid or.*check that the token/,
  );
  assert.match(said(401), /^refused .*check that the token/);
  assert.match(
    said(400, { reason: "Only one sdist may be uploaded per release." }),
    /^refused "staging" refused "demo-1\.0\.tar\.gz": 400 "Only one sdist/,
  );
  assert.match(said(413), /^refused /);
  assert.match(
    said(301, { headers: { location: "https://u:p@other.invalid/legacy/?token=1" } }),
    /^refused .*a redirect.*"https:\/\/other\.invalid\/legacy\/"/,
  );
});

test("readAnswer() tells a refused credential from any other refusal", () => {
  const code = (status: number) => {
    const performed = readAnswer(answer(status), context);
    return performed.kind === "refused" ? performed.code : performed.kind;
  };
  assert.deepEqual([401, 403].map(code), ["CREDENTIAL_REFUSED", "CREDENTIAL_REFUSED"]);
  assert.deepEqual([301, 400, 404, 413].map(code), [undefined, undefined, undefined, undefined]);
});

test("serverText() prefers the JSON code, then a reason that says something, then the body without its tags", () => {
  const json = JSON.stringify({ message: "long", code: "400 Short", title: "Bad Request" });
  assert.equal(serverText(answer(400, { reason: "Reason", text: json }), []), "Short");
  assert.equal(serverText(answer(400, { text: '{"message":"only this"}' }), []), "only this");
  assert.equal(serverText(answer(400, { reason: "Reason", text: "body" }), []), "Reason");
  assert.equal(serverText(answer(400, { reason: "Bad Request", text: "<html><title>t</title><h1>Wrong</h1> thing" }), []), "Wrong thing");
  assert.equal(serverText(answer(400, { text: "{broken" }), []), "{broken");
});
