import assert from "node:assert/strict";
import { test } from "node:test";
import { readPythonProject, versionInText, type ProjectTexts, type PythonProject } from "./project.ts";

function projectOf(texts: ProjectTexts): PythonProject {
  const read = readPythonProject(texts);
  assert.ok(read.kind === "project", JSON.stringify(read));
  return read.project;
}

const pyproject = (text: string): ProjectTexts => ({ "pyproject.toml": text });
const scm = '[build-system]\nrequires = ["setuptools", "setuptools-scm"]\n[project]\nname = "demo"\ndynamic = ["version"]\n';

const versions: readonly (readonly [string, ProjectTexts, string])[] = [
  ["[project]", pyproject('[project]\nname = "demo"\nversion = "1.0"\n'), "static 1.0"],
  ["poetry", pyproject('[tool.poetry]\nname = "demo"\nversion = "1.0"\n'), "static 1.0"],
  ["setup.cfg", { "setup.cfg": "[metadata]\nname = demo\nversion = 1.0\n" }, "static 1.0"],
  ["setup.py", { "setup.py": "setup(name='demo', version='1.0')" }, "static 1.0"],
  ["a variable of setup.py", { "setup.py": "V = '1.0'\nsetup(name='demo', version=V)" }, "static 1.0"],
  [
    "a variable that setup.py gets elsewhere",
    { "setup.py": "from demo import V\nsetup(name='demo', version=V)" },
    "unknown setup.py computes the version, and only running it would tell",
  ],
  ["hatch's file", pyproject('[tool.hatch.version]\npath = "src/demo/about.py"\n'), "file src/demo/about.py"],
  ["pdm's file", pyproject('[tool.pdm.version]\nsource = "file"\npath = "demo.py"\n'), "file demo.py"],
  [
    "setuptools' attribute",
    pyproject('[tool.setuptools.dynamic]\nversion = { attr = "demo.__version__" }\n'),
    "file demo/__init__.py demo.py src/demo/__init__.py src/demo.py",
  ],
  ["setuptools' file", pyproject('[tool.setuptools.dynamic]\nversion = { file = "VERSION" }\n'), "file VERSION"],
  [
    "flit's module",
    pyproject('[build-system]\nbuild-backend = "flit_core.buildapi"\n[project]\nname = "de-mo"\ndynamic = ["version"]\n'),
    "file de_mo/__init__.py de_mo.py src/de_mo/__init__.py src/de_mo.py",
  ],
  [
    "Cargo, for maturin",
    pyproject('[build-system]\nbuild-backend = "maturin"\n[project]\nname = "demo"\ndynamic = ["version"]\n'),
    "file Cargo.toml",
  ],
  ["setuptools-scm", pyproject(scm), "tag setuptools-scm"],
  ["hatch-vcs", pyproject('[tool.hatch.version]\nsource = "vcs"\n'), "tag hatch-vcs"],
  ["pdm's scm", pyproject('[tool.pdm.version]\nsource = "scm"\n'), "tag pdm-backend"],
  ["pbr", { "setup.cfg": "[metadata]\nname = demo\n[pbr]\n", "setup.py": "setup(setup_requires=['pbr'], pbr=True)" }, "tag pbr"],
  [
    "a setup.py that computes it",
    { "setup.py": "setup(name='demo', version=read())" },
    "unknown setup.py computes the version, and only running it would tell",
  ],
  ["nobody", { "setup.py": "setup(name='demo')" }, "unknown no manifest names a version"],
];
for (const [what, texts, expected] of versions) {
  test(`readPythonProject() finds the version of ${what}`, () => {
    const { version } = projectOf(texts);
    const said = {
      static: () => ("version" in version ? version.version : ""),
      file: () => ("files" in version ? version.files.join(" ") : ""),
      tag: () => ("by" in version ? version.by : ""),
      unknown: () => ("why" in version ? version.why : ""),
    }[version.kind]();

    assert.equal(`${version.kind} ${said}`, expected);
  });
}

test("readPythonProject() takes the name from PKG-INFO where setup.py computes it, and tells what was published", () => {
  const pkgInfo = "Metadata-Version: 2.1\nName: demo\nVersion: 1.2.3\nDescription-Content-Type: text/markdown\n\nHello\n";

  const project = projectOf({ "setup.py": "setup(name=NAME)", "PKG-INFO": pkgInfo });

  assert.equal(project.name, "demo");
  assert.deepEqual(project.published, { name: "demo", version: "1.2.3", described: true });
});

test("readPythonProject() believes the manifest before PKG-INFO, and takes no version from it", () => {
  const project = projectOf({ ...pyproject(scm), "PKG-INFO": "Metadata-Version: 1.0\nName: other\nVersion: 9\n" });

  assert.equal(project.name, "demo");
  assert.equal(project.version.kind, "tag");
  assert.equal(project.published.described, false);
});

test("readPythonProject() says what is no project, and what is no TOML", () => {
  assert.equal(readPythonProject({}).kind, "none");
  assert.equal(readPythonProject({ "PKG-INFO": "Name: demo" }).kind, "none");
  assert.equal(readPythonProject(pyproject("[project")).kind, "invalid");
});

const texts: readonly (readonly [string, Parameters<typeof versionInText>[0], string, string | undefined])[] = [
  ["a variable", { kind: "file", files: [], how: "variable" }, '"""Demo."""\n__version__ = "1.0"\n', "1.0"],
  ["an annotated variable", { kind: "file", files: [], how: "variable" }, "VERSION: str = 'v1.0'\n", "1.0"],
  ["a computed variable", { kind: "file", files: [], how: "variable" }, "__version__ = get()\n", undefined],
  ["hatch's pattern", { kind: "file", files: [], how: "variable", pattern: "rel = '(?P<version>[^']+)'" }, "rel = '1.0'\n", "1.0"],
  ["a hostile pattern", { kind: "file", files: [], how: "variable", pattern: "(" }, "x", undefined],
  ["a whole file", { kind: "file", files: [], how: "whole" }, "1.0\n", "1.0"],
  ["Cargo.toml", { kind: "file", files: [], how: "cargo" }, '[package]\nversion = "1.0.0-rc.1"\n', "1.0.0-rc.1"],
  ["a workspace's Cargo.toml", { kind: "file", files: [], how: "cargo" }, '[workspace.package]\nversion = "1.0.0"\n', "1.0.0"],
  ["a Cargo.toml that inherits it", { kind: "file", files: [], how: "cargo" }, "[package]\nversion.workspace = true\n", undefined],
];
for (const [what, source, text, expected] of texts) {
  test(`versionInText() reads ${what}`, () => {
    assert.equal(versionInText(source, text), expected);
  });
}

test("versionInText() takes the variable that the manifest names, before the usual ones", () => {
  const { version } = projectOf(pyproject('[tool.setuptools.dynamic]\nversion = { attr = "demo.RELEASE" }\n'));
  assert.ok(version.kind === "file");

  assert.equal(versionInText(version, '__version__ = "9"\nRELEASE = "1.0"\n'), "1.0");
  assert.equal(versionInText(version, '__version__ = "9"\n'), "9");
});
