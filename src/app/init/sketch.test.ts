import assert from "node:assert/strict";
import { test } from "node:test";
import { discoverPackages } from "./discover.ts";
import { findChecks, type CheckClues } from "./checks.ts";
import { sketchConfiguration, type Findings, type Sketched } from "./sketch.ts";

const project = (name: string, version = 'version = "1.0"\nreadme = "README.md"\n'): string => `[project]\nname = "${name}"\n${version}`;

async function sketched(files: Readonly<Record<string, string>>, parts: Partial<Findings> = {}): Promise<Sketched> {
  const paths = Object.keys(files);
  const discovery = await discoverPackages({ paths, read: async (file) => files[file.replace(/^\.\//, "")] });
  return sketchConfiguration({
    discovery,
    paths,
    tags: [],
    repository: "repo",
    texts: { makefile: undefined, justfile: undefined, setupCfg: undefined },
    ...parts,
  });
}

test("one package makes a sketch with its own name, a plain token and no matrix", async () => {
  const { sketch } = await sketched({
    "pyproject.toml": project("demo"),
    "src/demo/__init__.py": "",
    "HISTORY.rst": "",
    "CHANGELOG.md": "",
    "docs/CHANGES.md": "",
  });

  assert.equal(sketch.project, "demo");
  assert.deepEqual(sketch.packages, [{ name: "demo", path: ".", tag: "v{version}", changelog: "CHANGELOG.md", importName: "demo" }]);
  assert.deepEqual(sketch.version, { from: "manifest" });
  assert.deepEqual(sketch.environments, [{ name: "pypi", registry: "pypi", credentials: { token: "PYPI_TOKEN" }, test: false }]);
  assert.equal(sketch.builder, undefined);
  assert.equal(sketch.lenient, undefined);
});

test("the tag pattern is the repository's own", async () => {
  const pattern = async (tags: readonly string[]): Promise<string | undefined> =>
    (await sketched({ "pyproject.toml": project("demo") }, { tags })).sketch.packages[0]?.tag;

  assert.equal(await pattern(["1.0", "1.1"]), "{version}");
  assert.equal(await pattern(["demo-1.0", "v2.0"]), "demo-{version}");
  assert.equal(await pattern(["latest"]), "v{version}");
});

test("packages of one version share it and their tags; each of its own has tags of its own", async () => {
  const files = (other: string) => ({
    "a/pyproject.toml": project("a"),
    "b/pyproject.toml": project("b", `version = "${other}"\nreadme = "r"\n`),
  });

  const one = (await sketched(files("1.0"))).sketch;
  const each = (await sketched(files("2.0"), { tags: ["b/v1.0"] })).sketch;

  assert.deepEqual([one.project, one.versions, one.packages.map((each_) => each_.tag)], ["repo", "one", ["v{version}", "v{version}"]]);
  assert.deepEqual([each.versions, each.packages.map((each_) => each_.tag)], ["each", ["a-v{version}", "b/v{version}"]]);
});

test("a version that no manifest says comes from the tag, and PKG-INFO's is told as what a rehearsal assumes", async () => {
  const scm =
    '[build-system]\nrequires = ["hatch-vcs"]\n[project]\nname = "demo"\ndynamic = ["version"]\nreadme = "r"\n[tool.hatch.version]\nsource = "vcs"\n';

  const { sketch, notes } = await sketched({
    "pyproject.toml": scm,
    "PKG-INFO": "Metadata-Version: 2.1\nName: demo\nVersion: 4.5\nDescription-Content-Type: text/plain\n\nx",
  });

  assert.deepEqual(sketch.version, { from: "tag" });
  assert.deepEqual(sketch.remarks?.version, ["demo: hatch-vcs derives it from the tag."]);
  assert.ok(notes.some((note) => note.startsWith("PKG-INFO says 4.5")));
});

test("a package without a description with a format is checked leniently, and it is said", async () => {
  const { sketch } = await sketched({ "setup.py": "setup(name='demo', version='1.0', long_description='x')" });

  assert.match(sketch.lenient ?? "", /^demo has no description with a format/);
});

test("what compiles is told that it fits one platform", async () => {
  const { sketch } = await sketched({
    "pyproject.toml": `[build-system]\nbuild-backend = "maturin"\n${project("demo")}[tool.cibuildwheel]\n`,
    "Cargo.toml": '[package]\nname = "demo"\nversion = "1.0.0"\n',
  });

  assert.match(sketch.remarks?.build?.join(" ") ?? "", /demo is compiled \(maturin\).*cibuildwheel.*matrix: \{ platform:/);
});

test("a wheel that holds a program alone has no import name, and none is asked for", async () => {
  const { sketch, notes } = await sketched({
    "pyproject.toml": `[build-system]\nbuild-backend = "maturin"\n${project("demo")}[tool.maturin]\nbindings = "bin"\nmodule-name = "demo"\n`,
    "src/main.rs": "",
    "demo/__init__.py": "",
  });

  assert.equal(sketch.packages[0]?.importName, undefined);
  assert.doesNotMatch(notes.join("\n"), /import name/);
});

const clues = (parts: Partial<CheckClues>): CheckClues => ({
  tools: [],
  paths: [],
  importFolder: "src",
  kinds: { python: true, crates: false },
  texts: { makefile: undefined, justfile: undefined, setupCfg: undefined },
  ...parts,
});

const checks: readonly (readonly [string, Partial<CheckClues>, readonly string[]])[] = [
  ["sections of pyproject.toml", { tools: ["ruff", "mypy", "pytest"] }, ["ruff check .", "mypy src", "pytest"]],
  ["files of tools", { paths: [".flake8", "mypy.ini", "tox.ini"] }, ["flake8", "mypy src", "tox"]],
  [
    "a justfile before a Makefile",
    { texts: { justfile: "test *args:\n  pytest\n", makefile: "test: all\n\tpytest\n", setupCfg: undefined } },
    ["just test"],
  ],
  ["a Makefile", { texts: { justfile: undefined, makefile: "test:\n\tpytest\n", setupCfg: undefined } }, ["make test"]],
  [
    "a variable of a Makefile, which is no target",
    { texts: { justfile: undefined, makefile: "test := x\ntests:\n", setupCfg: undefined } },
    [],
  ],
  [
    "setup.cfg",
    { texts: { justfile: undefined, makefile: undefined, setupCfg: "[flake8]\n[mypy]\n[tool:pytest]\n" } },
    ["flake8", "mypy src", "pytest"],
  ],
  ["tests alone", { paths: ["tests/test_x.py"] }, ["pytest"]],
  ["nothing", { paths: ["README.md"] }, []],
];
for (const [what, parts, expected] of checks) {
  test(`checks are told by ${what}`, () => {
    assert.deepEqual(
      findChecks(clues(parts)).map((check) => check.run),
      expected,
    );
  });
}
