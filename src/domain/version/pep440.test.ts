import assert from "node:assert/strict";
import { test } from "node:test";
import { pep440 } from "./pep440.ts";
import { readVersion, versionLengthMax } from "./scheme.ts";

const read = (text: string) => readVersion(pep440, text);
const compare = (one: string, other: string): number => pep440.compare(read(one), read(other));

test("parse() writes every spelling as packaging's str(Version) does", () => {
  const spellings = [
    ["1.0.0-alpha.1", "1.0.0a1"],
    ["v0.2.0-rc1", "0.2.0rc1"],
    ["1.0ALPHA", "1.0a0"],
    ["1.0-preview.02", "1.0rc2"],
    ["1.0-1", "1.0.post1"],
    ["1.0-r4.DEV", "1.0.post4.dev0"],
    ["0!01.002", "1.2"],
    ["\u00a01.0\n", "1.0"],
  ] as const;
  for (const [text, normal] of spellings) assert.equal(read(text).normal, normal, text);
});

test("parse() keeps local segments that look like numbers in another notation as words", () => {
  assert.equal(read("1.0+a_b-C").normal, "1.0+a.b.c");
  assert.equal(read("1.0+1e5.0x10.Infinity.NaN").normal, "1.0+1e5.0x10.infinity.nan");
  assert.equal(read("1.0+007").normal, "1.0+7");
  assert.equal(read("1.0+123456789012345678901234567890").normal, "1.0+123456789012345678901234567890");
});

test("compare() orders local parts of any length by value", () => {
  assert.equal(compare("1.0+123456789012345678901234567890", "1.0+123456789012345678901234567891"), -1);
  assert.equal(compare("1.0+1e5", "1.0+2"), -1);
  assert.equal(compare("1.0+a", "1.0+a.0"), -1);
  assert.equal(compare("1.0", "1.0+0"), -1);
  assert.equal(compare("1.0.0+a", "1+a"), 0);
});

test("parse() tells the parts apart", () => {
  assert.deepEqual(read("1!2.0rc3.post4.dev5+x.6"), {
    scheme: "pep440",
    written: "1!2.0rc3.post4.dev5+x.6",
    normal: "1!2.0rc3.post4.dev5+x.6",
    base: "1!2.0",
    prerelease: true,
    epoch: 1,
    release: [2, 0],
    pre: { label: "rc", n: 3 },
    post: 4,
    dev: 5,
    local: "x.6",
  });
});

test("numbers of any size are written and ordered exactly", () => {
  assert.equal(read("1.0.dev020261121123059123456").normal, "1.0.dev20261121123059123456");
  assert.equal(compare("1.0.dev20261121123059123456", "1.0.dev20261121123059123457"), -1);
  assert.equal(compare("9007199254740993!1", "9007199254740992!2"), 1);
  assert.equal(compare("1.0rc9007199254740993", "1.0rc9007199254740993.post0"), -1);
  assert.equal(compare("9007199254740993.0.0", "9007199254740993"), 0);
});

test("a number that is rounded in the parts is no safe integer there", () => {
  assert.equal(read("1.9007199254740991").release[1], 9007199254740991);
  assert.ok(!Number.isSafeInteger(read("1.9007199254740993").release[1]));
  assert.ok(!Number.isSafeInteger(read("1.0.dev123456789012345678901234567890").dev));
});

test("parse() refuses a text whose normal form would be too long to be read again", () => {
  const text = `${"1.".repeat(versionLengthMax / 2 - 1)}1r`;
  assert.ok(text.length <= versionLengthMax);

  assert.equal(pep440.parse(text).kind, "invalid");
});

test("parse() takes no letter or digit outside ASCII, not even one that folds into it", () => {
  for (const text of ["1.0\u0661", "1.0po\u017ft1", "1.0+\u212a", "1.0+\u0661", "\ufeff1.0"])
    assert.equal(pep440.parse(text).kind, "invalid", text);
});

test("plain releases are read and ordered as they are next to any other spelling", () => {
  for (const text of ["0", "1.2.3", "0.99.1", "10.0.0.0", "2026.11.21", "123456789.0"]) {
    // Blanks around it send it the longer way.
    assert.deepEqual({ ...read(` ${text} `), written: text }, read(text), text);
  }
  const ascending = ["0.9", "0.10", "0.10.0.1", "1.0rc1", "1.0", "1.0.1.dev3", "1.0.1", "1.0.1.post1", "1.10", "9.0", "1!0.1"];
  for (const [index, one] of ascending.entries()) {
    for (const [at, other] of ascending.entries()) assert.equal(compare(one, other), Math.sign(index - at), `${one} and ${other}`);
  }
  assert.equal(compare("1.0", "1.0.0"), 0);
  assert.equal(compare("999999999", "1000000000"), -1);
});
