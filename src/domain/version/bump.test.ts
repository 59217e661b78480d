import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SlipwayError } from "../error.ts";
import { pep440Text } from "../../../test/support/version-arbitraries.ts";
import { baseOf, haveSameBase, nextAfter, nextDev } from "./bump.ts";
import { pep440 } from "./pep440.ts";
import { readVersion } from "./scheme.ts";
import { semver } from "./semver.ts";

const read = (text: string) => readVersion(pep440, text);

test("nextDev() gives X.devN", () => {
  const cases = [
    ["1.2", 7, "1.2.dev7"],
    ["0.2.0rc1", 0, "0.2.0rc1.dev0"],
    ["1!1.0.post2", 3, "1!1.0.post2.dev3"],
    ["1.0.dev5", 6, "1.0.dev6"],
    ["1.0+local.dev3", 1, "1.0.dev1"],
    ["1.9007199254740993", 1, "1.9007199254740993.dev1"],
  ] as const;
  for (const [version, n, expected] of cases) assert.equal(nextDev(read(version), n), expected);
});

test("nextDev() is in normal form, a prerelease, and older than the version it leads to", () => {
  const released = pep440Text
    .filter((text) => pep440.parse(text).kind === "valid")
    .map(read)
    .filter((version) => version.dev === undefined);
  fc.assert(
    fc.property(released, fc.nat(), (version, n) => {
      const dev = read(nextDev(version, n));

      assert.equal(dev.written, dev.normal);
      assert.equal(dev.prerelease, true);
      assert.equal(pep440.compare(dev, version), -1);
      assert.equal(pep440.compare(dev, read(nextDev(version, n + 1))), -1);
      assert.ok(haveSameBase(dev, version));
    }),
  );
});

test("nextDev() stops at a number that is no count", () => {
  for (const n of [-1, 0.5, Number.NaN, 2 ** 53]) {
    assert.throws(
      () => nextDev(read("1.0"), n),
      (error) => error instanceof SlipwayError && error.code === "INTERNAL_ASSERTION",
    );
  }
});

test("candidates of one base are found across spellings, and only those", () => {
  assert.equal(baseOf(read("0.2.0rc3")), "0.2.0");
  assert.ok(haveSameBase(read("0.2rc1"), read("0.2.0")));
  assert.ok(haveSameBase(readVersion(semver, "0.2.0-rc.1"), readVersion(semver, "0.2.0")));
  assert.ok(!haveSameBase(read("0.2.1rc1"), read("0.2.0")));
  assert.ok(!haveSameBase(read("1!0.2rc1"), read("0.2")));
  assert.ok(!haveSameBase(read("0.2.0"), readVersion(semver, "0.2.0")));
});

for (const [version, next] of [
  ["1.2.3", "1.2.4"],
  ["1.9", "1.10"],
  ["7", "8"],
  ["2.0rc1", "2.0"],
  ["1.2.dev3", "1.2"],
  ["1.2.post1", "1.3"],
  ["2!1.0", "2!1.1"],
  ["1.99999999999999999999", "1.100000000000000000000"],
] as const) {
  test(`nextAfter(${version}) is ${next}`, () => {
    assert.equal(nextAfter(readVersion(pep440, version)), next);
  });
}
