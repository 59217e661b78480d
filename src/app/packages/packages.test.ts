import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationOf } from "../../../test/support/app.ts";
import { SlipwayError } from "../../domain/error.ts";
import { foldersAmong, type CommitSource } from "./commit-source.ts";
import type { FoundPackage } from "./found.ts";
import { findPackages } from "./packages.ts";

const text = (entry: string): string =>
  `slipway: 1\nproject: demo\npackages: { demo: ${entry} }\non: { dispatch: {} }\nenvironments: { pypi: { registry: pypi, credentials: { token: T } } }\nsteps: { build: { uses: build-wheel } }\n`;
const scm = '[build-system]\nrequires = ["setuptools-scm"]\n[project]\nname = "demo"\ndynamic = ["version"]\n';

function sourceOf(files: Readonly<Record<string, string>>, tags: readonly string[] = []): CommitSource {
  return {
    read: async (file) => files[file],
    folders: async (folder, pattern) => foldersAmong(Object.keys(files), folder, pattern),
    tags: async () => tags,
    owner: async () => "Ada",
  };
}

async function found(
  files: Readonly<Record<string, string>>,
  entry = '{ path: ., tag: "v{version}" }',
  tags: readonly string[] = [],
): Promise<FoundPackage> {
  const [only] = await findPackages(configurationOf(text(entry)), sourceOf(files, tags));
  assert.ok(only !== undefined);
  return only;
}

const versions: readonly (readonly [string, Readonly<Record<string, string>>, string | undefined, string, string?])[] = [
  ["pyproject.toml", { "pyproject.toml": '[project]\nname = "demo"\nversion = "1.0"\n' }, "1.0", "pyproject.toml"],
  [
    "a module",
    {
      "pyproject.toml": '[project]\nname = "demo"\ndynamic = ["version"]\n[tool.hatch.version]\npath = "demo.py"\n',
      "demo.py": '__version__ = "1.1"\n',
    },
    "1.1",
    "demo.py",
  ],
  [
    "the workspace that a crate belongs to",
    {
      "py/pyproject.toml": '[build-system]\nbuild-backend = "maturin"\n[project]\nname = "demo"\ndynamic = ["version"]\n',
      "py/Cargo.toml": "[package]\nversion.workspace = true\n",
      "Cargo.toml": '[workspace.package]\nversion = "2.0.0"\n',
    },
    "2.0.0",
    "Cargo.toml",
    "{ path: py }",
  ],
  [
    "a plain file that the configuration names",
    { "pyproject.toml": '[project]\nname = "demo"\nversion = "1.0"\n', VERSION: "3.0\n" },
    "3.0",
    "VERSION",
    "{ path: ., version-file: VERSION }",
  ],
  ["nobody but the tag", { "pyproject.toml": scm }, undefined, "setuptools-scm derives it from the tag"],
  [
    "nobody, since the module computes it",
    { "pyproject.toml": '[tool.hatch.version]\npath = "demo.py"\n[project]\nname = "demo"\n', "demo.py": "__version__ = get()\n" },
    undefined,
    "none of demo.py says it plainly",
  ],
];
for (const [what, files, version, where, entry] of versions) {
  test(`the version of a package is told by ${what}`, async () => {
    const one = await found(files, entry);

    assert.equal(one.manifestVersion?.version, version);
    assert.equal(one.manifestVersion?.file ?? one.why, where);
  });
}

test("what an unpacked sdist was published as may be assumed, where nothing else says the version", async () => {
  const pkgInfo = "Metadata-Version: 2.1\nName: demo\nVersion: 4.5\n";

  assert.deepEqual((await found({ "pyproject.toml": scm, "PKG-INFO": pkgInfo }, undefined, ["v9.0"])).assumed, {
    version: "4.5",
    from: "PKG-INFO says",
  });
  assert.equal((await found({ "pyproject.toml": '[project]\nname = "demo"\nversion = "1.0"\n', "PKG-INFO": pkgInfo })).assumed, undefined);
});

test("what follows the newest release tag may be assumed", async () => {
  const one = await found({ "pyproject.toml": scm }, undefined, ["v1.9.0", "v1.10.0", "w3.0"]);

  assert.deepEqual(one.assumed, { version: "1.10.1", from: "what follows 1.10.0, the newest release tag" });
  assert.equal((await found({ "pyproject.toml": scm })).assumed, undefined);
});

const refusals: readonly (readonly [string, Readonly<Record<string, string>>, string, RegExp, string?])[] = [
  ["a folder without a manifest", {}, "PLAN_INVALID", /folder "\." has no pyproject\.toml, setup\.cfg or setup\.py/],
  ["a manifest that is no TOML", { "pyproject.toml": "[" }, "PLAN_INVALID", /is no TOML/],
  ["a manifest without a name", { "setup.py": "setup(name=NAME)" }, "PLAN_INVALID", /does not name itself/],
  ["a workspace that is said to be a package", { "Cargo.toml": "[workspace]\n" }, "PLAN_INVALID", /is a workspace and no package/],
  [
    "a crate that is not published",
    { "Cargo.toml": '[package]\nname = "a"\nversion = "1.0.0"\npublish = false\n' },
    "PLAN_INVALID",
    /`publish = false`/,
  ],
  ["an npm package that is private", { "package.json": '{"name": "a", "private": true}' }, "PLAN_INVALID", /"private": true/],
  ["an image without a name", {}, "PLAN_INVALID", /has no name/, "{ path: ., ecosystem: oci }"],
  [
    "members with versions of their own",
    {
      "package.json": '{"workspaces": ["*"]}',
      "a/package.json": '{"name": "a", "version": "1.0.0"}',
      "b/package.json": '{"name": "b", "version": "2.0.0"}',
    },
    "PLAN_INVALID",
    /"a" is at 1\.0\.0 and "b" at 2\.0\.0/,
    "{ path: ., members: publishable }",
  ],
  [
    "crates that need each other",
    {
      "Cargo.toml": '[workspace]\nmembers = ["*"]\n',
      "a/Cargo.toml": '[package]\nname = "a"\nversion = "1.0.0"\n[dependencies]\nb = { path = "../b", version = "1" }\n',
      "b/Cargo.toml": '[package]\nname = "b"\nversion = "1.0.0"\n[build-dependencies]\na = { path = "../a", version = "1" }\n',
    },
    "PLAN_INVALID",
    /"a" needs "b" needs "a"/,
    "{ path: ., members: publishable }",
  ],
];
for (const [what, files, code, message, entry] of refusals) {
  test(`refused: ${what}`, async () => {
    await assert.rejects(
      found(files, entry),
      (error) => error instanceof SlipwayError && error.code === code && message.test(error.message),
    );
  });
}

test("a crate that needs another for its tests goes after it, unless the other needs it itself", async () => {
  const crate = (name: string, rest: string): string => `[package]\nname = "${name}"\nversion = "1.0.0"\n${rest}`;
  const one = await found(
    {
      "Cargo.toml": '[workspace]\nmembers = ["*"]\n',
      "api/Cargo.toml": crate("api", '[dependencies]\nmacros = { path = "../macros", version = "1" }\n'),
      "macros/Cargo.toml": crate("macros", '[dev-dependencies]\napi = { path = "../api", version = "1" }\n'),
      "alone/Cargo.toml": crate("alone", '[dev-dependencies]\nmacros = { path = "../macros", version = "1" }\n'),
    },
    "{ path: ., members: publishable }",
  );

  assert.deepEqual(
    one.members?.map(({ name, needs = [] }) => [name, needs]),
    [
      ["macros", []],
      ["alone", ["macros"]],
      ["api", ["macros"]],
    ],
  );
});

test("a workspace of crates is its published members, each after what it needs", async () => {
  const crate = (name: string, rest: string): string => `[package]\nname = "${name}"\nversion.workspace = true\n${rest}`;
  const one = await found(
    {
      "Cargo.toml":
        '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "1.2.0"\n[workspace.dependencies]\ncore = { path = "crates/core", version = "1.2" }\n',
      "crates/app/Cargo.toml": crate("app", '[dependencies]\ncore.workspace = true\nserde = "1"\n'),
      "crates/core/Cargo.toml": crate("core", '[dev-dependencies]\napp = { path = "../app" }\n'),
      "crates/tests/Cargo.toml": crate("tests", "publish = false\n"),
      "crates/app/src/main.rs": "fn main() {}\n",
      "crates/core/src/lib.rs": "",
    },
    "{ path: ., members: publishable }",
  );

  assert.deepEqual([one.ecosystem, one.name, one.manifestVersion], ["crates", "demo", { version: "1.2.0", file: "Cargo.toml" }]);
  assert.deepEqual(one.members, [
    { name: "core", folder: "crates/core" },
    { name: "app", folder: "crates/app", program: "alone", needs: ["core"] },
  ]);
});

test("a workspace of npm is its public packages, whatever only their own workers ask for", async () => {
  const one = await found(
    {
      "package.json": '{"private": true, "workspaces": ["packages/*", "!packages/old"]}',
      "packages/app/package.json": '{"name": "@s/app", "version": "2.0.0", "dependencies": {"@s/core": "^2"}}',
      "packages/core/package.json": '{"name": "@s/core", "version": "2.0.0", "devDependencies": {"@s/app": "*"}}',
      "packages/old/package.json": '{"name": "@s/old", "version": "1.0.0"}',
      "packages/site/package.json": '{"name": "site", "version": "0.0.0", "private": true}',
    },
    "{ path: ., members: publishable }",
  );

  assert.deepEqual(one.members?.map(({ name, needs }) => [name, needs]), [
    ["@s/core", undefined],
    ["@s/app", ["@s/core"]],
  ]); // prettier-ignore
});

test("an image and a binary are named by the file, and have the version that is there", async () => {
  const lines = `slipway: 1\nproject: demo\nversions: one\npackages:
  py: { path: py }
  image: { path: ., ecosystem: oci, name: "{owner}/proxy" }
  tool: { path: tool, ecosystem: binary, name: proxy }
on: { dispatch: {} }\nenvironments: { pypi: { registry: pypi, credentials: { token: T } } }\nsteps: { build: { uses: build-wheel } }\n`;
  const files = {
    "py/pyproject.toml": '[project]\nname = "demo"\nversion = "1.0.0rc1"\n',
    "tool/Cargo.toml": '[package]\nname = "tool"\nversion = "1.0.0-rc.1"\n',
  };
  const all = await findPackages(configurationOf(lines), sourceOf(files));

  assert.deepEqual(all.map(({ name, manifestVersion }) => [name, manifestVersion?.version, manifestVersion?.file]), [
    ["demo", "1.0.0rc1", "py/pyproject.toml"],
    ["ada/proxy", "1.0.0-rc.1", "py/pyproject.toml"],
    ["proxy", "1.0.0-rc.1", "tool/Cargo.toml"],
  ]); // prettier-ignore
});
