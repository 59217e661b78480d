import assert from "node:assert/strict";
import { test } from "node:test";
import { pep440 } from "../version/pep440.ts";
import { semver } from "../version/semver.ts";
import { readHeading } from "./heading.ts";

const python = { scheme: pep440, names: ["demo", "recorder"] };

function said(text: string): string {
  const read = readHeading(text, python);
  if (read.kind !== "version") return read.kind;
  return `${read.version.normal}${read.strict ? "" : " loose"}${read.pending ? " pending" : ""}`;
}

const cases: readonly (readonly [string, string])[] = [
  ["[1.2.3] - 2026-11-21", "1.2.3"],
  ["1.2.3", "1.2.3"],
  ["v1.2.3", "1.2.3"],
  ["[v1.2.3]", "1.2.3"],
  ["1.2.3 (2026-11-21)", "1.2.3"],
  ["1.2.3 (November 21, 2026)", "1.2.3"],
  ["1.2.3 - 21 Nov 2026", "1.2.3"],
  ["[1.2.3](https://f.example/compare/v1.2.2...v1.2.3) (2026-11-21)", "1.2.3"],
  ["[1.2.3][] - 2026-11-21", "1.2.3"],
  ["[1.2.3] - 2026-11-21 [YANKED]", "1.2.3"],
  ["1.2.3 [YANKED]", "1.2.3"],
  ["~~[1.2.3] - 2026-11-21~~", "1.2.3"],
  ["Version 1.2.3 (released November 21, 2026)", "1.2.3"],
  ["**1.2.3**", "1.2.3"],
  ["Version 1.2.3", "1.2.3"],
  ["Release v1.2.3:", "1.2.3"],
  ["demo 1.2.3", "1.2.3"],
  ["demo@1.2.3", "1.2.3"],
  ["recorder-v1.2.3 (2026-11-21)", "1.2.3"],
  ["0.2.0-rc1", "0.2.0rc1"],
  ["0.2.0-rc.1 - 2026-11-21", "0.2.0rc1"],
  ["1.2.3 (unreleased)", "1.2.3 pending"],
  ["1.2.3 - Unreleased", "1.2.3 pending"],
  ["1.2.3 - 2026-XX-XX", "1.2.3 pending"],
  ["1.2.3 The big one", "1.2.3 loose"],
  ["1.2 and older", "1.2 loose"],
  ["other 1.2.3", "other"],
  ["2026-11-21", "other"],
  ["Added", "other"],
  ["3rd party", "other"],
  ["", "other"],
  ["[Unreleased]", "unreleased"],
  ["Unreleased", "unreleased"],
  ["Unreleased changes", "unreleased"],
  ["[Unreleased](https://f.example/compare/v1...HEAD)", "unreleased"],
  ["dev", "unreleased"],
  ["Unreleasedly", "other"],
];

for (const [text, expected] of cases) {
  test(`a heading "${text}" says ${expected}`, () => {
    assert.equal(said(text), expected);
  });
}

test("the scheme of the package decides what is a version", () => {
  const read = readHeading("1.2", { scheme: semver, names: [] });
  assert.equal(read.kind === "version" && read.version.normal, "1.2.0");
  assert.equal(readHeading("1", { scheme: semver, names: [] }).kind, "other");
  assert.equal(readHeading("1.2.0-rc.1+build", { scheme: semver, names: [] }).kind, "version");
});

test("a heading of any length and kind is read at once", () => {
  for (const text of ["[".repeat(100_000), "1".repeat(100_000), `1.0 ${"(".repeat(400)}`, `${"demo ".repeat(90)}1`])
    readHeading(text, python);
});
