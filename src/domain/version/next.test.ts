import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { pep440Text, plainPep440Text, semverText } from "../../../test/support/version-arbitraries.ts";
import { sayInSemver } from "./logical.ts";
import { nextVersion, nextWords, readNextStep, resolveVersion, type NextStep } from "./next.ts";
import { pep440 } from "./pep440.ts";
import { readVersion } from "./scheme.ts";
import { semver } from "./semver.ts";

function step(word: string): NextStep {
  const read = readNextStep(word);
  assert.ok(read !== undefined, word);
  return read;
}

function inPython(text: string, word: string): string {
  const next = nextVersion(readVersion(pep440, text), step(word));
  return next.kind === "next" ? next.version : next.problem.code;
}

function inSemver(text: string, word: string): string {
  const next = nextVersion(readVersion(semver, text), step(word));
  return next.kind === "next" ? next.version : next.problem.code;
}

const anyStep = fc.constantFrom(...nextWords).map(step);

describe("the table", () => {
  const rows = [
    // current        major    minor    patch    pre
    ["1.2.3", "2.0.0", "1.3.0", "1.2.4", "1.2.4rc1"],
    ["0.3.2", "1.0.0", "0.4.0", "0.3.3", "0.3.3rc1"],
    ["0.0.1", "1.0.0", "0.1.0", "0.0.2", "0.0.2rc1"],
    ["2.0.0rc1", "2.0.0", "2.0.0", "2.0.0", "2.0.0rc2"],
    ["1.2.0b3", "2.0.0", "1.2.0", "1.2.0", "1.2.0b4"],
    ["1.2.3a9", "2.0.0", "1.3.0", "1.2.3", "1.2.3a10"],
    ["1.2.0.dev4", "2.0.0", "1.2.0", "1.2.0", "1.2.0rc1"],
    ["1.2.0rc1.dev4", "2.0.0", "1.2.0", "1.2.0", "1.2.0rc1"],
    ["1.2.0rc1.post1", "2.0.0", "1.2.0", "1.2.0", "1.2.0rc2"],
    ["1.2.3.post2", "2.0.0", "1.3.0", "1.2.4", "1.2.4rc1"],
    ["1.2.3.post2.dev1", "2.0.0", "1.3.0", "1.2.4", "1.2.4rc1"],
    ["1.2.3+local.7", "2.0.0", "1.3.0", "1.2.4", "1.2.4rc1"],
    ["3!1.2", "3!2.0", "3!1.3", "3!1.2.1", "3!1.2.1rc1"],
    ["7", "8", "7.1", "7.0.1", "7.0.1rc1"],
    ["1.2.3.4", "2.0.0.0", "1.3.0.0", "1.2.4.0", "1.2.4.0rc1"],
    ["2026.11.21", "2027.0.0", "2026.12.0", "2026.11.22", "2026.11.22rc1"],
    ["1.99999999999999999999.0", "2.0.0", "1.100000000000000000000.0", "1.99999999999999999999.1", "1.99999999999999999999.1rc1"],
  ] as const;
  for (const [current, ...expected] of rows) {
    test(`from ${current}`, () => {
      assert.deepEqual(
        ["major", "minor", "patch", "pre"].map((word) => inPython(current, word)),
        expected,
      );
    });
  }

  test("a candidate goes on in its channel or a later one, never in an earlier one", () => {
    assert.deepEqual(
      ["alpha", "beta", "rc"].map((word) => inPython("1.0.0b2", word)),
      ["VERSION_ORDER", "1.0.0b3", "1.0.0rc1"],
    );
  });

  test("a candidate of a size begins where the size leads, and goes on where it is one already", () => {
    assert.equal(inPython("1.2.3", "minor-rc"), "1.3.0rc1");
    assert.equal(inPython("1.3.0rc1", "minor-rc"), "1.3.0rc2");
    assert.equal(inPython("1.2.4rc1", "minor-rc"), "1.3.0rc1");
    assert.equal(inSemver("1.2.3", "major-alpha"), "2.0.0-alpha.1");
  });

  test("SemVer candidates of other words are refused rather than guessed", () => {
    for (const text of ["1.0.0-1", "1.0.0-nightly.5", "1.0.0-rc1", "1.0.0-rc.1.2"])
      assert.equal(inSemver(text, "patch"), "VERSION_ORDER", text);
    assert.equal(inSemver("1.0.0+build.5", "patch"), "1.0.1");
  });

  test("an alpha after a dev is newer in PEP 440 and older in SemVer, which refuses it", () => {
    assert.equal(inPython("1.0.0.dev3", "alpha"), "1.0.0a1");
    assert.equal(inSemver("1.0.0-dev.3", "alpha"), "VERSION_ORDER");
    assert.equal(inSemver("1.0.0-dev.3", "rc"), "1.0.0-rc.1");
  });

  test("a number that SemVer tools cannot hold is refused", () => {
    assert.equal(inSemver(`1.${Number.MAX_SAFE_INTEGER}.0`, "minor"), "VERSION_INVALID");
  });
});

test("what comes next is always newer, in normal form, in PEP 440", () => {
  fc.assert(
    fc.property(pep440Text, anyStep, (text, asked) => {
      const parsed = pep440.parse(text);
      fc.pre(parsed.kind === "valid");
      const next = nextVersion(parsed.version, asked);
      if (next.kind === "refused") return assert.equal(asked.kind, "pre");

      const read = readVersion(pep440, next.version);
      assert.equal(read.normal, next.version);
      assert.equal(pep440.compare(read, parsed.version), 1);
      assert.equal(read.prerelease, asked.kind === "pre");
    }),
  );
});

test("what comes next is always newer in SemVer, or refused", () => {
  fc.assert(
    fc.property(semverText, anyStep, (text, asked) => {
      const parsed = semver.parse(text);
      fc.pre(parsed.kind === "valid");
      const next = nextVersion(parsed.version, asked);
      if (next.kind === "next") assert.equal(semver.compare(readVersion(semver, next.version), parsed.version), 1);
      else assert.match(next.problem.code, /^VERSION_(?:ORDER|INVALID)$/);
    }),
  );
});

test("both schemes give one version: counting and saying it in the other scheme commute", () => {
  let compared = 0;
  fc.assert(
    fc.property(plainPep440Text, anyStep, (text, asked) => {
      const python = readVersion(pep440, text);
      const said = sayInSemver(python);
      // A dev version is the one that the two order differently.
      fc.pre(said.kind === "said");
      const left = nextVersion(python, asked);
      const right = nextVersion(readVersion(semver, said.text), asked);

      if (left.kind === "refused") return assert.deepEqual(right.kind, "refused");
      const mapped = sayInSemver(readVersion(pep440, left.version));
      // Beyond the largest number of SemVer's tools, counting and saying stop alike.
      if (right.kind === "refused") return assert.equal(mapped.kind, "refused");
      assert.ok(mapped.kind === "said");
      assert.equal(mapped.text, right.version);
      compared += 1;
    }),
    { numRuns: 500 },
  );
  assert.ok(compared > 100);
});

test("resolveVersion() takes a version or a word, and says what it takes", () => {
  const around = { scheme: pep440, current: readVersion(pep440, "1.2.3") };

  assert.deepEqual(resolveVersion("minor", around), { kind: "next", version: "1.3.0" });
  assert.deepEqual(resolveVersion("2.0.0-rc1", around), { kind: "next", version: "2.0.0rc1" });
  const unknown = resolveVersion("bigger", around);
  assert.ok(unknown.kind === "refused" && unknown.problem.hint?.includes("major, minor, patch, pre"));
  const nothing = resolveVersion("patch", { scheme: pep440, current: undefined });
  assert.ok(nothing.kind === "refused" && nothing.problem.code === "VERSION_INVALID");
});

test("every word is read back, and no other", () => {
  assert.equal(nextWords.length, 16);
  for (const word of nextWords) assert.ok(readNextStep(word) !== undefined, word);
  for (const word of ["", "Major", "pre-rc", "rc-rc", "minor-", "minor-rc-1", "-rc", "1.0"])
    assert.equal(readNextStep(word), undefined, word);
});
