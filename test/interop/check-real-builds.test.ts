// Wheels and sdists that real build back ends make of small projects: nothing may be found in them but what is true.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { checkFiles, distributionOf } from "../support/check-ports.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { runTool, testTool } from "../support/test-tools.ts";

type Project = Readonly<Record<string, string>>;

const common: Project = {
  "README.md": "# Demo\n\nSome *text*.\n",
  LICENSE: "Do what you like.\n",
  "demo_pkg/__init__.py": '"""A demo."""\n\n__version__ = "1.0rc1"\n',
  "demo_pkg/cli.py": "def main():\n    print('hello')\n",
  "demo_pkg/data/é.txt": "hello\n",
};

const project = `[project]
name = "Demo.Pkg"
version = "1.0rc1"
description = "A demo"
readme = "README.md"
requires-python = ">=3.9"
license = "MIT"
license-files = ["LICENSE"]
authors = [{ name = "Ann", email = "ann@host.org" }]
classifiers = ["Programming Language :: Python :: 3"]
dependencies = ["requests>=2", "colorama; platform_system == 'Windows'"]
optional-dependencies = { cli = ["click>=8"] }
urls = { Source = "https://host/source" }
scripts = { demo = "demo_pkg.cli:main" }
`;

function withBackend(backend: string, requires: string, more = ""): Project {
  return { ...common, "pyproject.toml": `[build-system]\nrequires = ["${requires}"]\nbuild-backend = "${backend}"\n\n${project}${more}` };
}

const projects: Readonly<Record<string, Project>> = {
  hatchling: withBackend("hatchling.build", "hatchling", '\n[tool.hatch.build.targets.wheel]\npackages = ["demo_pkg"]\n'),
  setuptools: withBackend(
    "setuptools.build_meta",
    "setuptools",
    '\n[tool.setuptools]\npackages = ["demo_pkg"]\n\n[tool.setuptools.package-data]\ndemo_pkg = ["data/*"]\n',
  ),
  flit: withBackend("flit_core.buildapi", "flit_core", '\n[tool.flit.module]\nname = "demo_pkg"\n'),
  "poetry-core": withBackend("poetry.core.masonry.api", "poetry-core", '\n[tool.poetry]\npackages = [{ include = "demo_pkg" }]\n'),
  "pdm-backend": withBackend("pdm.backend", "pdm-backend"),
};

describe("check-artifacts of what real back ends build", () => {
  for (const [backend, files] of Object.entries(projects)) {
    it(`finds nothing wrong with wheel and sdist of ${backend}`, async (t) => {
      const folder = temporaryFolder(t);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      const built = await runTool(testTool("python"), ["-m", "build", "--no-isolation", "--outdir", join(folder, "out"), folder], {
        env: { HOME: folder },
      });
      assert.equal(built.code, 0, built.output);

      const planned = { id: "demo", name: "Demo.Pkg", version: "1.0rc1", importName: "demo_pkg" };
      const names = readdirSync(join(folder, "out")).toSorted();
      const checked = await checkFiles(names.map((name) => distributionOf(join(folder, "out", name), { planned })));

      assert.deepEqual(names, ["demo_pkg-1.0rc1-py3-none-any.whl", "demo_pkg-1.0rc1.tar.gz"]);
      assert.deepEqual(
        checked.flatMap((one) => one.findings.map((finding) => `${one.name}: ${finding.level} ${finding.id} ${finding.message}`)),
        [],
      );
    });
  }
});
