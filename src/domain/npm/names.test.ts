import assert from "node:assert/strict";
import { test } from "node:test";
import { escapedNpmName, npmNameProblems, packedFileName, servedFileName, splitNpmName } from "./names.ts";

test("names that the registry takes have no problems", () => {
  for (const name of ["demo", "@slip/demo", "a", "x.y-z_1", "@slip-way/a.b", "0x"]) assert.deepEqual(npmNameProblems(name), [], name);
});

test("every broken rule of a name is told", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /empty part/],
    ["@slip/", /empty part/],
    ["@/demo", /empty part/],
    ["Demo", /capital letters/],
    [".demo", /begins with/],
    ["_demo", /begins with/],
    ["@slip/_demo", /begins with/],
    ["-demo", /begins with/],
    ["de mo", /escaped/],
    ["a/b", /escaped/],
    ["@a/b/c", /escaped/],
    ["dëmo", /escaped/],
    ["demo!", /one of the characters/],
    ["node_modules", /kept for something else/],
    ["a".repeat(215), /215 characters and the limit is 214/],
  ];
  for (const [name, why] of cases) assert.match(npmNameProblems(name).join("; "), why, name);
});

test("a name in an address keeps its @ and escapes the separator in lower case", () => {
  assert.equal(escapedNpmName("@slip/demo"), "@slip%2fdemo");
  assert.equal(escapedNpmName("demo"), "demo");
});

test("a packed file has the scope in its name, a served one has not", () => {
  assert.equal(packedFileName("@slip/demo", "1.0.0-rc.1"), "slip-demo-1.0.0-rc.1.tgz");
  assert.equal(servedFileName("@slip/demo", "1.0.0-rc.1"), "demo-1.0.0-rc.1.tgz");
  assert.equal(packedFileName("demo", "1.0.0"), "demo-1.0.0.tgz");
  assert.deepEqual(splitNpmName("demo"), { scope: undefined, rest: "demo" });
});
