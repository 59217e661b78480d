import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { pep440Text, plainPep440Text, semverText } from "../../../test/support/version-arbitraries.ts";
import { fromPep440, fromSemver, sayInPep440, sayInSemver, toPep440, toSemver, type Refused, type Said } from "./logical.ts";
import { pep440 } from "./pep440.ts";
import { readVersion } from "./scheme.ts";
import { semver } from "./semver.ts";

const inSemver = (text: string): Said => sayInSemver(readVersion(pep440, text));
const inPep440 = (text: string): Said => sayInPep440(readVersion(semver, text));

function refusal(said: Said, text: string): Refused {
  assert.equal(said.kind, "refused", text);
  assert.equal(said.problem.code, "VERSION_LOSSY");
  assert.equal(said.problem.hint, `Write "${said.instead}"`);
  return said;
}

describe("lossless", () => {
  const pairs = [
    ["1.0.0", "1.0.0"],
    ["0.2.0a1", "0.2.0-alpha.1"],
    ["0.2.0b2", "0.2.0-beta.2"],
    ["0.2.0rc10", "0.2.0-rc.10"],
  ] as const;

  test("final, alpha, beta and rc are said both ways", () => {
    for (const [python, other] of pairs) {
      assert.deepEqual(inSemver(python), { kind: "said", text: other });
      assert.deepEqual(inPep440(other), { kind: "said", text: python });
    }
  });

  test("what is said comes back as it was", () => {
    fc.assert(
      fc.property(plainPep440Text, (text) => {
        const said = inSemver(text);
        fc.pre(said.kind !== "refused");
        const back = inPep440(said.text);

        assert.ok(back.kind !== "refused" && back.text === text);
        assert.equal(back.kind, said.kind);
      }),
    );
  });

  test("what is said keeps its order", () => {
    fc.assert(
      fc.property(plainPep440Text, plainPep440Text, (one, other) => {
        const [left, right] = [inSemver(one), inSemver(other)];
        fc.pre(left.kind === "said" && right.kind === "said");

        const inPython = pep440.compare(readVersion(pep440, one), readVersion(pep440, other));
        assert.equal(semver.compare(readVersion(semver, left.text), readVersion(semver, right.text)), inPython);
      }),
      { numRuns: 500 },
    );
  });
});

describe("dev", () => {
  test("is said with the warning that its order differs", () => {
    for (const said of [inSemver("1.0.0.dev3"), inPep440("1.0.0-dev.3")]) {
      assert.equal(said.kind, "order-differs");
      assert.equal(said.problem.code, "VERSION_LOSSY");
      assert.match(said.problem.message, /sorts before an alpha in PEP 440 .* sorts after a beta in SemVer/);
    }
  });
});

describe("refused from SemVer", () => {
  const cases = [
    ["1.0.0-1", "1.0.0-rc.1", /post-release "1\.0\.0\.post1", which sorts after "1\.0\.0" and not before it/],
    ["1.0.0-0", "1.0.0-rc.0", /post-release "1\.0\.0\.post0"/],
    ["1.0.0-20261121", "1.0.0-rc.20261121", /post-release "1\.0\.0\.post20261121"/],
    ["1.0.0-post.1", "1.0.0-rc.1", /post-release/],
    ["1.0.0-r4", "1.0.0-rc.4", /post-release/],
    ["1.0.0-rev.3", "1.0.0-rc.3", /post-release/],
    ["1.0.0-alpha", "1.0.0-alpha.0", /two versions would become one/],
    ["1.0.0-pre.1", "1.0.0-rc.1", /two versions would become one/],
    ["1.0.0-preview.2", "1.0.0-rc.2", /two versions would become one/],
    ["1.0.0-c1", "1.0.0-rc.1", /two versions would become one/],
    ["1.0.0-RC.1", "1.0.0-rc.1", /two versions would become one/],
    ["1.0.0-rc1", "1.0.0-rc.1", /"rc10" comes before "rc2"/],
    ["1.0.0-rc.1-dev.2", "1.0.0-rc.1", /dev of a prerelease/],
    ["1.0.0-nightly.5", "1.0.0-alpha.5", /no prerelease "nightly\.5"/],
    ["1.0.0-rc.1.2", "1.0.0-rc.1", /no prerelease/],
    ["1.0.0-alpha.beta", "1.0.0-alpha.1", /no prerelease/],
    ["1.0.0+build.5", "1.0.0", /plus sign/],
    ["1.0.0-rc.1+build.5", "1.0.0-rc.1", /plus sign/],
  ] as const;

  for (const [text, instead, why] of cases) {
    test(`${text} is refused and ${instead} offered`, () => {
      const refused = refusal(inPep440(text), text);

      assert.equal(refused.instead, instead);
      assert.match(refused.problem.message, why);
    });
  }

  test("what is offered instead can be said, for every version", () => {
    fc.assert(
      fc.property(semverText, (text) => {
        const logical = fromSemver(readVersion(semver, text));
        fc.pre(logical.kind === "refused");

        assert.notEqual(inPep440(logical.instead).kind, "refused");
      }),
    );
  });
});

describe("refused from PEP 440", () => {
  const cases = [
    ["1!2.0.0", "2.0.0", /epoch/],
    ["1.0.0+local.1", "1.0.0", /plus sign/],
    ["1", "1.0.0", /exactly three numbers, and this has 1/],
    ["0.2", "0.2.0", /exactly three numbers, and this has 2/],
    ["0.2rc1", "0.2.0rc1", /exactly three numbers/],
    ["1.2.3.4", "1.2.4", /exactly three numbers, and this has 4/],
    ["1.2.3.0", "1.2.3", /exactly three numbers/],
    ["1.0.0rc1.dev2", "1.0.0rc1", /post or dev of a prerelease/],
    ["1.0.0rc1.post2", "1.0.0rc2", /post or dev of a prerelease/],
    ["1.0.0.post1.dev2", "1.0.1.dev2", /dev of a post-release/],
    ["1.0.0.post1", "1.0.1", /no post-releases/],
    ["1.0.9007199254740991.post1", "1.0.9007199254740991", /no post-releases/],
    ["1.0.0.dev9007199254740993", "1.0.0.dev9007199254740991", /stop at the number 9007199254740991/],
    ["1.0.123456789012345678901234567890", "1.0.9007199254740991", /stop at the number/],
    ["0.9.9007199254740991.9a0", "0.9.9007199254740991a0", /exactly three numbers/],
  ] as const;

  for (const [text, instead, why] of cases) {
    test(`${text} is refused and ${instead} offered`, () => {
      const refused = refusal(inSemver(text), text);

      assert.equal(refused.instead, instead);
      assert.match(refused.problem.message, why);
    });
  }

  test("what is offered instead can be said, for every version", () => {
    fc.assert(
      fc.property(pep440Text, (text) => {
        const parsed = pep440.parse(text);
        fc.pre(parsed.kind === "valid");
        const said = sayInSemver(parsed.version);
        fc.pre(said.kind === "refused");

        assert.notEqual(inSemver(said.instead).kind, "refused");
      }),
    );
  });

  test("a post-release is a logical version that PEP 440 alone can say", () => {
    const logical = fromPep440(readVersion(pep440, "1.0.0.post1"));
    assert.equal(logical.kind, "logical");

    assert.deepEqual(toPep440(logical.version), { kind: "said", text: "1.0.0.post1" });
    assert.equal(toSemver(logical.version).kind, "refused");
  });
});
