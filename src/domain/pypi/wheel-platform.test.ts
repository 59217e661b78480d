import assert from "node:assert/strict";
import { test } from "node:test";
import { parseWheelFileName } from "./names.ts";
import { differsFromPlatform, differsFromPython } from "./wheel-platform.ts";

const fits: readonly (readonly [string, string])[] = [
  ["manylinux_2_17_x86_64.manylinux2014_x86_64", "linux-x86_64"],
  ["manylinux2014_aarch64", "linux-aarch64"],
  ["manylinux1_x86_64", "linux-amd64"],
  ["musllinux_1_2_x86_64", "linux-x86_64"],
  ["linux_x86_64", "linux"],
  ["linux_aarch64", "linux-arm64"],
  ["macosx_11_0_arm64", "macos-arm64"],
  ["macosx_10_9_universal2", "macos-universal2"],
  ["macosx_10_12_x86_64.macosx_11_0_arm64.macosx_10_12_universal2", "macos-universal2"],
  ["macosx_10_9_universal2", "macos-arm64"],
  ["win_amd64", "windows-amd64"],
  ["win_amd64", "windows-x86_64"],
  ["win_arm64", "windows-aarch64"],
  ["any", "macos-arm64"],
];

for (const [tags, words] of fits) {
  test(`a wheel for ${tags} is one for ${words}`, () => {
    assert.equal(differsFromPlatform(tags.split("."), words), undefined);
  });
}

const others: readonly (readonly [string, string])[] = [
  ["manylinux_2_17_x86_64", "linux-aarch64"],
  ["manylinux_2_17_i686", "linux-x86_64"],
  ["manylinux_2_17_i686", "linux"],
  ["macosx_11_0_arm64", "macos-universal2"],
  ["macosx_10_9_x86_64", "macos-arm64"],
  ["win32", "windows-amd64"],
  ["win_arm64", "windows-amd64"],
  ["manylinux_2_17_x86_64", "macos-x86_64"],
  ["manylinux_2_17_x86_64.macosx_10_9_x86_64", "linux-x86_64"],
  ["ios_13_0_arm64_iphoneos", "macos-arm64"],
  ["any.win_amd64", "linux-x86_64"],
];

for (const [tags, words] of others) {
  test(`a wheel for ${tags} is none for ${words}`, () => {
    assert.equal(differsFromPlatform(tags.split("."), words), `is for ${tags.split(".").join(" and ")}, and should be for ${words}`);
  });
}

test("words that name no platform fit nothing", () => {
  assert.match(differsFromPlatform(["win_amd64"], "solaris-sparc") ?? "", /names no platform/);
});

const pythons: readonly (readonly [string, string, boolean])[] = [
  ["cp312-cp312", "3.12", true],
  ["cp312-cp312", "3.13", false],
  ["cp39-abi3", "3.13", true],
  ["cp313-abi3", "3.12", false],
  ["cp39-abi3", "3.13t", false],
  ["cp313-cp313t", "3.13t", true],
  ["cp313-cp313t", "3.13", false],
  ["py3-none", "3.12", true],
  ["py2.py3-none", "3.12", true],
  ["py2-none", "3.12", false],
  ["pp310-pypy310_pp73", "3.10", false],
];

for (const [tags, python, isFit] of pythons) {
  test(`a wheel for ${tags} is ${isFit ? "one" : "none"} for Python ${python}`, () => {
    const wheel = parseWheelFileName(`demo-1.0-${tags}-any.whl`);
    assert.ok(wheel.kind === "wheel");
    assert.equal(differsFromPython(wheel, python) === undefined, isFit);
  });
}
