import assert from "node:assert/strict";
import { test } from "node:test";
import { inlineMarkdown, listedMax, tellCommits, type ToldCommit } from "./commits.ts";

const one = (title: string, parts: Partial<ToldCommit> = {}): ToldCommit => ({
  title,
  group: "Changed",
  breaking: false,
  merge: false,
  ...parts,
});

test("commits stand under the groups of Keep a Changelog, in its order", () => {
  const told = tellCommits([one("b", { group: "Fixed" }), one("a", { group: "Added", scope: "api" }), one("odd", { group: "Odd" })]);

  assert.equal(told, "### Added\n\n- **api:** a\n\n### Changed\n\n- odd\n\n### Fixed\n\n- b");
});

test("what users do not notice is left out, unless it breaks them or nothing else is left", () => {
  const chore = one("dust", { group: "hidden" });

  assert.equal(tellCommits([chore, one("real")]), "### Changed\n\n- real");
  assert.equal(tellCommits([{ ...chore, breaking: true }]), "### Changed\n\n- **Breaking:** dust");
  assert.equal(tellCommits([chore]), "### Changed\n\n- dust");
  assert.equal(tellCommits([one("Merge x", { merge: true })]), "### Changed\n\n- Merge x");
  assert.equal(tellCommits([]), "- No changes.");
});

test("equal lines are told once, empty titles get a name, and more than can be read are counted", () => {
  assert.equal(tellCommits([one("same"), one("same"), one(" \u0000 ")]), "### Changed\n\n- same\n- (no title)");
  const many = Array.from({ length: listedMax + 5 }, (_, index) => one(`commit ${index}`));
  assert.match(tellCommits(many), /\n\n- … and 5 more$/);
});

const shown: readonly (readonly [string, string])[] = [
  ["plain `code` text", "plain `code` text"],
  ["`` a ` b `` `", "`` a ` b `` \\`"],
  ["```", "\\`\\`\\`"],
  ["~~~", "\\~~~"],
  ["# heading", "\\# heading"],
  ["> quote", "\\> quote"],
  ["- item", "\\- item"],
  ["--- rule", "\\--- rule"],
  ["1. one", "1\\. one"],
  ["<!-- comment", "&lt;!-- comment"],
  ["<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)>"],
  ["![x](y) [a](javascript:b)", "!\\[x\\](y) \\[a\\](javascript:b)"],
  ["R&D and &lt;", "R&D and &amp;lt;"],
  ["`<b>` <b>", "`<b>` &lt;b>"],
  ["$(touch x)", "$(touch x)"],
];

for (const [text, expected] of shown) {
  test(`a title stays one line of text: ${text}`, () => {
    assert.equal(inlineMarkdown(text), expected);
  });
}

test("a title of nothing but back quotes is read in linear time", () => {
  inlineMarkdown("` `` ".repeat(50_000));
});
