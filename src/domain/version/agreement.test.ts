import assert from "node:assert/strict";
import { test } from "node:test";
import { agreement } from "./agreement.ts";
import { pep440 } from "./pep440.ts";
import { readVersion } from "./scheme.ts";
import { semver } from "./semver.ts";

const python = (text: string) => readVersion(pep440, text);
const other = (text: string) => readVersion(semver, text);

test("two versions of one scheme need no mapping: 0.2 alone in Python is fine", () => {
  assert.deepEqual(agreement(python("0.2"), python("0.2.0")), { kind: "same" });
  assert.deepEqual(agreement(python("1!0.2.post1+x"), python("1!0.2-1+X")), { kind: "same" });
  assert.deepEqual(agreement(other("1.0.0-1"), other("1.0.0-1")), { kind: "same" });
});

test("versions of two schemes agree when they mean one release", () => {
  assert.deepEqual(agreement(python("0.2.0rc1"), other("0.2.0-rc.1")), { kind: "same" });
  assert.deepEqual(agreement(other("0.2.0-dev.1"), python("0.2.0.dev1")), { kind: "same" });
});

test("versions that differ are told apart, with both and what differs", () => {
  const cases = [
    [python("1.0"), python("1.1"), "the first is older"],
    [python("1.0"), python("1.0rc1"), "the first is newer"],
    [other("1.0.0+a"), other("1.0.0+b"), "they differ in build metadata"],
    [python("1.0.0"), other("1.0.1"), "they do not mean the same release"],
  ] as const;
  for (const [one, two, why] of cases) {
    const answer = agreement(one, two);
    assert.ok(answer.kind === "different");
    assert.equal(answer.problem.code, "VERSION_MISMATCH");
    assert.equal(answer.problem.message, `Cannot take "${one.normal}" and "${two.normal}" for one version: ${why}`);
  }
});

test("where two schemes meet, what one of them cannot say is refused with the reason", () => {
  for (const [one, two] of [
    [python("0.2"), other("0.2.0")],
    [other("1.0.0-1"), python("1.0.0.post1")],
  ] as const) {
    const answer = agreement(one, two);
    assert.ok(answer.kind === "not-comparable");
    assert.equal(answer.problem.code, "VERSION_LOSSY");
  }
});
