import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifestFacts, type FactTexts } from "./manifest-facts.ts";

const pyproject = (text: string): FactTexts => ({ "pyproject.toml": text });

const packages: readonly (readonly [string, FactTexts, boolean])[] = [
  ["[project]", pyproject('[project]\nname = "demo"\n'), true],
  ["[tool.poetry]", pyproject('[tool.poetry]\nname = "demo"\n'), true],
  ["flit's old metadata", pyproject('[tool.flit.metadata]\nmodule = "demo"\n'), true],
  ["maturin without [project]", pyproject('[build-system]\nbuild-backend = "maturin"\n'), true],
  ["a setup() call", { "setup.py": "from setuptools import setup\nsetup(name='demo')\n" }, true],
  ["metadata in setup.cfg", { "setup.cfg": "[metadata]\nname = demo\n" }, true],
  ["settings of tools alone", pyproject("[tool.ruff]\nline-length = 100\n"), false],
  ["a setup.cfg of tools alone", { "setup.cfg": "[flake8]\nmax-line-length = 100\n" }, false],
  ["a pyproject.toml that is no TOML", pyproject("[project\n"), false],
];
for (const [what, texts, isPackage] of packages) {
  test(`${what} ${isPackage ? "is" : "is no"} package`, () => {
    assert.equal(readManifestFacts(texts).isPackage, isPackage);
  });
}

const private_: readonly (readonly [string, string])[] = [
  ["a Private classifier", '[project]\nclassifiers = ["Private :: Do Not Upload"]\n'],
  ["uv's package = false", "[tool.uv]\npackage = false\n"],
  ["poetry's package-mode = false", "[tool.poetry]\npackage-mode = false\n"],
  ["pdm's distribution = false", "[tool.pdm]\ndistribution = false\n"],
];
for (const [what, text] of private_) {
  test(`${what} means that a package is not published`, () => {
    assert.match(readManifestFacts(pyproject(text)).unpublished ?? "", /Private|false/);
    assert.equal(readManifestFacts(pyproject('[project]\nname = "demo"\n')).unpublished, undefined);
  });
}

const modules: readonly (readonly [string, FactTexts, readonly string[]])[] = [
  ["hatch", pyproject('[tool.hatch.build.targets.wheel]\npackages = ["src/demo", "extra"]\n'), ["demo", "extra"]],
  ["poetry", pyproject('[tool.poetry]\npackages = [{ include = "demo", from = "src" }]\n'), ["demo"]],
  ["flit", pyproject('[tool.flit.module]\nname = "demo"\n'), ["demo"]],
  ["maturin, whose module lies inside a package", pyproject('[tool.maturin]\nmodule-name = "demo._native"\n'), ["demo"]],
  ["maturin, which packs programs alone", pyproject('[tool.maturin]\nbindings = "bin"\nmodule-name = "demo"\n'), []],
  ["uv", pyproject('[tool.uv.build-backend]\nmodule-name = "demo"\n'), ["demo"]],
  ["setuptools", pyproject('[tool.setuptools]\npy-modules = ["demo"]\npackages = ["demo_more.sub"]\n'), ["demo", "demo_more"]],
  ["setup.py", { "setup.py": "setup(py_modules=['demo'], packages=[\"demo_more\", 'demo_more.sub'])" }, ["demo", "demo_more"]],
  ["a setup.py that computes them", { "setup.py": "setup(packages=find_packages('src'))" }, []],
  ["names that are none", pyproject('[tool.setuptools]\npackages = ["a b", "1x", "../x"]\n'), []],
];
for (const [what, texts, expected] of modules) {
  test(`modules are told by ${what}`, () => {
    assert.deepEqual(readManifestFacts(texts).modules, expected);
  });
}

const natives: readonly (readonly [string, FactTexts])[] = [
  ["maturin", pyproject('[build-system]\nbuild-backend = "maturin"\n')],
  ["setuptools-rust", pyproject('[build-system]\nrequires = ["setuptools_rust>=1"]\n')],
  ["scikit-build-core", pyproject('[build-system]\nbuild-backend = "scikit_build_core.build"\n')],
  ["meson-python", pyproject('[build-system]\nbuild-backend = "mesonpy"\n')],
  ["extension modules", { "setup.py": "setup(ext_modules=[Extension('x', ['x.c'])])" }],
];
for (const [what, texts] of natives) {
  test(`what compiles is told: ${what}`, () => {
    assert.equal(readManifestFacts(texts).native, what);
  });
}

const described: readonly (readonly [string, FactTexts, boolean])[] = [
  ["a readme", pyproject('[project]\nreadme = "README.md"\n'), true],
  ["a readme that the backend computes", pyproject('[project]\ndynamic = ["readme"]\n'), true],
  ["poetry's readme", pyproject('[tool.poetry]\nreadme = "README.md"\n'), true],
  ["setup's content type", { "setup.py": "setup(long_description_content_type='text/markdown')" }, true],
  ["setup.cfg's content type", { "setup.cfg": "[metadata]\nlong-description-content-type = text/markdown\n" }, true],
  ["a long description without a type", { "setup.py": "setup(long_description=open('README').read())" }, false],
  ["nothing", pyproject('[project]\nname = "demo"\n'), false],
];
for (const [what, texts, expected] of described) {
  test(`a package with ${what} ${expected ? "has" : "has no"} description with a format`, () => {
    assert.equal(readManifestFacts(texts).described, expected);
  });
}

test("workspaces of uv and rye name their members", () => {
  const uv = readManifestFacts(pyproject('[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n'));
  const rye = readManifestFacts(pyproject('[tool.rye.workspace]\nmembers = ["libs/*"]\n'));

  assert.deepEqual(uv.workspace, { members: ["packages/*"], exclude: ["packages/old"] });
  assert.deepEqual(rye.workspace, { members: ["libs/*"], exclude: [] });
  assert.equal(readManifestFacts(pyproject("[tool.uv]\n")).workspace, undefined);
});

test("tools are told by their sections", () => {
  const facts = readManifestFacts(pyproject("[tool.ruff]\n[tool.pytest.ini_options]\n[tool.cibuildwheel]\n"));

  assert.deepEqual(facts.tools, ["ruff", "pytest", "cibuildwheel"]);
  assert.equal(facts.manyPlatforms, true);
});
