import assert from "node:assert/strict";
import { test } from "node:test";
import { targetsOf } from "./targets.ts";

const shapes: readonly (readonly [string, string, readonly string[], ReturnType<typeof targetsOf>])[] = [
  ["a library that is found", "", ["src/lib.rs"], { library: "slip_base", programs: false }],
  ["a library with another name", '[lib]\nname = "base"\npath = "x.rs"', ["x.rs"], { library: "base", programs: false }],
  ["a program that is written down", '[[bin]]\nname = "base"\npath = "x.rs"', ["x.rs"], { programs: true }],
  ["a program beside a library", "", ["src/lib.rs", "src/bin/one/main.rs"], { library: "slip_base", programs: true }],
  ["what is not to be found", "[package]\nautobins = false\nautolib = false", ["src/lib.rs", "src/main.rs"], { programs: false }],
  ["no TOML", "= [", [], undefined],
];
for (const [what, manifest, inside, targets] of shapes) {
  test(`targetsOf() knows ${what}`, () => {
    assert.deepEqual(targetsOf(manifest, { name: "slip-base", inside }), targets);
  });
}
