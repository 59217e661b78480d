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

test("only an asset in state uploaded is whole, and only a sha256 is a digest", () => {
  const asset = (state: string, digest: unknown) => reads.readAsset({ id: 1, name: "a", size: 2, state, digest });

  assert.deepEqual(
    ["uploaded", "starter", "open", "new"].map((state) => asset(state, null)?.state),
    ["whole", "broken", "broken", "broken"],
  );
  assert.deepEqual(
    [`sha256:${"a".repeat(64)}`, "sha512:aa", `sha256:${"A".repeat(64)}`, null].map((digest) => asset("uploaded", digest)?.sha256),
    ["a".repeat(64), undefined, undefined, undefined],
  );
});

test("a trial merge of an open pull request is no merge", () => {
  const pull = { number: 1, state: "open", merged_at: null, merge_commit_sha: "1".repeat(40), head: { sha: "2".repeat(40) } };

  assert.equal(reads.readPull(pull)?.mergedCommit, undefined);
  assert.deepEqual(
    [
      reads.readPull({ ...pull, state: "closed" })?.state,
      reads.readPull({ ...pull, state: "closed", merged_at: "2026-01-01T00:00:00Z" })?.state,
    ],
    ["closed", "merged"],
  );
});
