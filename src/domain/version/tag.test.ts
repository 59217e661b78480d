import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { pep440Text, semverText } from "../../../test/support/version-arbitraries.ts";
import { pep440 } from "./pep440.ts";
import { readVersion } from "./scheme.ts";
import { semver } from "./semver.ts";
import {
  agrees,
  formatTag,
  matchTag,
  parseTagPattern,
  patternsOverlap,
  type MatchedTag,
  type ReleaseTag,
  type TagAccepts,
  type TagPattern,
} from "./tag.ts";

function pattern(text: string, accepts: TagAccepts = "all"): TagPattern {
  const parsed = parseTagPattern(text, accepts);
  assert.equal(parsed.kind, "pattern", text);
  return parsed.pattern;
}

const v = pattern("v{version}");
const python = (tag: string, of = v): MatchedTag => matchTag(of, tag, pep440);

function releaseTag(matched: MatchedTag): ReleaseTag {
  assert.ok(matched.kind === "final" || matched.kind === "prerelease", JSON.stringify(matched));
  return matched;
}

function problemOf(matched: MatchedTag) {
  assert.equal(matched.kind, "refused", JSON.stringify(matched));
  return matched.problem;
}

describe("parseTagPattern()", () => {
  test("takes a fixed text and then the version", () => {
    assert.deepEqual(parseTagPattern("recorder-v{version}"), {
      kind: "pattern",
      pattern: { text: "recorder-v{version}", prefix: "recorder-v", accepts: "all" },
    });
    for (const text of ["{version}", "release/{version}", "@scope/name@{version}", "tool_{version}"]) pattern(text);
  });

  test("refuses a pattern under which a tag could be read in two ways, or is no tag", () => {
    const wrong = [
      "",
      "v",
      "v{Version}",
      "{version}{version}",
      "v{version}-{version}",
      "v{version}-rc1",
      "{version}.0",
      "{version}/tool",
      "{version} ",
      "v1{version}",
      "v1.{version}",
      "1!{version}",
      "+{version}",
      "-v{version}",
      ".v{version}",
      "/{version}",
      "a//{version}",
      "refs/tags/v{version}",
      "v {version}",
      "v*{version}",
      "v\n{version}",
      "v..{version}",
      "@{{version}",
      "é{version}",
      `${"a".repeat(260)}{version}`,
    ];
    for (const text of wrong) {
      const parsed = parseTagPattern(text);
      assert.equal(parsed.kind, "invalid", text);
      assert.equal(parsed.problem.code, "CONFIG_INVALID");
      assert.ok(parsed.problem.hint);
    }
  });
});

describe("matchTag() for a Python package", () => {
  test("reads SemVer's and PEP 440's spelling of a candidate as one version (S5.2)", () => {
    const spellings = [
      ["v0.2.0-rc1", "0.2.0rc1"],
      ["v0.2.0-rc.1", "0.2.0rc1"],
      ["v0.2.0rc1", "0.2.0rc1"],
      ["v0.2.0-beta1", "0.2.0b1"],
      ["v0.2.0-beta.1", "0.2.0b1"],
      ["v0.2.0b1", "0.2.0b1"],
      ["v0.2.0-alpha1", "0.2.0a1"],
      ["v0.2.0-alpha.12", "0.2.0a12"],
      ["v0.2-rc1", "0.2rc1"],
      ["v0.2.0-dev.3", "0.2.0.dev3"],
      ["v0.2.0rc1.dev3", "0.2.0rc1.dev3"],
    ] as const;
    for (const [tag, normal] of spellings) {
      const matched = python(tag);
      assert.equal(matched.kind, "prerelease", tag);
      assert.equal(releaseTag(matched).version.normal, normal);
    }
  });

  test("reads clean tags as final versions, of any number of parts", () => {
    for (const tag of ["v1", "v0.2", "v0.2.0", "v2026.11.21.1", "v1.0.post1", "v1!2.0"]) {
      const matched = python(tag);
      assert.equal(matched.kind, "final", tag);
      assert.equal(`v${releaseTag(matched).version.normal}`, tag);
    }
  });

  test("refuses what PEP 440 would read as something else, and offers tags that match", () => {
    const cases = [
      ["v0.2.0-1", ["v0.2.0-rc.1", "v0.2.0.post1"]],
      ["v0.2.0-20261121", ["v0.2.0-rc.20261121", "v0.2.0.post20261121"]],
      ["v0.2.0-rc", ["v0.2.0-rc.0"]],
      ["v0.2.0-RC1", ["v0.2.0-rc.1"]],
      ["v0.2.0_rc1", ["v0.2.0-rc.1"]],
      ["v0.2.0-pre1", ["v0.2.0-rc.1"]],
      ["v0.2.0-rc01", ["v0.2.0-rc.1"]],
      ["v0.2.0-nightly.5", ["v0.2.0-alpha.5"]],
      ["v00.2", ["v0.2"]],
      ["v1.0-r4", ["v1.0.post4"]],
      ["v2-docs", ["v1.2.3"]],
    ] as const;
    for (const [tag, offered] of cases) {
      const problem = problemOf(python(tag));
      assert.equal(problem.code, "VERSION_INVALID");
      for (const other of offered) {
        assert.ok(problem.hint?.includes(`"${other}"`), `${tag}: ${problem.hint}`);
        releaseTag(python(other));
      }
    }
  });

  test("leaves alone what is no tag of the pattern", () => {
    for (const tag of ["", "v", "vv1.0", "version-1", "recorder-v1.0", "V1.0", "1.0", "latest", "v.1", "v-1.0", " v1.0"]) {
      assert.equal(python(tag).kind, "other", tag);
    }
    assert.equal(python("v1.0", pattern("{version}")).kind, "other");
  });

  test("refuses hostile names that begin like a release tag, without repeating them raw", () => {
    const hostile = [
      "v1.0;rm -rf",
      "v1.0\n",
      "v1.0..2",
      "v1.0@{1}",
      "v1.0\u001b[2J",
      "v1.0^{}",
      "v1.0\u0661",
      `v1.${"0".repeat(300)}`,
      "v1.0.lock",
      "v1/../2",
    ];
    for (const tag of hostile) {
      const problem = problemOf(python(tag));
      assert.match(`${problem.message}${problem.hint}`, /^[\x20-\x7e]{1,400}$/, JSON.stringify(tag));
    }
  });

  test("takes the prefix as text, not as a pattern of its own", () => {
    assert.equal(python("recorderXv1.0", pattern("recorder.v{version}")).kind, "other");
    assert.equal(python("recorder.v1.0", pattern("recorder.v{version}")).kind, "final");
  });
});

describe("matchTag() for SemVer", () => {
  test("reads exactly what SemVer accepts", () => {
    assert.equal(releaseTag(matchTag(v, "v1.0.0-rc.1", semver)).version.normal, "1.0.0-rc.1");
    assert.equal(matchTag(v, "v1.0.0+build.5", semver).kind, "final");
    assert.equal(matchTag(v, "v1.0.0-1", semver).kind, "prerelease");
  });

  test("offers SemVer's spelling where Python's was used, and three numbers where fewer were", () => {
    assert.match(problemOf(matchTag(v, "v1.0.0rc1", semver)).hint ?? "", /"v1\.0\.0-rc\.1"/);
    assert.match(problemOf(matchTag(v, "v0.2", semver)).hint ?? "", /"v0\.2\.0"/);
  });
});

describe("a pattern for one kind of version", () => {
  const candidates = [
    "v0.2.0-rc1",
    "v0.2.0-rc.1",
    "v0.2.0rc1",
    "v0.2.0-beta1",
    "v0.2.0-alpha.1",
    "v0.2.0-dev1",
    "v0.2.0.dev1",
    "v0.2.0.post1.dev1",
  ];

  test("for clean tags never matches a candidate", () => {
    const clean = pattern("v{version}", "final");
    for (const tag of candidates) assert.equal(python(tag, clean).kind, "other", tag);
    assert.equal(python("v0.2.0", clean).kind, "final");
  });

  test("for clean tags matches nothing that either scheme calls a prerelease, in thousands of versions", () => {
    const clean = pattern("v{version}", "final");
    fc.assert(
      fc.property(fc.oneof(pep440Text, semverText), fc.constantFrom(pep440, semver), (text, scheme) => {
        const matched = matchTag(clean, `v${text}`, scheme);

        assert.notEqual(matched.kind, "prerelease");
        if (matched.kind === "final") assert.match(text.replace(/\+.*$/, ""), /^[0-9]+(?:![0-9]+)?(?:\.[0-9]+)*(?:\.post[0-9]+)?$/);
      }),
      { numRuns: 2000 },
    );
  });

  test("for candidates matches no clean tag, and no tag is made for the other kind", () => {
    const candidate = pattern("v{version}", "prerelease");
    for (const tag of candidates) assert.equal(python(tag, candidate).kind, "prerelease", tag);
    assert.equal(python("v0.2.0", candidate).kind, "other");
    assert.equal(formatTag(candidate, readVersion(pep440, "0.2.0")).kind, "refused");
  });
});

describe("formatTag()", () => {
  test("writes SemVer's spelling where the version has one, else the scheme's own", () => {
    const tags = [
      ["0.2.0rc1", "v0.2.0-rc.1"],
      ["0.2.0", "v0.2.0"],
      ["0.2", "v0.2"],
      ["0.2rc1", "v0.2rc1"],
      ["1.0.0.post1", "v1.0.0.post1"],
      ["1!2.0.0", "v1!2.0.0"],
    ] as const;
    for (const [version, tag] of tags) assert.deepEqual(formatTag(v, readVersion(pep440, version)), { kind: "tag", tag });
    assert.deepEqual(formatTag(pattern("recorder-v{version}"), readVersion(semver, "1.0.0-rc.1+b")), {
      kind: "tag",
      tag: "recorder-v1.0.0-rc.1+b",
    });
  });

  test("makes tags that are read back as the same version", () => {
    fc.assert(
      fc.property(
        fc.oneof(pep440Text, semverText),
        fc.constantFrom(pep440, semver),
        fc.constantFrom("v", "", "recorder-v", "@a/b@"),
        (text, scheme, prefix) => {
          const parsed = scheme.parse(text);
          fc.pre(parsed.kind === "valid");
          const of = pattern(`${prefix}{version}`);
          const formatted = formatTag(of, parsed.version);
          fc.pre(formatted.kind === "tag");

          const matched = releaseTag(matchTag(of, formatted.tag, scheme));
          assert.equal(matched.version.normal, parsed.version.normal);
          assert.equal(matched.kind === "prerelease", parsed.version.prerelease);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("refuses a version too long to be a tag", () => {
    const long = readVersion(pep440, `1.0+${"a".repeat(190)}`);
    assert.equal(formatTag(pattern(`${"p".repeat(100)}-{version}`), long).kind, "refused");
  });
});

describe("agrees()", () => {
  const candidate = releaseTag(python("v0.2.0-rc1"));

  test("holds for every spelling of the manifest's version", () => {
    for (const manifest of ["0.2.0rc1", "0.2.0-rc.1", "0.2rc1"])
      assert.deepEqual(agrees(candidate, manifest, "pypi"), { kind: "same" }, manifest);
    assert.deepEqual(agrees(candidate, "0.2.0-rc.1", "crates"), { kind: "same" });
    assert.deepEqual(agrees(releaseTag(python("v0.2")), "0.2.0", "pypi"), { kind: "same" });
  });

  test("takes the short spelling of a tag for the version that the manifest says, and no other for it", () => {
    const rust = releaseTag(matchTag(v, "v0.2.0-rc1", semver));
    for (const [manifest, ecosystem] of [
      ["0.2.0-rc.1", "crates"],
      ["0.2.0-rc1", "crates"],
      ["0.2.0rc1", "pypi"],
    ] as const)
      assert.deepEqual(agrees(rust, manifest, ecosystem), { kind: "same" }, manifest);
    for (const manifest of ["0.2.0-rc.10", "0.2.0-rc.2", "0.2.0", "0.2.0-rc1.0"])
      assert.notEqual(agrees(rust, manifest, "crates").kind, "same", manifest);
    assert.notEqual(agrees(releaseTag(matchTag(v, "v0.2.0-rc.1", semver)), "0.2.0-rc1", "crates").kind, "same");
  });

  test("explains a mismatch with both versions and the command that mends it", () => {
    assert.deepEqual(agrees(candidate, "0.2.0", "pypi"), {
      kind: "different",
      problem: {
        code: "VERSION_MISMATCH",
        message: 'Cannot release tag "v0.2.0-rc1": it means version "0.2.0rc1" but the manifest says "0.2.0"',
        hint: 'Take the tag away: `git tag --delete v0.2.0-rc1`, and if it was pushed `slipway withdraw v0.2.0-rc1 --confirm 0.2.0rc1`; then `git tag --annotate v0.2.0 --message v0.2.0`, or set the version in the manifest to "0.2.0rc1", commit and tag again',
      },
    });
  });

  test("names the manifest's version in the words of its own scheme, and quotes what a shell would read", () => {
    const crate = agrees(candidate, "0.2.0-rc.2", "crates");
    assert.ok(crate.kind === "different");
    assert.match(
      crate.problem.hint ?? "",
      /then `git tag --annotate v0\.2\.0-rc\.2 .*`, or set the version in the manifest to "0\.2\.0-rc\.1"/,
    );
    const epoch = agrees(candidate, "1!0.2.0", "pypi");
    assert.ok(epoch.kind === "different" && epoch.problem.hint?.includes("`git tag --annotate 'v1!0.2.0' --message 'v1!0.2.0'`"));
  });

  test("does not guess what a manifest means that says no version, or one that cannot be mapped", () => {
    const invalid = agrees(candidate, "dynamic", "pypi");
    assert.ok(invalid.kind === "not-comparable" && invalid.problem.code === "VERSION_INVALID");
    const lossy = agrees(candidate, "0.2.0-rc1", "crates");
    assert.ok(lossy.kind === "not-comparable" && lossy.problem.code === "VERSION_LOSSY");
  });
});

test("patternsOverlap() finds the patterns that one tag could belong to", () => {
  assert.ok(patternsOverlap(v, pattern("v{version}")));
  assert.ok(patternsOverlap(pattern("1.0.0-alpha{version}"), pattern("{version}")));
  assert.ok(!patternsOverlap(v, pattern("recorder-v{version}")));
  assert.ok(!patternsOverlap(v, pattern("vendor-v{version}")));
  assert.ok(!patternsOverlap(v, pattern("{version}")));
});
