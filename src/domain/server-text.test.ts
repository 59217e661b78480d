import assert from "node:assert/strict";
import { test } from "node:test";
import { plainText, presentable, retryAfterMs } from "./server-text.ts";

const nowMs = Date.UTC(2026, 10, 21, 12, 0, 0);

test("retryAfterMs() is never in the past, and never more than a day away", () => {
  const read = (value: string): number | undefined => retryAfterMs({ headers: { "retry-after": value } }, nowMs);
  assert.equal(read("Sat, 21 Nov 2020 12:00:00 GMT"), nowMs);
  assert.equal(read("999999999"), nowMs + 24 * 60 * 60 * 1000);
  assert.equal(read(""), undefined);
  assert.equal(read("1.5e3"), undefined);
});

test("presentable() strips what could steer a terminal, hides secrets and cuts", () => {
  assert.equal(presentable("a\u001b[2Jb\r\nc\u202ed", []), "a [2Jb c d");
  assert.equal(presentable("token pypi-secret!", ["pypi-secret", ""]), "token «redacted»!");
  assert.equal(presentable("x".repeat(5_000), []).length, 2_049);
});

test("plainText() leaves the words of a page", () => {
  assert.equal(presentable(plainText("<html><title>No</title><style>p{}</style><p>Too <b>large</b></p>"), []), "Too large");
});
