import assert from "node:assert/strict";
import { test } from "node:test";
import { refusedPlatformTag } from "../../../domain/pypi/names.ts";
import { canonicalName, canonicalVersion, readSdistName, readVersion, repr, takesPlatform } from "./names.ts";

test("repr() quotes as Python does", () => {
  const cases = [["a", "'a'"], ["it's", `"it's"`], [`it's "it"`, `'it\\'s "it"'`], ["a\nb\\", "'a\\nb\\\\'"], ["\u0001", "'\\x01'"], ["é", "'é'"]] as const; // prettier-ignore
  for (const [text, expected] of cases) assert.equal(repr(text), expected);
});

test("spellings of one version have one key, others have others", () => {
  const key = (text: string): string => {
    const version = readVersion(text);
    assert.ok(version, text);
    return canonicalVersion(version);
  };
  assert.equal(key("1.0"), key("1"));
  assert.equal(key("1.0.0rc1"), key("1-RC1"));
  assert.equal(key("0.0"), key("0"));
  assert.notEqual(key("1.0"), key("1.0.1"));
  assert.notEqual(key("1.0"), key("1!1.0"));
  assert.notEqual(key("1.0.post1"), key("1.0"));
});

test("names are normalised, and sdist names split at their last dash", () => {
  assert.equal(canonicalName("Slip__Demo.-x"), "slip-demo-x");
  assert.deepEqual(readSdistName("slip-demo-1.0.tar.gz"), { name: "slip-demo" });
  assert.equal(readSdistName("slipdemo.tar.gz"), undefined);
  assert.equal(readSdistName("slip-demo.tar.gz"), undefined);
});

test("the allow-list of platforms, written twice, says the same twice", () => {
  const arches = ["x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x", "riscv64", "arm64", "universal2", "win32", "odd"];
  const families = ["linux", "manylinux1", "manylinux2010", "manylinux2014", "manylinux_2_17", "manylinux_2", "musllinux_1_2", "macosx_10_9", "macosx_10", "macosx_11_0", "macosx_11_1", "macosx_16_0", "macosx_26_0", "ios_13_0", "android_24", "win"]; // prettier-ignore
  const more = ["any", "win32", "win_amd64", "win_arm64", "win_ia64", "linux_armv6l", "ios_13_0_arm64_iphoneos", "ios_13_0_x86_64_iphonesimulator", "ios_13_arm64_iphoneos", "android_24_arm64_v8a", "android_24_x86", "pyemscripten_2025_0_wasm32", "pyemscripten_2025_wasm32", "", "Any"]; // prettier-ignore
  for (const tag of [...families.flatMap((family) => arches.map((arch) => `${family}_${arch}`)), ...more]) {
    assert.equal(takesPlatform(tag), refusedPlatformTag(tag) === undefined, tag);
  }
});
