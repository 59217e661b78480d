// Package names and wheel file names against Python's `packaging`.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { isPackageName, normalizeName, parseWheelFileName } from "../../src/domain/pypi/names.ts";
import { askPackaging } from "../support/packaging-oracle.ts";
import { damaged } from "../support/version-arbitraries.ts";

const givenSeed = process.env["SLIPWAY_TEST_SEED"];
const seed = givenSeed === undefined || givenSeed === "" ? randomInt(2 ** 31) : Number(givenSeed);

const name = fc.constantFrom("demo", "Slip_Demo", "zope.interface", "a", "_private", "x__y", "my_1", "2captcha");
const version = fc.constantFrom("1.0", "1.0.0rc1", "1!2.0", "1.0.post1", "1.0+abc.1", "1.0.dev0", "1", "1.0_1", "one", "1.0.RC1", "v1");
const build = fc.constantFrom("", "", "", "-1", "-12abc", "-007", "-1.2", "-x1");
const python = fc.constantFrom("py3", "py2.py3", "cp312", "cp312.cp313", "3py", "pp310", "py3.py2");
const abi = fc.constantFrom("none", "abi3", "cp312", "cp313t", "abi3.none", "cp313.cp313");
const platform = fc.constantFrom(
  "any",
  "win_amd64",
  "manylinux_2_17_x86_64.manylinux2014_x86_64",
  "macosx_11_0_arm64",
  "linux_x86_64",
  "any.",
);
const wheel = fc.tuple(name, version, build, python, abi, platform).map(([n, v, b, ...tags]) => `${n}-${v}${b}-${tags.join("-")}.whl`);

/** Only letters, digits, "_" and "." in name, build tag and tags, and no blanks around the version. */
function hasPlainCharacters(fileName: string): boolean {
  const [name = "", version = "", ...rest] = fileName.slice(0, -".whl".length).split("-");
  return [name, ...rest].every((component) => /^[A-Za-z0-9_.]+$/.test(component)) && /^[\x21-\x7e]+$/.test(version);
}

test("wheel file names are read as packaging reads them, or refused for a character that no index takes", (t) => {
  const names = [...new Set(fc.sample(fc.oneof(wheel, damaged(wheel)), { seed, numRuns: 3000 }))];
  t.diagnostic(`seed ${seed}, ${names.length} names`);

  const answers = askPackaging({ wheels: names }).wheels;

  let [read, stricter] = [0, 0];
  for (const [index, fileName] of names.entries()) {
    const parsed = parseWheelFileName(fileName);
    const theirs = answers[index] ?? undefined;
    const where = `${JSON.stringify(fileName)}, seed ${seed}`;
    if (parsed.kind === "invalid") {
      stricter += theirs === undefined ? 0 : 1;
      assert.ok(theirs === undefined || !hasPlainCharacters(fileName), `${where}: ${parsed.reason}`);
      continue;
    }
    read += 1;
    assert.ok(theirs !== undefined, where);
    assert.equal(parsed.name, theirs.name, where);
    assert.equal(parsed.version.normal, theirs.version, where);
    assert.deepEqual(parsed.build === undefined ? null : [parsed.build.number, parsed.build.suffix], theirs.build, where);
    // `Tag` of packaging writes tags in lower case; the file name keeps its own.
    assert.deepEqual([...new Set(parsed.tags.map((tag) => tag.toLowerCase()))].toSorted(), theirs.tags, where);
  }
  t.diagnostic(`${read} read, ${stricter} refused that packaging would read`);
  assert.ok(read > 500);
});

test("package names are normalized as packaging does", (t) => {
  const piece = fc.constantFrom("a", "B", "1", "a", "B", "1", ".", "-", "_", "--", "._", "Zope", "x", "é", " ", "\n");
  const texts = [
    ...new Set(
      fc.sample(
        fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join("")),
        { seed, numRuns: 2000 },
      ),
    ),
  ];
  t.diagnostic(`seed ${seed}, ${texts.length} names`);

  const answers = askPackaging({ names: texts }).names;

  const valid = texts.filter(isPackageName);
  for (const text of valid) assert.equal(normalizeName(text), answers[texts.indexOf(text)], `${JSON.stringify(text)}, seed ${seed}`);
  assert.ok(valid.length > 100);
});
