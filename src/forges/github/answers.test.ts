import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readAnswer, unknownAnswer, type Answer, type AnswerContext } from "./answers.ts";

const nowMs = Date.UTC(2026, 10, 21, 12, 0, 0);
const context: AnswerContext = { forge: "github", what: 'publish the release "v1.0"', nowMs, secrets: ["ghp_canary"] };

function answer(status: number, body: unknown = {}, headers: Answer["headers"] = {}): Answer {
  return { status, headers, place: "http://127.0.0.1/x", text: typeof body === "string" ? body : JSON.stringify(body) };
}

function said(...of: Parameters<typeof answer>): string {
  const performed = readAnswer(answer(...of), context);
  return `${performed.kind} ${"why" in performed ? performed.why : ""}`;
}

test("success is JSON or nothing; a web page with 200 is somebody else's answer", () => {
  assert.deepEqual(readAnswer(answer(201, { id: 1 }), context), { kind: "sent", warnings: [] });
  assert.deepEqual(readAnswer(answer(204, ""), context), { kind: "sent", warnings: [] });
  assert.match(said(200, "<!DOCTYPE html><title>Sign in</title>"), /^unknown .*proxy or login page/);
});

test("what may have been accepted is left open", () => {
  for (const status of [408, 500, 502, 503, 504]) assert.match(said(status, { message: "Server Error" }), /^unknown /, String(status));
});

test("a name that is taken is settled by a look", () => {
  const body = { message: "Validation Failed", errors: [{ resource: "ReleaseAsset", code: "already_exists", field: "name" }] };

  assert.match(said(422, body), /^unknown .*there already: 422 "Validation Failed; ReleaseAsset.name already_exists"/);
});

test("other refusals are final, in the server's words and with what they mean", () => {
  const errors = (message: string) => ({ message: "Validation Failed", errors: [{ resource: "Release", code: "custom", message }] });

  assert.match(said(422, { message: "Cannot upload assets to an immutable release" }), /^refused .*to a draft only/);
  assert.match(said(422, errors("tag_name was used by an immutable release")), /^refused .*use the next version/);
  assert.match(said(401, { message: "Bad credentials" }), /^refused .*401 "Bad credentials"; the credential is wrong or expired/);
  assert.match(said(403, { message: "Resource not accessible by integration" }), /^refused .*may not do this/);
  assert.match(said(404, { message: "Not Found" }), /^refused .*answers 404 for both.*changes workflows/);
  assert.match(said(301, { message: "Moved Permanently" }), /^refused .*another name now/);
  assert.match(said(409, { message: "Git Repository is empty." }), /^refused .*409 "Git Repository is empty\."/);
});

test("a refused credential is told from any other refusal", () => {
  const code = (...of: Parameters<typeof answer>) => {
    const performed = readAnswer(answer(...of), context);
    return performed.kind === "refused" ? performed.code : performed.kind;
  };

  assert.equal(code(401, { message: "Bad credentials" }), "CREDENTIAL_REFUSED");
  assert.equal(code(403, { message: "Resource not accessible by integration" }), "CREDENTIAL_REFUSED");
  // No other credential would be let write there.
  assert.equal(code(403, { message: "Repository was archived so is read-only." }), undefined);
  assert.equal(code(404), undefined);
  assert.equal(code(422), undefined);
});

test("limits are read in the order in which GitHub writes them", () => {
  const atMs = (...of: Parameters<typeof answer>) => {
    const performed = readAnswer(answer(...of), context);
    return performed.kind === "later" ? performed.atMs - nowMs : performed.kind;
  };
  const reset = String(nowMs / 1000 + 120);

  assert.equal(atMs(429, {}, { "retry-after": "7", "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }), 7_000);
  assert.equal(atMs(403, {}, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }), 120_000);
  assert.equal(atMs(403, { message: "You have exceeded a secondary rate limit and have been blocked" }), 60_000);
  assert.equal(atMs(429), 60_000);
  assert.equal(atMs(503, {}, { "retry-after": "3" }), 3_000);
  assert.equal(atMs(403, {}, { "x-ratelimit-remaining": "12" }), "refused");
  assert.equal(atMs(403, {}, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon" }), "refused");
});

test("a look that failed says where, why, and until when", () => {
  const why = (...of: Parameters<typeof answer>) => unknownAnswer(answer(...of), context).why;

  assert.match(
    why(404, { message: "Not Found" }),
    /"http:\/\/127\.0\.0\.1\/x" answered 404 "Not Found"; the repository does not exist, or/,
  );
  assert.match(why(429, {}, { "retry-after": "60" }), /asks to wait until 2026-11-21T12:01:00\.000Z/);
});

test("no answer throws, steers a terminal, or repeats a secret", () => {
  const headers = fc.dictionary(fc.constantFrom("retry-after", "x-ratelimit-remaining", "x-ratelimit-reset"), fc.string());
  const body = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.constant('{"message":"ghp_canary \\u001b[31m","errors":[null,1,{"code":7}]}'),
  );
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), body, headers, (status, text, given) => {
      const performed = readAnswer(answer(status, text, given), context);
      const why = "why" in performed ? performed.why : "";
      return !/[\p{Cc}]/u.test(why) && !why.includes("ghp_canary") && why.length < 4_000;
    }),
  );
});
