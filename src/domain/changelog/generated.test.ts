import assert from "node:assert/strict";
import { test } from "node:test";
import { pep440 } from "../version/pep440.ts";
import { readVersion } from "../version/scheme.ts";
import { readGenerated, type GeneratedSection } from "./generated.ts";

const read = (text: string): GeneratedSection => readGenerated(text, readVersion(pep440, "1.0.0"), { scheme: pep440, names: [], level: 2 });

test("the heading that the template writes is taken off, whatever its level", () => {
  assert.deepEqual(read("\n\n## [1.0.0] - 2026-01-01\n\n- a\n\n"), { heading: "[1.0.0] - 2026-01-01", body: "- a" });
  assert.deepEqual(read("# v1.0\n- a"), { heading: "v1.0", body: "- a" });
  assert.deepEqual(read("## Unreleased\n- a"), { heading: "Unreleased", body: "- a" });
  assert.deepEqual(read("### Added\n- a"), { body: "### Added\n- a" });
  assert.deepEqual(read(""), { body: "" });
});

test("headings that would begin another section become text", () => {
  assert.equal(
    read("- a\n## [9.9.9]\n### 8.8.8\n### Fine\nTitle\n===\n  # indented").body,
    "- a\n\\## [9.9.9]\n\\### 8.8.8\n### Fine\nTitle\n\\===\n  \\# indented",
  );
});

test("what is open is closed, and control characters are gone", () => {
  assert.equal(read("- a\u001b[2J\n```\n## [9.9.9]").body, "- a\n```\n## [9.9.9]\n```");
  assert.equal(read("- <!-- a").body, "- &lt;!-- a");
});
