import assert from "node:assert/strict";
import { test } from "node:test";
import { elsewhere, lastingIf, unknownFailure } from "./lasting.ts";
import { unknownAnswer as atGithub } from "./github/answers.ts";
import { unknownAnswer as atGitea } from "./gitea/answers.ts";

const place = "https://forge.example/attachments/7";
const context = { forge: "forge", nowMs: 0, secrets: [] };

function answer(status: number, headers: Readonly<Record<string, string>> = {}, message = "") {
  return { status, headers, place, text: JSON.stringify({ message }) };
}

test("a refusal and a redirect that is not followed last; a busy server, a limit and a race pass", () => {
  const lasting = (status: number): boolean => lastingIf(status).lasting === true;

  assert.deepEqual([301, 302, 307, 400, 401, 403, 404, 413, 422].filter(lasting), [301, 302, 307, 400, 401, 403, 404, 413, 422]);
  assert.deepEqual([200, 206, 408, 409, 425, 429, 500, 502, 503, 504].filter(lasting), []);
});

test("both forges tell what lasts, and a limit that looks like a refusal does not", () => {
  for (const read of [atGithub, atGitea]) {
    assert.equal(read(answer(302, { location: "http://store.example/x?right=secret" }), context).lasting, true);
    assert.equal(read(answer(401), context).lasting, true);
    assert.equal(read(answer(502), context).lasting, undefined);
    assert.equal(read(answer(403, { "retry-after": "60" }), context).lasting, undefined);
  }
  assert.equal(atGithub(answer(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "100" }), context).lasting, undefined);
});

test("a redirect to another origin is told by its origin alone", () => {
  const to = (location: string) => elsewhere(answer(302, { location }));

  assert.equal(to("http://store.example/x?right=secret"), '; it leads to "http://store.example", and is not followed there');
  assert.equal(to("/attachments/8"), undefined);
  assert.equal(to("http://["), undefined);
  assert.equal(elsewhere(answer(302)), undefined);
  const { why } = atGitea(answer(302, { location: "http://store.example/x?right=secret" }), context);
  assert.match(why, /answered 302; it leads to "http:\/\/store\.example"/);
  assert.doesNotMatch(why, /secret/);
});

test("no answer at all lasts where its cause does", () => {
  const failed = { kind: "failed", why: "w", cause: undefined } as const;

  assert.deepEqual(unknownFailure(failed), { kind: "unknown", why: "w" });
  assert.deepEqual(unknownFailure({ ...failed, lasting: true }), { kind: "unknown", why: "w", lasting: true });
});
