import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as reads from "./read.ts";

const readers = Object.entries(reads);

test("no reader throws, whatever a server answers", () => {
  const document = fc.dictionary(
    fc.constantFrom(
      "id",
      "number",
      "title",
      "name",
      "tag_name",
      "draft",
      "state",
      "size",
      "digest",
      "uuid",
      "head",
      "base",
      "labels",
      "protection_rules",
      "permissions",
      "full_name",
      "default_branch",
      "commit",
    ),
    fc.jsonValue({ maxDepth: 2 }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue({ maxDepth: 3 }), document), (value) => {
      for (const [, read] of readers) read(value);
    }),
  );
});

test("what lacks its id, its name or its number is nothing", () => {
  for (const [name, read] of readers) {
    for (const value of [undefined, null, 1, "text", [], {}, { id: "1", number: "1", name: 7 }, { id: -1 }]) {
      assert.equal(read(value), undefined, name);
    }
  }
});
