import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readAnswer, type Answer } from "./answers.ts";

const nowMs = Date.parse("2026-11-21T08:00:00Z");
const context = { registry: "crates", what: "publish demo 1.0.0", nowMs, secrets: ["s3cret"] };
const errors = (detail: string): string => JSON.stringify({ errors: [{ detail }] });
const read = (status: number, text = "", headers: Answer["headers"] = {}) => readAnswer({ status, text, headers }, context);

describe("answers of a crate registry", () => {
  test("a success is told with its warnings", () => {
    const warnings = { invalid_categories: ["nonsense"], invalid_badges: [], other: ["Something else"] };

    assert.deepEqual(read(200, JSON.stringify({ warnings })), {
      kind: "sent",
      warnings: ['The category "nonsense" does not exist and is left out', "Something else"],
    });
    assert.deepEqual(read(200, '{"ok":true}'), { kind: "sent", warnings: [] });
  });

  test("an error in a success is no success", () => {
    assert.deepEqual(read(200, errors("no such thing")), {
      kind: "refused",
      why: '"crates" refused to publish demo 1.0.0: 200 "no such thing"',
    });
  });

  test("the time to wait comes from the header as seconds or date, or from the text", () => {
    const date = "Sat, 21 Nov 2026 08:10:00 GMT";
    const times = [
      read(429, errors("too many"), { "retry-after": "600" }),
      read(429, errors("too many"), { "retry-after": date }),
      read(429, errors(`too many. Please try again after ${date} or email somebody`)),
      read(503, errors("maintenance"), { "retry-after": "600" }),
    ].map((one) => one.kind === "later" && one.atMs - nowMs);

    assert.deepEqual(times, [600_000, 601_000, 601_000, 600_000], "a date is a whole second, and the time may be within it");
    const bare = read(429, errors("too many"));
    assert.equal(bare.kind === "later" && bare.atMs - nowMs, 5_000);
  });

  test("a version that is there is left to a look, whoever put it there", () => {
    assert.equal(read(400, errors("crate version `1.0.0` is already uploaded")).kind, "unknown");
    assert.equal(read(409, "").kind, "unknown");
    assert.equal(read(400, errors("missing or empty metadata fields")).kind, "refused");
  });

  test("no answer to the question is unknown", () => {
    for (const status of [500, 502, 503, 504, 408]) assert.equal(read(status).kind, "unknown");
    assert.equal(read(200, "<!DOCTYPE html><title>Sign in</title>").kind, "unknown");
  });

  test("a credential is refused with the code for it, and no secret comes back", () => {
    const refused = read(403, errors("no token s3cret"));

    assert.deepEqual(refused.kind === "refused" && refused.code, "CREDENTIAL_REFUSED");
    assert.equal(JSON.stringify(refused).includes("s3cret"), false);
    assert.equal(read(301).kind, "refused");
  });
});
