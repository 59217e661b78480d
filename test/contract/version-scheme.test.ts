// What every VersionScheme must do, run by each of them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { SlipwayError } from "../../src/domain/error.ts";
import { pep440 } from "../../src/domain/version/pep440.ts";
import { readVersion, versionLengthMax, type VersionScheme } from "../../src/domain/version/scheme.ts";
import { semver } from "../../src/domain/version/semver.ts";
import { damaged, pep440Text, semverText } from "../support/version-arbitraries.ts";

interface Implementation {
  readonly scheme: VersionScheme;
  readonly other: VersionScheme;
  readonly texts: fc.Arbitrary<string>;
  /** Oldest first, no two equal. */
  readonly ascending: readonly string[];
  /** Each group means one release. */
  readonly equal: readonly (readonly string[])[];
  readonly prereleases: readonly string[];
  readonly finals: readonly string[];
  readonly bases: readonly (readonly [text: string, base: string])[];
  readonly invalid: readonly string[];
}

const implementations: readonly Implementation[] = [
  {
    scheme: pep440,
    other: semver,
    texts: pep440Text,
    // The list of PEP 440 itself ("Summary of permitted suffixes and relative ordering"), with epoch and local around it.
    ascending: [
      "1.0.dev456",
      "1.0a1",
      "1.0a2.dev456",
      "1.0a12.dev456",
      "1.0a12",
      "1.0b1.dev456",
      "1.0b2",
      "1.0b2.post345.dev456",
      "1.0b2.post345",
      "1.0rc1.dev456",
      "1.0rc1",
      "1.0",
      "1.0+abc.5",
      "1.0+abc.7",
      "1.0+5",
      "1.0.post456.dev34",
      "1.0.post456",
      "1.0.15",
      "1.1.dev1",
      "1!0.1",
    ],
    equal: [
      ["1.0", "1", "1.0.0", "v1.0", " 1.0 "],
      ["1.0rc1", "1.0-RC.1", "1.0c1", "1.0_pre_1", "1.0preview1"],
      ["1.0.post1", "1.0-1", "1.0.rev1", "1.0r1"],
      ["1.0+ubuntu.1", "1.0+Ubuntu_01", "1.0+ubuntu-1"],
    ],
    prereleases: ["1.0a1", "1.0b1", "1.0rc1", "1.0.dev1", "1.0.post1.dev1"],
    finals: ["1.0", "1.0.post1", "1!1.0", "1.0+local"],
    bases: [
      ["0.2.0rc1", "0.2.0"],
      ["0.2.post1.dev3+x", "0.2"],
      ["1!2.0a1", "1!2.0"],
    ],
    invalid: ["", "1.0-nightly.5", "1..0", "1.0+", "1.0+a..b", "1.0+a+b", "1.0 .1", "1.0rc1rc2", "1.0\u0661", "=1.0", "1.x", "1,0"],
  },
  {
    scheme: semver,
    other: pep440,
    texts: semverText,
    // The example of SemVer 2.0.0 §11, with numbers around it.
    ascending: [
      "0.9.9",
      "1.0.0-1",
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0-rc.2",
      "1.0.0-rc.10",
      "1.0.0-rc1",
      "1.0.0-rc10",
      "1.0.0-rc2",
      "1.0.0",
      "1.0.1",
      "1.10.0",
      "2.0.0",
    ],
    equal: [["1.0.0", "1.0.0+build.5", "1.0.0+001"]],
    prereleases: ["1.0.0-rc.1", "1.0.0-0", "1.0.0-dev.1", "1.0.0-x+y"],
    finals: ["1.0.0", "1.0.0+build"],
    bases: [
      ["0.2.0-rc.1", "0.2.0"],
      ["1.2.3+x", "1.2.3"],
    ],
    invalid: [
      "",
      "1",
      "1.0",
      "1.0.0.0",
      "v1.0.0",
      " 1.0.0",
      "1.0.0 ",
      "01.0.0",
      "1.0.0-01",
      "1.0.0rc1",
      "1.0.0-",
      "1.0.0+",
      "1.0.0-a..b",
      "=1.0.0",
      "9007199254740992.0.0",
      "1.0.0-9007199254740993",
    ],
  },
];

/** Any UTF-16 code unit, lone surrogates too. */
const anyCharacter = fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code));

for (const { scheme, other, texts, ...samples } of implementations) {
  const read = (text: string) => readVersion(scheme, text);
  const compare = (one: string, two: string): number => scheme.compare(read(one), read(two));

  describe(`version scheme ${scheme.name}`, () => {
    test("orders its samples, each against each", () => {
      for (const [i, one] of samples.ascending.entries()) {
        for (const [j, two] of samples.ascending.entries()) {
          assert.equal(compare(one, two), Math.sign(i - j), `${one} against ${two}`);
        }
      }
    });

    test("takes different spellings of one release for equal", () => {
      for (const group of samples.equal) {
        for (const one of group) assert.equal(compare(group[0] ?? "", one), 0, one);
      }
    });

    test("says what a prerelease is", () => {
      for (const text of samples.prereleases) assert.equal(read(text).prerelease, true, text);
      for (const text of samples.finals) assert.equal(read(text).prerelease, false, text);
    });

    test("gives the base without pre, post, dev, local or build", () => {
      for (const [text, base] of samples.bases) assert.equal(read(text).base, base);
    });

    test("refuses what is none of its versions, with a reason and a hint", () => {
      for (const text of [...samples.invalid, `1.0.${"0".repeat(versionLengthMax)}`]) {
        const parsed = scheme.parse(text);

        assert.equal(parsed.kind, "invalid", JSON.stringify(text));
        assert.equal(parsed.problem.code, "VERSION_INVALID");
        assert.match(parsed.problem.message, /^Cannot read "[\x20-\x7e]*" as an? [\x20-\x7e]+: [\x20-\x7e]+[^.]$/);
        assert.ok(parsed.problem.hint);
      }
    });

    test("writes a normal form that it reads as the same version", () => {
      fc.assert(
        fc.property(texts, (text) => {
          const parsed = scheme.parse(text);
          fc.pre(parsed.kind === "valid");
          const { version } = parsed;
          const again = read(version.normal);

          assert.equal(version.scheme, scheme.name);
          assert.equal(version.written, text);
          assert.equal(again.normal, version.normal);
          assert.equal(scheme.compare(version, again), 0);
          assert.equal(again.prerelease, version.prerelease);
          assert.equal(again.base, version.base);
          assert.equal(read(version.base).prerelease, false);
          assert.equal(read(version.base).base, version.base);
        }),
      );
    });

    test("orders totally: antisymmetric and transitive", () => {
      const valid = texts.filter((text) => scheme.parse(text).kind === "valid");
      fc.assert(
        fc.property(valid, valid, valid, (one, two, three) => {
          assert.equal(compare(one, two), -compare(two, one) + 0);
          if (compare(one, two) <= 0 && compare(two, three) <= 0) assert.ok(compare(one, three) <= 0);
          if (compare(one, two) === 0) assert.equal(compare(one, three), compare(two, three));
        }),
      );
    });

    test("never throws when it parses, whatever the text", () => {
      fc.assert(
        fc.property(fc.oneof(fc.string({ unit: anyCharacter }), damaged(texts), fc.string({ maxLength: 1000 })), (text) => {
          const parsed = scheme.parse(text);
          if (parsed.kind === "invalid") assert.ok(parsed.problem.message.length < 400);
          else assert.match(parsed.version.normal, /^[\x21-\x7e]+$/);
        }),
      );
    });

    test("reads a hostile long text in no time", () => {
      for (const text of ["1".repeat(200_000), `1.0-${"rc".repeat(100_000)}`, `1.0+${"a.".repeat(100_000)}`, " ".repeat(200_000)]) {
        assert.equal(scheme.parse(text).kind, "invalid");
      }
    });

    test("stops when it is asked to order another scheme's version", () => {
      const own = read("1.0.0");
      const foreign = readVersion(other, "1.0.0");

      assert.throws(
        () => scheme.compare(own, foreign),
        (error) => error instanceof SlipwayError && error.code === "INTERNAL_ASSERTION",
      );
      assert.throws(
        () => scheme.compare(foreign, own),
        (error) => error instanceof SlipwayError && error.code === "INTERNAL_ASSERTION",
      );
    });
  });
}
