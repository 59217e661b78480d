import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { groupRules, toldCommit } from "./groups.ts";

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

test("whatever the type and scope, the first rule that fits the whole subject decides", () => {
  const words = [
    "feat",
    "Feat",
    "feature",
    "fix",
    "sec",
    "security",
    "second",
    "deprecate",
    "de",
    "remove",
    "perf",
    "chore",
    "tests",
    "doc",
    "x-y",
  ];
  const type = fc.oneof(fc.constantFrom(...words), fc.stringMatching(/^[A-Za-z][A-Za-z_-]{0,8}$/));
  const scope = fc.constantFrom("", "(api)", "(a: b)", "( )", "()");
  fc.assert(
    fc.property(type, scope, fc.constantFrom("", "!"), (word, where, mark) => {
      const subject = `${word}${where}${mark}: change it`;

      assert.equal(toldCommit(subject, false).group, groupRules.find(({ pattern }) => new RegExp(pattern).test(subject))?.group, subject);
    }),
  );
});
