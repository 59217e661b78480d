import assert from "node:assert/strict";
import { test } from "node:test";
import { aPackage, aUse } from "../../../test/support/ports.ts";
import { importsOfBuildWheel } from "./import.ts";
import type { BuildWheelInput } from "./input.ts";

const mac = "demo-1.0.0-cp312-cp312-macosx_10_13_universal2.whl";
const judgeOf = (input: BuildWheelInput = {}, leg: Readonly<Record<string, string>> = { platform: "macos-universal2" }) =>
  importsOfBuildWheel(aUse(input, { leg, packages: [aPackage(), aPackage({ id: "tool", ecosystem: "binary", name: "tool" })] }));

test("a wheel of the leg's platform is taken with that platform, and the sdist where the leg makes it", () => {
  const { judge } = judgeOf({ sdist: "macos-universal2" });

  assert.deepEqual(judge(mac), { kind: "taken", artifact: { kind: "wheel", package: "demo", platform: "macos-universal2" } });
  assert.deepEqual(judge("demo-1.0.0.tar.gz"), { kind: "taken", artifact: { kind: "sdist", package: "demo" } });
});

const refused: readonly (readonly [string, string, BuildWheelInput, string, RegExp])[] = [
  [
    "another platform's wheel",
    "demo-1.0.0-cp312-cp312-win_amd64.whl",
    {},
    "ARTIFACT_SET",
    /is for win_amd64, and should be for macos-universal2/,
  ],
  ["half of a universal2", "demo-1.0.0-cp312-cp312-macosx_11_0_arm64.whl", {}, "ARTIFACT_SET", /should be for macos-universal2/],
  [
    "another version",
    "demo-1.0.1-cp312-cp312-macosx_10_13_universal2.whl",
    {},
    "VERSION_MISMATCH",
    /is not of version 1\.0\.0, which the plan says/,
  ],
  ["another package", "other-1.0.0-cp312-cp312-macosx_10_13_universal2.whl", {}, "ARTIFACT_SET", /is not of "demo"/],
  ["an sdist of another leg", "demo-1.0.0.tar.gz", {}, "ARTIFACT_SET", /is an sdist, and this leg makes none/],
  ["a wheel that is none", "demo-1.0.0-cp312.whl", {}, "ARTIFACT_INVALID", /components/],
  ["any other file", "demo.zip", {}, "ARTIFACT_SET", /is neither a wheel nor an sdist/],
  ["a Python that is not wanted", mac, { python: ["3.13"] }, "ARTIFACT_SET", /should be for Python 3\.13/],
];

for (const [what, name, input, code, why] of refused) {
  test(`${what} is refused with ${code}`, () => {
    const judged = judgeOf({ sdist: "none", ...input }).judge(name);
    assert.ok(judged.kind === "refused");
    assert.equal(judged.code, code);
    assert.match(judged.why, why);
  });
}

test("a Python that no wheel serves is missing, and one wheel of the stable ABI serves all", () => {
  const { missing } = judgeOf({ sdist: "none", python: ["3.12", "3.13"] });

  assert.deepEqual(missing([mac]), ["wheel of demo for Python 3.13"]);
  assert.deepEqual(missing([mac, "demo-1.0.0-cp313-cp313-macosx_10_13_universal2.whl"]), []);
  assert.deepEqual(missing(["demo-1.0.0-cp39-abi3-macosx_10_13_universal2.whl"]), []);
});

test("a leg of a Python takes its own wheels", () => {
  const { judge } = judgeOf({ sdist: "none" }, { platform: "macos-universal2", python: "3.12" });

  assert.equal(judge(mac).kind, "taken");
  assert.equal(judge(mac.replaceAll("312", "313")).kind, "refused");
});
