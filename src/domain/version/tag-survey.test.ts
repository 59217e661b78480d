import assert from "node:assert/strict";
import { test } from "node:test";
import { pep440 } from "./pep440.ts";
import { parseTagPattern, type TagPattern } from "./tag.ts";
import { newestTagged, surveyTags } from "./tag-survey.ts";

const patternsOf = (names: readonly string[]): readonly string[] => surveyTags(names, pep440).map((one) => one.pattern.text);

function pattern(text: string): TagPattern {
  const parsed = parseTagPattern(text);
  assert.ok(parsed.kind === "pattern");
  return parsed.pattern;
}

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["v1.2.3", ["v1.0.0", "v1.0.1", "v1.1.0-rc1"], ["v{version}"]],
  ["1.2.3", ["1.0", "1.1", "latest"], ["{version}"]],
  ["names and versions", ["tool-v1.0", "tool-v1.1", "lib/0.1.0", "pkg@2.0"], ["pkg@{version}", "tool-v{version}", "lib/{version}"]],
  ["a name with digits", ["py3-demo-v1.0.0"], ["py3-demo-v{version}"]],
  ["no release at all", ["latest", "nightly", "v1", "wip-2"], []],
  ["names that no release may have", ["v 1.0", "-1.0", "x..1.0", "é1.0"], []],
];
for (const [what, names, expected] of cases) {
  test(`surveyTags() tells the pattern of ${what}`, () => {
    assert.deepEqual(patternsOf(names), expected);
  });
}

test("surveyTags() puts the pattern of the newest version first: projects change their minds", () => {
  assert.deepEqual(patternsOf(["1.0", "1.1", "1.2", "v2.0", "v2.1"]), ["v{version}", "{version}"]);
});

test("surveyTags() puts a pattern that only an odd tag has last, however high its version", () => {
  const many = Array.from({ length: 30 }, (_, index) => `v1.${index}.0`);

  assert.deepEqual(patternsOf([...many, "2019.1"]), ["v{version}", "{version}"]);
});

test("surveyTags() counts what means a version, and knows the newest", () => {
  const [only] = surveyTags(["v1.9.0", "v1.10.0", "v1.10.0rc1", "v1.11.0-1", "v1.x.0"], pep440);

  assert.deepEqual([only?.count, only?.newest.normal], [3, "1.10.0"]);
});

test("newestTagged() orders versions, not names, and sees only its own pattern", () => {
  const names = ["v1.9", "v1.10", "v1.10.1rc1", "w9.9", "v2.0-1", "9.9"];

  assert.equal(newestTagged(names, pattern("v{version}"), pep440)?.normal, "1.10.1rc1");
  assert.equal(newestTagged(names, pattern("x{version}"), pep440), undefined);
});
