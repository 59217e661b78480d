import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { tellCommits, type ToldCommit } from "./commits.ts";
import { createSectionTeller } from "./tell-section.ts";

const commit = fc.record({
  title: fc.constantFrom("a", "b", "c `d`", "<e>", "", "naïve\u200b \u202etitle"),
  group: fc.constantFrom("Added", "Fixed", "Changed", "hidden", "Odd"),
  breaking: fc.boolean(),
  merge: fc.boolean(),
});

function tellBackwards(commits: readonly ToldCommit[], linesMax?: number): string {
  const teller = createSectionTeller(linesMax);
  for (const one of commits.toReversed()) teller.add(one);
  assert.equal(teller.count, commits.length);
  return teller.text();
}

test("commits that come newest first give the text that they give oldest first", () => {
  fc.assert(fc.property(fc.array(commit, { maxLength: 30 }), (commits) => assert.equal(tellBackwards(commits), tellCommits(commits))));
});

test("of more lines than are kept the oldest are counted", () => {
  const commits = ["one", "two", "three"].map((title): ToldCommit => ({ title, group: "Added", breaking: false, merge: false }));

  assert.equal(tellBackwards(commits, 2), "### Added\n\n- two\n- three\n\n- … and 1 more");
});

test("marks that nobody sees are no part of a title, and joiners of emoji are", () => {
  const title = "a\u200bb\u00ad \u{e0041}c 👩\u200d💻 \u001b[31mred\u0007";

  assert.equal(tellBackwards([{ title, group: "Added", breaking: false, merge: false }]), "### Added\n\n- ab c 👩\u200d💻 red");
});
