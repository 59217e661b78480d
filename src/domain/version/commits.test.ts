import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readCommits, readConventional, sizeOfChange, type Change } from "./commits.ts";
import { pep440 } from "./pep440.ts";
import { readVersion } from "./scheme.ts";
import { semver } from "./semver.ts";

test("type, scope, mark and description are read", () => {
  assert.deepEqual(readConventional("feat(cli)!: drop Python 3.8\n\nbody"), {
    type: "feat",
    scope: "cli",
    breaking: true,
    description: "drop Python 3.8",
  });
  assert.deepEqual(readConventional("Fix: a thing"), { type: "fix", scope: undefined, breaking: false, description: "a thing" });
});

test("a breaking change is found in a footer, in capitals only, at the start of a line only", () => {
  const cases = [
    ["fix: x\n\nBREAKING CHANGE: y", true],
    ["fix: x\r\n\r\nBREAKING-CHANGE: y", true],
    ["fix: x\n\nbody\n\nRefs: #1\nBREAKING CHANGE #12", true],
    ["fix: x\n\nbreaking change: y", false],
    ["fix: x\n\n> BREAKING CHANGE: quoted", false],
    ["fix: no BREAKING CHANGE: here", false],
    ["fix: x\n\nBREAKING CHANGES: y", false],
  ] as const;
  for (const [message, breaking] of cases) assert.equal(readConventional(message)?.breaking, breaking, JSON.stringify(message));
});

test("what does not follow the convention asks for nothing and is counted", () => {
  for (const message of ["Merge branch 'main'", "feat add", "feat:no blank", "feat(a(b)): x", "", "fix : x", "1feat: x"]) {
    assert.equal(readConventional(message), undefined, JSON.stringify(message));
  }
  assert.deepEqual(readCommits(["Merge x", "docs: y", "chore(deps): z"]), { change: "none", reasons: [], unread: 1 });
});

test("the largest change decides, and its commits are the reasons", () => {
  assert.deepEqual(readCommits(["fix: a", "feat: b", "docs: c", "feat(x): d\n\nlong", "perf: e"]), {
    change: "feature",
    reasons: ["feat: b", "feat(x): d"],
    unread: 0,
  });
  assert.equal(readCommits(["chore!: drop"]).change, "breaking");
  assert.equal(readCommits(["revert: feat: b"]).change, "fix");
});

test("the order of commits does not matter", () => {
  const message = fc.constantFrom("fix: a", "feat: b", "docs: c", "refactor!: d", "nonsense", "perf(x): e");
  fc.assert(
    fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
      const { change, unread } = readCommits(messages);
      const reversed = readCommits(messages.toReversed());
      assert.deepEqual([reversed.change, reversed.unread], [change, unread]);
    }),
  );
});

test("below 1.0 a breaking change is minor and the rest patch; 1.0.0 is never reached by commits", () => {
  const sizes = (version: string): readonly (string | undefined)[] =>
    (["breaking", "feature", "fix", "none"] satisfies Change[]).map((change) => sizeOfChange(change, readVersion(semver, version)));

  assert.deepEqual(sizes("1.2.3"), ["major", "minor", "patch", undefined]);
  assert.deepEqual(sizes("0.2.3"), ["minor", "patch", "patch", undefined]);
  assert.deepEqual(sizes("0.0.3"), ["patch", "patch", "patch", undefined]);
  assert.equal(sizeOfChange("breaking", readVersion(pep440, "1!0.3")), "minor");
  assert.equal(sizeOfChange("breaking", readVersion(pep440, "2!3")), "major");
});

test("a message that is a novel is read as far as its beginning, and reasons are cut and counted", () => {
  const long = readCommits([`feat(${"(".repeat(100_000)}`, `feat: ${"x".repeat(200_000)}`, "a".repeat(200_000), "\n".repeat(200_000)]);

  assert.deepEqual([long.change, long.unread, long.reasons[0]?.length], ["feature", 3, 200]);
  assert.equal(readCommits(Array.from({ length: 100 }, () => "fix: x")).reasons.length, 20);
});
