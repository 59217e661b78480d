import assert from "node:assert/strict";
import { test } from "node:test";
import { aPackage, aPlan, aPlannedStep } from "../../../test/support/ports.ts";
import { missingSections, notesFor, requiredChangelogs } from "./told.ts";

const one = aPackage({ version: "0.2.0rc1", changelog: { file: "CHANGELOG.md", required: true } });
const plan = aPlan({
  packages: [one, aPackage({ id: "quiet", changelog: { file: "docs/log.md", required: false } }), aPackage({ id: "none" })],
});
const judge = (text: string | undefined): readonly string[] =>
  missingSections(plan, new Map(text === undefined ? [] : [["CHANGELOG.md", text]])).map((missing) => missing.message);

test("a required section that is there, in any spelling, is no finding", () => {
  assert.deepEqual(requiredChangelogs(plan), ["CHANGELOG.md"]);
  assert.deepEqual(judge("## v0.2.0-rc1\n- a\n"), []);
});

test("a required section that is missing or empty, or a file that is not there, is said with its place", () => {
  assert.deepEqual(judge("## 0.1.0\n- a\n"), ['Cannot release demo 0.2.0rc1: "CHANGELOG.md" has no section for it']);
  assert.deepEqual(judge("# C\n\n## 0.2.0rc1\n\n## 0.1.0\n"), [
    'Cannot release demo 0.2.0rc1: its section in "CHANGELOG.md" (line 3) is empty',
  ]);
  assert.deepEqual(judge(undefined), ['Cannot release demo 0.2.0rc1: its changelog "CHANGELOG.md" is not there']);
});

test("a plan with a step that writes sections leaves the judgement to that step", () => {
  const written = { ...plan, steps: [aPlannedStep({ uses: "changelog@1" })] };

  assert.deepEqual(requiredChangelogs(written), []);
  assert.deepEqual(missingSections(written, new Map()), []);
});

test("notes are those of the version, or none", () => {
  assert.equal(notesFor(one, "## 0.2.0-rc1\n\n- see [x]\n\n[x]: y\n", "CHANGELOG.md"), "- see [x]\n\n[x]: y");
  assert.equal(notesFor(one, "## 0.1\n- a\n", "CHANGELOG.md"), undefined);
});

test("a version on the way to another may be told under that one's heading, and a candidate may not", () => {
  const dev = aPackage({ version: "1.4.0.dev3", changelog: { file: "CHANGELOG.md", required: true } });
  const missing = (text: string) => missingSections(aPlan({ packages: [dev] }), new Map([["CHANGELOG.md", text]]));

  assert.deepEqual(missing("## 1.4.0\n- a\n"), []);
  assert.deepEqual(missing("## 1.4.0.dev3\n- a\n"), []);
  assert.match(missing("## 1.3.0\n- a\n")[0]?.message ?? "", /has no section for it, nor for 1\.4\.0$/);
  assert.match(missing("## 1.3.0\n- a\n")[0]?.hint ?? "", /## 1\.4\.0`/);
  assert.equal(judge("## 0.2.0\n- a\n").length, 1);
});
