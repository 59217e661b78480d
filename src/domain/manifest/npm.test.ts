import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { withVersion } from "../../../test/support/edit-manifest.ts";
import { readPackageJson, readPackageJsonVersion, readPackageLock } from "./npm.ts";
import { adaptRequirement, type Adapted } from "./requirement.ts";

test("package.json: the top version alone, with tabs, CRLF, BOM and no final newline", () => {
  const text = '\ufeff{\r\n\t"engines": {"version": "1.0.0"},\r\n\t"version"  :  "1.0.0" ,\r\n\t"x": ["1.0.0"]\r\n}';
  assert.equal(withVersion(text, readPackageJsonVersion(text), "1.1.0-rc.1"), text.replace('"  :  "1.0.0', '"  :  "1.1.0-rc.1'));
});

test("package.json: what is no JSON, or no plain string, is refused with its place", () => {
  assert.deepEqual(readPackageJsonVersion('{\n  "version": 1\n}'), {
    kind: "refused",
    reason: '"version" is no string',
    line: 2,
    column: 14,
  });
  assert.equal(readPackageJsonVersion('{"version": "1.0\\u002e0"}').kind, "refused");
  for (const text of ['{\n// c\n"version": "1.0.0"}', '{"version": "1.0.0",}', "[]", "", '{"version": "1.0.0"} x']) {
    assert.equal(readPackageJsonVersion(text).kind, "refused", text);
  }
  assert.deepEqual(readPackageJsonVersion("{}"), { kind: "read", statements: [] });
});

test("package.json: workspaces in both forms, and what is asked for of neighbours", () => {
  const read = readPackageJson(
    '{"name":"a","private":true,"workspaces":{"packages":["p/*"]},"dependencies":{"b":"^1.0.0"},"devDependencies":{"c":"~2"}}',
  );
  assert.ok(read.kind === "npm");
  const { manifest } = read;
  assert.deepEqual([manifest.name, manifest.private, manifest.workspaces], ["a", true, ["p/*"]]);
  assert.deepEqual(
    manifest.requirements.map((one) => [one.name, one.statement.name, one.statement.version]),
    [
      ["b", "dependencies.b", "^1.0.0"],
      ["c", "devDependencies.c", "~2"],
    ],
  );
});

test("package-lock.json: root and workspaces, never what lies under node_modules", () => {
  const text = JSON.stringify({
    name: "root",
    version: "1.0.0",
    packages: {
      "": { name: "root", version: "1.0.0", dependencies: { b: "^1.0.0" } },
      "packages/b": { name: "b", version: "1.0.0" },
      "node_modules/b": { resolved: "packages/b", link: true },
      "node_modules/x": { version: "1.0.0", dependencies: { b: "^1.0.0" } },
      "packages/b/node_modules/y": { version: "1.0.0" },
    },
    dependencies: { b: { version: "file:packages/b", requires: { root: "1.0.0" } }, x: { version: "1.0.0", requires: { b: "1" } } },
  });
  const read = readPackageLock(text);
  assert.ok(read.kind === "lock");
  assert.deepEqual(
    read.lock.versions.map((one) => one.folder),
    ["", "", "packages/b"],
  );
  assert.deepEqual(
    read.lock.requirements.map((one) => one.statement.name),
    ['packages[""].dependencies.b', "dependencies.b.requires.root"],
  );
});

describe("requirements", () => {
  const adapt = (dialect: "cargo" | "npm", requirement: string, from = "1.2.3", to = "2.0.0"): string => {
    const adapted: Adapted = adaptRequirement({ requirement, from, to, dialect });
    if (adapted.kind !== "write") return adapted.kind;
    return `${requirement.slice(0, adapted.start)}${adapted.text}${requirement.slice(adapted.end)}`;
  };

  test("exact, caret and tilde follow, as precise as they were", () => {
    assert.deepEqual(
      ["1.2.3", "=1.2.3", "^1.2.3", "~1.2", " = 1.2.3 ", "1", "^1.0.0"].map((one) => adapt("cargo", one)),
      ["2.0.0", "=2.0.0", "^2.0.0", "~2.0", " = 2.0.0 ", "2", "^2.0.0"],
    );
    assert.deepEqual(
      ["1.2.3", "^1.2.3", "~1.2.3", "workspace:^1.2.3", "v1.2.3"].map((one) => adapt("npm", one)),
      ["2.0.0", "^2.0.0", "~2.0.0", "workspace:^2.0.0", "v2.0.0"],
    );
  });

  test("a short requirement that stays true stays, and one for a candidate is written whole", () => {
    assert.equal(adapt("cargo", "1.2", "1.2.3", "1.2.4"), "keep");
    assert.equal(adapt("cargo", "1", "1.2.3", "2.0.0-rc.1"), "2.0.0-rc.1");
    assert.equal(adapt("cargo", "=2.0.0-rc.1", "2.0.0-rc.1", "2.0.0"), "=2.0.0");
  });

  test("ranges that take the new version stay; those that do not are refused", () => {
    assert.equal(adapt("cargo", ">=1, <3"), "keep");
    assert.equal(adapt("cargo", "*"), "keep");
    assert.equal(adapt("cargo", ">=1, <2"), "refused");
    assert.equal(adapt("npm", ">=1 <2"), "refused");
    for (const one of ["*", "", "workspace:*", "workspace:^", "file:../b", "git+ssh://x/y", "latest", "^0.9.0"])
      assert.equal(adapt("npm", one), "keep", one);
  });

  test("cargo: a requirement that did not take the present version is refused, unless it takes the new one", () => {
    assert.equal(adapt("cargo", "0.9.0"), "refused");
    assert.equal(adapt("cargo", "2.0.0"), "keep");
  });
});
