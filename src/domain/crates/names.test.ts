import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { canonicalCrateName, crateFileName, crateIndexPath, crateIndexPrefix, crateNameFault, sameCrateVersion } from "./names.ts";

describe("names of crates", () => {
  test("the index keeps short names in folders of their length and others by their first letters, in lower case", () => {
    const paths = ["a", "ab", "ABC", "abcd", "Serde_json"].map(crateIndexPath);

    assert.deepEqual(paths, ["1/a", "2/ab", "3/a/abc", "ab/cd/abcd", "se/rd/serde_json"]);
    assert.equal(crateIndexPrefix("ABCD"), "AB/CD");
  });

  test("case, - and _ make no other crate", () => {
    assert.equal(canonicalCrateName("Slip_Demo"), canonicalCrateName("slip-demo"));
  });

  test("names that cannot be published are told with their fault", () => {
    const faults = ["1st", "_a", "a.b", "a".repeat(65), "ünder", "std", "NUL", "proc_macro"].map(crateNameFault);

    assert.deepEqual(faults, [
      "does not begin with a letter a-z",
      "does not begin with a letter a-z",
      'holds something else than letters a-z, digits, "-" and "_"',
      "is longer than 64 characters",
      "does not begin with a letter a-z",
      "is reserved",
      "is reserved",
      "is reserved",
    ]);
    for (const name of ["a", "A1", "slip-demo_2", "a".repeat(64)]) assert.equal(crateNameFault(name), undefined);
  });

  test("build metadata makes no other version, anything else does", () => {
    assert.equal(sameCrateVersion("1.0.0+a", "1.0.0+b"), true);
    assert.equal(sameCrateVersion("1.0.0", "1.0.0+b"), true);
    assert.equal(sameCrateVersion("1.0.0-a", "1.0.0-b"), false);
  });

  test("a file carries the name as it is written", () => assert.equal(crateFileName("Slip_Demo", "1.0.0+a"), "Slip_Demo-1.0.0+a.crate"));
});
