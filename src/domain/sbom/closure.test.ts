import assert from "node:assert/strict";
import { test } from "node:test";
import { neededBy, type Needed } from "./closure.ts";
import type { LockedPackage } from "./lock.ts";
import { readRequirement, type Requirement } from "./requirement.ts";

const asked = (...texts: readonly string[]): readonly Requirement[] => texts.flatMap((text) => readRequirement(text) ?? []);
const one = (name: string, version: string, ...dependencies: LockedPackage["dependencies"]): LockedPackage => ({
  name,
  version,
  dependencies,
});
const shown = (needed: readonly Needed[]): readonly string[] =>
  needed.map((each) => `${each.name} ${each.version ?? "?"}${each.optional ? " optional" : ""} -> ${each.dependencies.join(",")}`);

test("readRequirement: name, extras, and whether it belongs to an extra", () => {
  assert.deepEqual(asked('Foo_Bar[Socks, a.b]>=1; python_version<"4"'), [
    { name: "foo-bar", extras: ["socks", "a-b"], optional: false, text: 'Foo_Bar[Socks, a.b]>=1; python_version<"4"' },
  ]);
  assert.equal(asked('x (>=1); extra == "dev"')[0]?.optional, true);
  assert.deepEqual(asked("", "-x", "!", "é"), []);
});

test("without a lock file, what is declared is listed without a version", () => {
  assert.deepEqual(shown(neededBy("demo", asked("b>1", 'a; extra == "x"', 'b; extra == "x"'), [])), ["a ? optional -> ", "b ? -> "]);
});

test("with one, everything that is pulled in is listed, over cycles, by extras that are asked for and no others", () => {
  const locked = [
    one("a", "1", { name: "b", extras: ["fast"] }),
    one("b", "2", { name: "a", extras: [] }, { name: "c", extras: [], extra: "fast" }, { name: "d", extras: [], extra: "slow" }),
    one("c", "3", { name: "demo", extras: [] }),
    one("d", "4"),
    one("stranger", "9"),
  ];

  assert.deepEqual(shown(neededBy("demo", asked("a"), locked)), ["a 1 -> b", "b 2 -> a,c", "c 3 -> demo"]);
});

test("an extra that is asked for later adds what it pulls in", () => {
  const locked = [one("a", "1", { name: "late", extras: [], extra: "x" }), one("z", "1", { name: "a", extras: ["x"] }), one("late", "1")];

  assert.deepEqual(shown(neededBy("demo", asked("a", "z"), locked)), ["a 1 -> late", "late 1 -> ", "z 1 -> a"]);
});

test("two versions of one package, as a lock for several platforms has, are both listed", () => {
  assert.deepEqual(shown(neededBy("demo", asked("a"), [one("a", "2"), one("a", "1")])), ["a 1 -> ", "a 2 -> "]);
});
