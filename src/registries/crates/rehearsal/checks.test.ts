import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonObject } from "../../../domain/configuration.ts";
import { checkRequest, readParts } from "./checks.ts";

const limit = 1000;
const good: JsonObject = {
  name: "demo",
  vers: "1.0.0",
  description: "d",
  license: "MIT",
  deps: [],
  features: {},
  keywords: [],
  categories: [],
};

function body(json: unknown, file: Buffer, lengths: { readonly json?: number; readonly file?: number } = {}): Buffer {
  const text = Buffer.from(typeof json === "string" ? json : JSON.stringify(json));
  const [first, second] = [Buffer.alloc(4), Buffer.alloc(4)];
  first.writeUInt32LE(lengths.json ?? text.length);
  second.writeUInt32LE(lengths.file ?? file.length);
  return Buffer.concat([first, text, second, file]);
}

describe("what a crate registry takes", () => {
  test("a body is split by its lengths", () => {
    const parts = readParts(body(good, Buffer.from("crate")), limit);

    assert.deepEqual(parts, { kind: "parts", json: good, file: Buffer.from("crate") });
  });

  test("lengths that lie, what is too large and what is no JSON is refused", () => {
    const file = Buffer.from("crate");
    const told = [
      Buffer.alloc(3),
      body(good, file, { json: 2 ** 31 }),
      body(good, file, { json: 900 }),
      body(good, file, { file: 6 }),
      body(good, file, { file: 4 }),
      body(good, Buffer.alloc(limit + 1)),
      body("[1]", file),
      body("{", file),
    ].map((one) => readParts(one, limit));

    assert.deepEqual(
      told.map((one) => one.kind === "refused" && one.status),
      [400, 413, 400, 400, 400, 413, 400, 400],
    );
  });

  test("a request without fault is taken", () => assert.equal(checkRequest(good), undefined));

  test("faults are told in the registry's words", () => {
    const dep = { name: "dep", version_req: "^1", features: [], optional: false, default_features: true, target: null, kind: "normal" };
    const cases: readonly (readonly [JsonObject, RegExp])[] = [
      [{ name: "std" }, /reserved name/],
      [{ name: "1st" }, /invalid crate name/],
      [{ vers: "1" }, /invalid semver version/],
      [{ description: " ", license: null }, /^missing or empty metadata fields: description, license/],
      [{ description: "d".repeat(1001) }, /`description` is too long/],
      [{ keywords: ["a", "b", "c", "d", "e", "f"] }, /at most 5 keywords/],
      [{ keywords: ["a b"] }, /invalid keyword/],
      [{ categories: ["a", "b", "c", "d", "e", "f"] }, /at most 5 categories/],
      [{ features: Object.fromEntries(Array.from({ length: 301 }, (_unused, at) => [`f${at}`, []])) }, /maximum of 300 features/],
      [{ deps: Array.from({ length: 501 }, () => dep) }, /maximum of 500 dependencies/],
      [{ deps: [{ ...dep, version_req: "*" }] }, /^wildcard \(`\*`\) dependency constraints are not allowed.*`dep`/],
      [{ deps: [{ ...dep, registry: "https://other.example/index" }] }, /^Dependency `dep` is hosted on another registry/],
      [{ deps: [{ ...dep, name: "a/b" }] }, /invalid dependency name/],
    ];
    for (const [change, like] of cases) assert.match(checkRequest({ ...good, ...change })?.detail ?? "", like);
    assert.equal(checkRequest({ ...good, license: null, license_file: "LICENSE" }), undefined);
  });
});
