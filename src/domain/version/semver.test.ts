import assert from "node:assert/strict";
import { test } from "node:test";
import { readVersion } from "./scheme.ts";
import { semver } from "./semver.ts";

function problemOf(text: string) {
  const parsed = semver.parse(text);
  assert.equal(parsed.kind, "invalid", text);
  return parsed.problem;
}

test("parse() tells the parts apart and keeps build metadata in the normal form", () => {
  assert.deepEqual(readVersion(semver, "1.2.3-rc.1+b.007"), {
    scheme: "semver",
    written: "1.2.3-rc.1+b.007",
    normal: "1.2.3-rc.1+b.007",
    base: "1.2.3",
    prerelease: true,
    major: 1,
    minor: 2,
    patch: 3,
    pre: ["rc", "1"],
    build: ["b", "007"],
  });
});

test("parse() is strict: what npm would clean is refused, with the clean form as hint", () => {
  for (const text of ["v1.2.3", " 1.2.3", "1.2.3\n"]) assert.equal(problemOf(text).hint, 'Write "1.2.3"');
});

test("parse() refuses numbers that the comparison would round", () => {
  assert.equal(semver.parse("1.0.0-9007199254740991").kind, "valid");
  assert.match(problemOf("1.0.0-9007199254740993").message, /larger than 9007199254740991/);
  assert.match(problemOf("1.0.9007199254740993").message, /larger than 9007199254740991/);
});

test("parse() says which rule of SemVer is broken", () => {
  assert.match(problemOf("1.0").message, /exactly three numbers and has 2/);
  assert.match(problemOf("1.02.3").message, /leading zero/);
  assert.match(problemOf("latest").message, /does not start with a number/);
  assert.match(problemOf("1.0.0rc1").message, /after the three numbers/);
});
