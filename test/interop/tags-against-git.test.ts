// Our tag grammar against git's: whatever we take, git takes, and can write. The other way round does not hold on purpose.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { checkTagName } from "../../src/domain/version/tag-name.ts";

const givenSeed = process.env["SLIPWAY_TEST_SEED"];
const seed = givenSeed === undefined || givenSeed === "" ? randomInt(2 ** 31) : Number(givenSeed);

const piece = fc.constantFrom(
  "v",
  "1",
  "0",
  ".",
  "-",
  "/",
  "@",
  "!",
  "+",
  "_",
  ".lock",
  "lock",
  "refs",
  "HEAD",
  "..",
  "//",
  "a",
  "{",
  "~",
  "^",
  ":",
  " ",
  "\\",
  "\u0007",
  "é",
);
const hostile = [
  "-d",
  "@",
  "@{u}",
  "HEAD",
  "v1..2",
  "v1.lock",
  "a.lock/b",
  ".a",
  "a/.b",
  "a/",
  "/a",
  "a//b",
  "v1.",
  "v 1",
  "v1~",
  "v1^",
  "v1:",
  "v1?",
  "v1*",
  "v1[",
  "v1\\",
  "v1\n",
];

function isTakenByGit(name: string): boolean {
  return spawnSync("git", ["check-ref-format", `refs/tags/${name}`]).status === 0;
}

test("every name that is taken is a ref name for git; every one that git refuses is refused", (t) => {
  const names = [
    ...new Set([
      ...hostile,
      ...fc.sample(
        fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("")),
        { seed, numRuns: 400 },
      ),
    ]),
  ];
  const taken = names.filter((name) => checkTagName(name).kind === "valid");
  t.diagnostic(`seed ${seed}, ${taken.length} of ${names.length} taken`);

  for (const name of names) {
    if (!isTakenByGit(name)) assert.equal(checkTagName(name).kind, "invalid", `${JSON.stringify(name)}, seed ${seed}`);
  }
  assert.ok(taken.length > 20);
});

test("names at the limits can be written by git", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway tags é "));
  try {
    const git = (...words: readonly string[]) =>
      spawnSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@localhost", ...words], { encoding: "utf8" });
    assert.equal(git("init", "--quiet").status, 0);
    assert.equal(git("commit", "--quiet", "--allow-empty", "--message", "x").status, 0);
    const names = ["a".repeat(250), `${"a".repeat(127)}/${"b".repeat(127)}`, "v1!2.0", "@scope/name@1.0.0", "v1.0+build.5"];
    for (const name of names) {
      assert.equal(checkTagName(name).kind, "valid", name);
      assert.equal(git("tag", name).status, 0, name);
    }
    assert.deepEqual(git("tag", "--list").stdout.trim().split("\n").toSorted(), [...names].toSorted());
    assert.notEqual(git("tag", "a".repeat(251)).status, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
