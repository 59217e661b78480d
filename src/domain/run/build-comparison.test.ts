import assert from "node:assert/strict";
import { test } from "node:test";
import { tellDifferences, type BuiltMember } from "./build-comparison.ts";

const file = (path: string, parts: Partial<BuiltMember> = {}): BuiltMember => ({
  path,
  kind: "file",
  sizeBytes: 10,
  digest: "a",
  time: "2026-01-01 00:00:00",
  mode: 0o644,
  ...parts,
});

test("members of one build alone, other contents and metadata are each named", () => {
  const ours = [
    file("new.py"),
    file("same.py"),
    file("code.py", { digest: "b", sizeBytes: 12 }),
    file("x.dist-info/RECORD", { digest: "b" }),
  ];
  const earlier = [file("old.py"), file("same.py"), file("code.py"), file("x.dist-info/RECORD")];

  assert.deepEqual(tellDifferences(ours, earlier), [
    '"new.py" is in this build alone',
    '"old.py" is in the earlier build alone',
    '"code.py" has another content (12 bytes, and 10 before)',
    'the metadata "x.dist-info/RECORD" has another content (10 bytes both)',
  ]);
});

test("times and modes are told together, with an example", () => {
  const later = "2026-02-02 00:00:00";

  assert.deepEqual(tellDifferences([file("a", { time: later }), file("b", { time: later })], [file("a"), file("b")]), [
    'the times of 2 members differ: "a" has 2026-02-02 00:00:00, and had 2026-01-01 00:00:00',
  ]);
  assert.deepEqual(tellDifferences([file("a", { mode: 0o755 })], [file("a")]), ['the mode of "a" has 0755, and had 0644']);
  assert.deepEqual(tellDifferences([file("a", { kind: "link" })], [file("a")]), ['"a" is a link, and was a file']);
});

test("another order, and another packing of the same, are told as such", () => {
  assert.deepEqual(tellDifferences([file("b"), file("a")], [file("a"), file("b")]), ['the members stand in another order, from "b" on']);
  assert.deepEqual(tellDifferences([file("a")], [file("a")]), [
    "the members are the same, with the same times and modes: they are packed in another way",
  ]);
});

test("what would be endless is counted", () => {
  const many = Array.from({ length: 5_000 }, (_unused, at) => file(`f${at}`));

  const told = tellDifferences(many, []);

  assert.equal(told.length, 11);
  assert.equal(told.at(-1), "and 4990 more");
});
