import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { SlipwayError } from "../error.ts";
import {
  expandedTagsMax,
  fileNameForm,
  isPackageName,
  normalizeName,
  parseSdistFileName,
  parseWheelFileName,
  refusedPlatformTag,
  sdistFileName,
  wheelFileName,
} from "./names.ts";

describe("names", () => {
  test("PEP 503: runs of - _ . become one -, lower case", () => {
    for (const name of ["Friendly-Bard", "friendly.bard", "FRIENDLY_BARD", "friendly--bard", "FrIeNdLy-._.-bArD"])
      assert.equal(normalizeName(name), "friendly-bard");
    assert.equal(fileNameForm("FrIeNdLy-._.-bArD"), "friendly_bard");
  });

  test("isPackageName() takes what PyPI takes", () => {
    for (const name of ["a", "A1", "zope.interface", "a-_.b"]) assert.ok(isPackageName(name), name);
    for (const name of ["", "-a", "a-", ".a", "a_", "a b", "a/b", "é", "a\n", "\u212a"])
      assert.ok(!isPackageName(name), JSON.stringify(name));
  });
});

describe("parseWheelFileName()", () => {
  test("reads name, version, build tag and all tags that the sets stand for", () => {
    const parsed = parseWheelFileName("Slip_Demo-1.0.0rc1-12abc-py2.py3-none-manylinux1_x86_64.manylinux_2_5_x86_64.whl");

    assert.ok(parsed.kind === "wheel");
    assert.equal(parsed.distribution, "Slip_Demo");
    assert.equal(parsed.name, "slip-demo");
    assert.equal(parsed.version.normal, "1.0.0rc1");
    assert.deepEqual(parsed.build, { number: 12, suffix: "abc" });
    assert.deepEqual(parsed.tags, [
      "py2-none-manylinux1_x86_64",
      "py2-none-manylinux_2_5_x86_64",
      "py3-none-manylinux1_x86_64",
      "py3-none-manylinux_2_5_x86_64",
    ]);
  });

  test("reads a name without a build tag, and a version that is not in normal form", () => {
    const parsed = parseWheelFileName("demo-1.0.RC1-cp312-abi3-win_amd64.whl");

    assert.ok(parsed.kind === "wheel");
    assert.equal(parsed.build, undefined);
    assert.equal(parsed.versionText, "1.0.RC1");
    assert.equal(parsed.version.normal, "1.0rc1");
  });

  test("refuses what is no wheel name, with the reason", () => {
    const cases = [
      ["demo-1.0-py3-none-any.zip", /does not end with "\.whl"/],
      ["demo-1.0-py3-none.whl", /4 components/],
      ["demo-1.0-1-2-py3-none-any.whl", /7 components/],
      ["my-demo-1.0-py3-none-any.whl", /is no PEP 440 version/],
      ["my__demo-1.0-py3-none-any.whl", /is no package name/],
      ["-1.0-py3-none-any.whl", /is no package name/],
      ["../demo-1.0-py3-none-any.whl", /is no package name/],
      ["d\u00e9mo-1.0-py3-none-any.whl", /is no package name/],
      ["demo-1.0-nightly-py3-none-any.whl", /build tag "nightly"/],
      ["demo-1.0- 1-py3-none-any.whl", /build tag/],
      ["demo-one-py3-none-any.whl", /is no PEP 440 version/],
      ["demo- 1.0-py3-none-any.whl", /is no PEP 440 version/],
      ["demo-1.0-py3-none-any/.whl", /is no tag/],
      ["demo-1.0-py3.-none-any.whl", /"" is no tag/],
      ["demo-1.0-py3--any.whl", /"" is no tag/],
      ["demo-1.0-3py-none-any.whl", /starts with a digit/],
      ["demo-1.0-py3-none-any\n.whl", /is no tag/],
      [`demo-1.0-${"a.".repeat(12)}a-${"b.".repeat(12)}b-${"c.".repeat(12)}c.whl`, /2197 combinations, more than 500/],
      [`${"d".repeat(300)}-1.0-py3-none-any.whl`, /longer than 255/],
    ] as const;
    for (const [name, why] of cases) {
      const parsed = parseWheelFileName(name);
      assert.ok(parsed.kind === "invalid", JSON.stringify(name));
      assert.match(parsed.reason, why);
    }
  });

  test("never throws and never expands without bound", () => {
    const piece = fc.constantFrom("demo", "1.0", "-", "-", "-", "-", ".", "py3", "none", "any", ".whl", "1", "_", "__", "\u0000", "é");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const parsed = parseWheelFileName(`${pieces.join("")}.whl`);
        if (parsed.kind === "wheel") assert.ok(parsed.tags.length >= 1 && parsed.tags.length <= expandedTagsMax);
      }),
      { numRuns: 500 },
    );
  });
});

describe("wheelFileName()", () => {
  test("normalizes name and version and sorts the tag sets", () => {
    const tags = { python: ["py3", "py2"], abi: ["none"], platform: ["manylinux_2_17_x86_64", "manylinux2014_x86_64"] };
    const name = wheelFileName({ name: "Slip.Demo", version: "1.0.0-rc.1", ...tags });

    assert.equal(name, "slip_demo-1.0.0rc1-py2.py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl");
    assert.equal(
      wheelFileName({ name: "demo", version: "1", build: "3", python: ["py3"], abi: ["none"], platform: ["any"] }),
      "demo-1-3-py3-none-any.whl",
    );
  });

  test("gives back the name that was parsed, if that was the right one", () => {
    for (const name of ["slip_demo-1.0.0rc1-7b-cp312.cp313-abi3-any.whl", "demo-1!1.0.post1-py3-none-any.whl"]) {
      const parsed = parseWheelFileName(name);
      assert.ok(parsed.kind === "wheel");
      const { build, python, abi, platform } = parsed;
      const expected = wheelFileName({
        name: parsed.distribution,
        version: parsed.versionText,
        python,
        abi,
        platform,
        ...(build === undefined ? {} : { build: `${build.number}${build.suffix}` }),
      });
      assert.equal(expected, name);
    }
  });

  test("throws for a version that is none, and stops at parts that make no wheel name", () => {
    const universal = { python: ["py3"], abi: ["none"], platform: ["any"] };
    assert.throws(
      () => wheelFileName({ name: "demo", version: "one", ...universal }),
      (error) => error instanceof SlipwayError && error.code === "VERSION_INVALID",
    );
    assert.throws(
      () => wheelFileName({ name: "demo", version: "1", ...universal, platform: [] }),
      (error) => error instanceof SlipwayError && error.code === "INTERNAL_ASSERTION",
    );
  });
});

describe("sdist names", () => {
  test("there is one right name for a package and a version (PEP 625)", () => {
    assert.equal(sdistFileName("Slip.Demo", "1.0.0-rc.1"), "slip_demo-1.0.0rc1.tar.gz");
    const parsed = parseSdistFileName("slip_demo-1.0.0rc1.tar.gz", "Slip-Demo");
    assert.ok(parsed.kind === "sdist" && parsed.version.normal === "1.0.0rc1");
  });

  test("any other is refused with the right one", () => {
    for (const wrong of [
      "slip-demo-1.0.0rc1.tar.gz",
      "Slip_Demo-1.0.0rc1.tar.gz",
      "slip_demo-1.0.0-rc1.tar.gz",
      "other-1.0.0rc1.tar.gz",
      "slip_demo-1.0.0.rc1.tar.gz",
    ]) {
      const parsed = parseSdistFileName(wrong, "slip-demo");
      assert.ok(parsed.kind === "invalid", wrong);
      assert.ok(parsed.expected === undefined || parsed.expected === "slip_demo-1.0.0rc1.tar.gz", wrong);
    }
  });

  test("what has no version or another ending is refused", () => {
    for (const wrong of [
      "demo-1.0.zip",
      "demo-1.0.tgz",
      "demo.tar.gz",
      "demo-.tar.gz",
      "-1.0.tar.gz",
      "demo-1.0.tar.gz.exe",
      `demo-1.0+${"a".repeat(300)}.tar.gz`,
    ]) {
      const parsed = parseSdistFileName(wrong, "demo");
      assert.ok(parsed.kind === "invalid" && parsed.expected === undefined, wrong);
    }
  });
});

describe("refusedPlatformTag()", () => {
  const taken = [
    "any",
    "win32",
    "win_amd64",
    "win_arm64",
    "linux_armv7l",
    "manylinux1_i686",
    "manylinux2014_aarch64",
    "manylinux_2_28_x86_64",
    "manylinux_2_17_ppc64",
    "musllinux_1_2_riscv64",
    "macosx_10_9_universal2",
    "macosx_11_0_arm64",
    "macosx_26_0_x86_64",
    "ios_13_0_arm64_iphoneos",
    "android_24_arm64_v8a",
    "pyemscripten_2026_0_wasm32",
  ];
  const refused = [
    "linux_x86_64",
    "linux_aarch64",
    "manylinux2010_aarch64",
    "musllinux_1_2_ppc64",
    "macosx_11_1_arm64",
    "macosx_16_0_arm64",
    "macosx_10_9_m68k",
    "macosx_10_9",
    "manylinux_2_x86_64",
    "manylinux_2_17_wasm32",
    "emscripten_3_1_wasm32",
    "ios_13_0_arm64_macos",
    "android_24_mips",
    "ANY",
    "any\n",
    "",
    "freebsd_13_amd64",
  ];

  test("takes the list of protocols §1.4", () => {
    for (const tag of taken) assert.equal(refusedPlatformTag(tag), undefined, tag);
  });

  test("refuses the rest with a reason", () => {
    for (const tag of refused)
      assert.match(refusedPlatformTag(tag) ?? "", /^PyPI does not take the platform tag "[\x20-\x7e]*"/, JSON.stringify(tag));
    assert.match(refusedPlatformTag("linux_x86_64") ?? "", /auditwheel repair/);
    assert.match(refusedPlatformTag("macosx_14_2_arm64") ?? "", /second number has to be 0/);
  });
});
