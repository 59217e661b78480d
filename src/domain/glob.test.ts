import assert from "node:assert/strict";
import { test } from "node:test";
import { mayLieIn, readGlob } from "./glob.ts";

function matches(pattern: string, path: string): boolean {
  const read = readGlob(pattern);
  assert.equal(read.kind, "glob", pattern);
  return read.kind === "glob" && read.matches(path);
}

const meant: readonly (readonly [string, string])[] = [
  ["dist/*.whl", "dist/demo-1.0-py3-none-any.whl"],
  ["./dist/*.whl", "dist/demo.whl"],
  ["**/migrations/**", "app/migrations/0001_initial.py"],
  ["**/migrations/**", "migrations/0001/a/b.py"],
  ["**", "a/b/c"],
  ["**/*.py", "setup.py"],
  ["a/**/z", "a/z"],
  ["a/**/b/**/z", "a/b/x/b/y/z"],
  ["file-?.txt", "file-ä.txt"],
  [".github/*.yml", ".github/ci.yml"],
  ["a[1].(x)", "a[1].(x)"],
  ["*a*b", "xxaxbab"],
];

const notMeant: readonly (readonly [string, string])[] = [
  ["dist/*.whl", "dist/old/demo.whl"],
  ["dist/*.whl", "dist/.hidden.whl"],
  ["**", ".git/config"],
  ["**/config", "a/.git/config"],
  ["*.py", "a/b.py"],
  ["a/**/z", "a/z/y"],
  ["file-?.txt", "file-12.txt"],
  ["*a*b", "xxaxba"],
  ["A.txt", "a.txt"],
];

for (const [pattern, path] of meant) {
  test(`readGlob() lets "${pattern}" mean "${path}"`, () => {
    assert.equal(matches(pattern, path), true);
  });
}

for (const [pattern, path] of notMeant) {
  test(`readGlob() does not let "${pattern}" mean "${path}"`, () => {
    assert.equal(matches(pattern, path), false);
  });
}

for (const pattern of ["", "/etc/*", "../x", "a/../b", "a//b", "a/./b", "a\\b", "x".repeat(1001), "a/".repeat(60) + "b"]) {
  test(`readGlob() refuses "${pattern.slice(0, 20)}"`, () => {
    assert.equal(readGlob(pattern).kind, "invalid");
  });
}

test("readGlob() answers quickly for a pattern made to be slow", () => {
  const pattern = `${"*a".repeat(200)}b`;

  assert.equal(matches(pattern, "a".repeat(5000)), false);
});

test("mayLieIn() leaves out folders in which nothing can match, and no others", () => {
  assert.equal(mayLieIn("dist/*.whl", ""), true);
  assert.equal(mayLieIn("dist/*.whl", "dist"), true);
  assert.equal(mayLieIn("dist/*.whl", "dist/old"), false);
  assert.equal(mayLieIn("dist/*.whl", "src"), false);
  assert.equal(mayLieIn("**/*.whl", "a/b/c"), true);
  assert.equal(mayLieIn("a/*/c/*.txt", "a/b"), true);
});
