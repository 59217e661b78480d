import assert from "node:assert/strict";
import { test } from "node:test";
import { SlipwayError } from "../../domain/error.ts";
import { discoverPackages, type Discovery } from "./discover.ts";
import type { Commit } from "./found.ts";

const project = (name: string, more = ""): string => `[project]\nname = "${name}"\nversion = "1.0"\n${more}`;

function commitOf(files: Readonly<Record<string, string>>): Commit {
  return { paths: Object.keys(files), read: async (file) => files[file.replace(/^\.\//, "")] };
}

async function found(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const discovery = await discoverPackages(commitOf(files));
  return discovery.packages.map((one) => `${one.folder} ${one.name}`);
}

async function refused(files: Readonly<Record<string, string>>): Promise<SlipwayError> {
  const error: unknown = await discoverPackages(commitOf(files)).then(
    (discovery: Discovery) => discovery,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof SlipwayError, JSON.stringify(error));
  return error;
}

const cases: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
  ["the package at the root", { "pyproject.toml": project("demo") }, [". demo"]],
  ["a package of old", { "setup.py": "setup(name='demo')" }, [". demo"]],
  [
    "nothing below a package that is no workspace",
    { "pyproject.toml": project("demo"), "plugins/a/pyproject.toml": project("a"), "src/demo/skeleton/setup.py": "setup(name='x')" },
    [". demo"],
  ],
  [
    "the members of a workspace, and the package at its root",
    {
      "pyproject.toml": project("demo", '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n'),
      "packages/a/pyproject.toml": project("a"),
      "packages/old/pyproject.toml": project("old"),
      "elsewhere/b/pyproject.toml": project("b"),
    },
    [". demo", "packages/a a"],
  ],
  [
    "the packages of a repository that has none at its root",
    {
      "pyproject.toml": "[tool.ruff]\n",
      "libs/b/pyproject.toml": project("b"),
      "a/pyproject.toml": project("a"),
      "a/inner/pyproject.toml": project("inner"),
    },
    ["a a", "libs/b b"],
  ],
  [
    "none in tests, documents, examples and other people's code",
    {
      "a/pyproject.toml": project("a"),
      "tests/p/pyproject.toml": project("t"),
      "docs/pyproject.toml": project("d"),
      "examples/one/setup.py": "setup(name='e')",
      "a/vendor/x/pyproject.toml": project("x"),
      "third_party/y/pyproject.toml": project("y"),
      "skeletons/{{name}}/pyproject.toml": project("z"),
      ".hidden/pyproject.toml": project("h"),
    },
    ["a a"],
  ],
  [
    "none that says that it is private",
    {
      "pyproject.toml": '[tool.uv]\npackage = false\n[tool.uv.workspace]\nmembers = ["*"]\n',
      "a/pyproject.toml": project("a"),
      "b/pyproject.toml": project("b", 'classifiers = ["Private :: Do Not Upload"]'),
    },
    ["a a"],
  ],
];
for (const [what, files, expected] of cases) {
  test(`init finds ${what}`, async () => {
    assert.deepEqual(await found(files), expected);
  });
}

test("init tells what it leaves out, and why", async () => {
  const { leftOut } = await discoverPackages(commitOf({ "pyproject.toml": project("demo"), "tools/x/pyproject.toml": project("x") }));

  assert.deepEqual(leftOut, [{ folder: "tools/x", why: "it lies inside another package and no workspace names it" }]);
});

test("init knows the import name from the files below the package's folder, or from an sdist's list", async () => {
  const files = {
    "libs/a/pyproject.toml": project("a-b"),
    "libs/a/src/a_b/__init__.py": "",
    "libs/c/pyproject.toml": project("c"),
    "libs/c/c.egg-info/top_level.txt": "other\n",
  };

  const { packages } = await discoverPackages(commitOf(files));

  assert.deepEqual(
    packages.map((one) => one.ecosystem === "pypi" && one.importName),
    ["a_b", "other"],
  );
});

test("a repository of something else is refused in the words of what it is", async () => {
  const go = await refused({ "go.mod": "module x", "main.go": "" });
  const nothing = await refused({ "README.md": "" });
  const nameless = await refused({ "setup.py": "setup(name=compute())" });

  assert.equal(go.code, "NO_PACKAGE");
  assert.match(go.message, /it has a Go module \(go\.mod\)/);
  assert.match(go.hint ?? "", /finds Python packages, crates and npm packages/);
  assert.match(nothing.message, /no pyproject\.toml, setup\.py, setup\.cfg, Cargo\.toml or package\.json/);
  assert.match(nameless.message, /its manifest computes its name/);
});

test("a manifest that is no TOML is refused, with its place", async () => {
  const error = await refused({ "pyproject.toml": "[project\n" });

  assert.equal(error.code, "PLAN_INVALID");
  assert.match(error.message, /^Cannot read "pyproject\.toml": /);
});
