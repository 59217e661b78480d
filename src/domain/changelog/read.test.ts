import assert from "node:assert/strict";
import { test } from "node:test";
import { pep440 } from "../version/pep440.ts";
import { readVersion } from "../version/scheme.ts";
import { bodyOf, hasContent, readChangelog, sectionOf } from "./read.ts";

const python = { scheme: pep440, names: ["demo"] };

function body(text: string, version: string): string | undefined {
  const changelog = readChangelog(text, python);
  const section = sectionOf(changelog, readVersion(pep440, version), python);
  return section === undefined ? undefined : bodyOf(changelog, section);
}

const versions = (text: string): readonly string[] => readChangelog(text, python).versions.map((one) => one.said.version.normal);

test("a version is found by its meaning, not by its spelling", () => {
  assert.equal(body("## v0.2.0-rc1\n\n- tried\n\n## 0.1\n", "0.2.0rc1"), "- tried");
  assert.equal(body("## 1.0\n- a\n", "1.0.0"), "- a");
  assert.equal(body("## 1.0\n- a\n", "1.0.1"), undefined);
});

test("headings in code and comments are no headings", () => {
  const text =
    "## 2.0\n\n```md\n## 9.0\n```\n\n~~~~\n```\n## 8.0\n~~~\n~~~~\n\n<!--\n## 7.0\n-->\n\n    ## 6.0\n\n- item\n\n  ```\n  ## 5.0\n  ```\n\n## 1.0\n";

  assert.deepEqual(versions(text), ["2.0", "1.0"]);
  assert.match(body(text, "2.0") ?? "", /## 5\.0\n {2}```$/);
});

test("code that is never closed hides the rest, a comment that is never closed hides nothing", () => {
  assert.deepEqual(versions("## 2.0\n```\n## 1.0\n"), ["2.0"]);
  assert.deepEqual(versions("## 2.0\n<!-- oops\n## 1.0\n"), ["2.0", "1.0"]);
  assert.deepEqual(versions("## 2.0\n- x\n  ```\n  code\n## 1.0\n"), ["2.0", "1.0"]);
});

test("underlined headings are read, and rules and tables are not taken for them", () => {
  const text = "History\n=======\n\n2.0 (2026-01-01)\n----------------\n\n- a\n\n---\n\n| x |\n|---|\n\n1.0\n---\n- b\n";

  assert.deepEqual(versions(text), ["2.0", "1.0"]);
  assert.equal(body(text, "1.0"), "- b");
  assert.match(body(text, "2.0") ?? "", /\|---\|$/);
});

test("patches that are written one level lower end at the next version, not at their own headings", () => {
  const text =
    "# Changelog\n\n### [1.0.1](x) (2026-01-01)\n\n### Bug Fixes\n\n- a\n\n## [1.0.0](x) (2025-01-01)\n\n### 3.12 support\n\n- b\n";

  assert.equal(body(text, "1.0.1"), "### Bug Fixes\n\n- a");
  assert.equal(body(text, "1.0.0"), "### 3.12 support\n\n- b");
});

test("definitions and other chapters after the last version are no part of it", () => {
  assert.equal(body("## 1.0\n\n- a\n\n[x]: y\n\n[z]: y\n", "1.0"), "- a");
  assert.equal(body("## 1.0\n\n- a\n\n## Older releases\n\nsee elsewhere\n", "1.0"), "- a");
});

test("a byte order mark, CR LF and a missing last line end are no obstacle", () => {
  assert.equal(body("\uFEFF## 1.0\r\n\r\n- a\r\n- b", "1.0"), "- a\r\n- b");
});

test("a section of comments and empty headings has no content", () => {
  for (const empty of ["", "\n \n", "<!-- write here\n\nplease -->", "### Added\n\n### Fixed\n", "- \n* ", "Added\n---\n"])
    assert.equal(hasContent(empty), false, JSON.stringify(empty));
  for (const full of ["- a", "### Added\n\n- a", "<!-- x --> text", "1"]) assert.equal(hasContent(full), true, full);
});

test("hostile texts are read in linear time", () => {
  const many = 20_000;
  for (const piece of ["<!--\n", "```\n", "## 1.0\n", "[a]: b\n", "  ```\n", "x\n---\n", "[".repeat(10), "\u2028\r\n"]) {
    const changelog = readChangelog(piece.repeat(many), python);
    assert.ok(changelog.markdown.lines.length > 0);
  }
});
