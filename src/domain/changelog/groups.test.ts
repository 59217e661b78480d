import assert from "node:assert/strict";
import { test } from "node:test";
import { toldCommit } from "./groups.ts";

const cases: readonly (readonly [string, string, string])[] = [
  ["feat: parser", "Added", "parser"],
  ["fix(core): hole\n\nbody", "Fixed", "hole"],
  ["sec: hole", "Security", "hole"],
  ["security(api): hole", "Security", "hole"],
  ["second thoughts", "Changed", "second thoughts"],
  ["docs: words", "hidden", "words"],
  ["ci(deps)!: node", "hidden", "node"],
  ["words alone", "Changed", "words alone"],
  ["Release 1.2.3", "hidden", "Release 1.2.3"],
  ["chore: release 1.2.3", "hidden", "release 1.2.3"],
  ["revert: parser", "Removed", "parser"],
];
for (const [message, group, title] of cases) {
  test(`"${message.split("\n")[0]}" is told under ${group}`, () => {
    const told = toldCommit(message, false);

    assert.deepEqual([told.group, told.title], [group, title]);
  });
}

test("scope, breaking change and merge are told", () => {
  assert.deepEqual(toldCommit("feat(api)!: x", true), { title: "x", scope: "api", group: "Added", breaking: true, merge: true });
});
