import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationOf } from "../../test/support/app.ts";
import { SlipwayError } from "../domain/error.ts";
import { findPackages, type FoundPackage } from "./packages.ts";

const text = (entry: string): string =>
  `slipway: 1\nproject: demo\npackages: { demo: ${entry} }\non: { dispatch: {} }\nenvironments: { pypi: { registry: pypi, credentials: { token: T } } }\nsteps: { build: { uses: build-wheel } }\n`;
const scm = '[build-system]\nrequires = ["setuptools-scm"]\n[project]\nname = "demo"\ndynamic = ["version"]\n';

async function found(
  files: Readonly<Record<string, string>>,
  entry = '{ path: ., tag: "v{version}" }',
  tags: readonly string[] = [],
): Promise<FoundPackage> {
  const [only] = await findPackages(
    configurationOf(text(entry)),
    async (file) => files[file],
    async () => tags,
  );
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
  [
    "another ecosystem",
    { "Cargo.toml": "[package]" },
    "NOT_YET",
    /releases Python packages, not "crates"/,
    "{ path: ., ecosystem: crates }",
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
