import assert from "node:assert/strict";
import { test } from "node:test";
import { compareWithExpected, selects, type ExpectedArtifact } from "./artifact.ts";

const wheel = { kind: "wheel", package: "demo", name: "demo-1-py3-none-any.whl" } as const;
const sdist = { kind: "sdist", package: "demo", name: "demo-1.tar.gz" } as const;
const expectWheel: ExpectedArtifact = { kind: "wheel", package: "demo", countMin: 1, countMax: 1 };
const expectSdist: ExpectedArtifact = { kind: "sdist", package: "demo", countMin: 1, countMax: 1 };

test("selects() wants the kind, and the package where packages are named", () => {
  assert.equal(selects({ kinds: ["wheel", "sdist"] }, wheel), true);
  assert.equal(selects({ kinds: ["sdist"] }, wheel), false);
  assert.equal(selects({ kinds: ["wheel"], packages: ["demo"] }, wheel), true);
  assert.equal(selects({ kinds: ["wheel"], packages: ["other"] }, wheel), false);
  assert.equal(selects({ kinds: ["wheel"], packages: [] }, wheel), false);
});

test("compareWithExpected() is silent when exactly the promised set was built", () => {
  assert.deepEqual(compareWithExpected([expectWheel, expectSdist], [sdist, wheel]), []);
  assert.deepEqual(compareWithExpected([], []), []);
  assert.deepEqual(compareWithExpected([{ ...expectWheel, countMin: 0, countMax: 5 }], []), []);
});

test("compareWithExpected() names what is missing, with the numbers", () => {
  assert.deepEqual(compareWithExpected([{ ...expectWheel, countMin: 2, countMax: 2 }, expectSdist], [wheel, sdist]), [
    "missing: wheel of demo (expected 2, built 1)",
  ]);
});

test("compareWithExpected() names what nobody expects: a kind, a package, one too many", () => {
  assert.deepEqual(compareWithExpected([expectWheel], [wheel, sdist]), ['not expected: sdist "demo-1.tar.gz" of demo']);
  assert.deepEqual(compareWithExpected([expectWheel], [wheel, { ...wheel, name: "second.whl" }]), [
    'not expected: wheel "second.whl" of demo',
  ]);
  assert.deepEqual(compareWithExpected([expectWheel], [{ ...wheel, package: "other" }]), [
    "missing: wheel of demo (expected 1, built 0)",
    'not expected: wheel "demo-1-py3-none-any.whl" of other',
  ]);
});

test("compareWithExpected() holds a platform against the platform of what was built", () => {
  const onLinux: ExpectedArtifact = { ...expectWheel, platform: "linux-x86_64" };

  assert.deepEqual(compareWithExpected([onLinux], [{ ...wheel, platform: "linux-x86_64" }]), []);
  assert.equal(compareWithExpected([onLinux], [{ ...wheel, platform: "macos-arm64" }]).length, 2);
  assert.equal(compareWithExpected([onLinux], [wheel]).length, 2);
});

test("compareWithExpected() does not count one artifact for two promises", () => {
  assert.deepEqual(compareWithExpected([expectWheel, expectWheel], [wheel]), ["missing: wheel of demo (expected 1, built 0)"]);
});
