import assert from "node:assert/strict";
import { test } from "node:test";
import { importNameOf, type ImportClues } from "./import-name.ts";

const clues = (parts: Partial<ImportClues>): ImportClues => ({ name: "demo", declared: [], paths: [], topLevel: undefined, ...parts });

const cases: readonly (readonly [string, Partial<ImportClues>, string | undefined])[] = [
  ["a package below src", { paths: ["src/demo/__init__.py"] }, "demo"],
  ["a package beside the manifest", { paths: ["demo/__init__.py", "tests/__init__.py", "setup.py"] }, "demo"],
  ["a single module", { paths: ["demo.py", "setup.py"] }, "demo"],
  ["a name with other signs and cases", { name: "Typing.Extensions-Plus", paths: ["Typing_Extensions_Plus.py"] }, "Typing_Extensions_Plus"],
  ["the module of the name among several", { paths: ["demo/__init__.py", "demo_more/__init__.py"] }, "demo"],
  ["a namespace package", { name: "zope.interface", paths: ["src/zope/interface/__init__.py"] }, "zope.interface"],
  [
    "a namespace package with a dash",
    { name: "google-cloud-storage", paths: ["google/cloud/storage/__init__.py"] },
    "google.cloud.storage",
  ],
  ["another name that the manifest gives", { name: "beautifulsoup4", declared: ["bs4"], paths: ["bs4/__init__.py", "doc/x.py"] }, "bs4"],
  ["another name that the sdist lists", { name: "PyYAML", topLevel: "_yaml\nyaml\n", paths: ["lib/yaml/__init__.py"] }, "yaml"],
  ["the only module there is", { name: "Pillow", paths: ["src/PIL/__init__.py", "setup.py"] }, "PIL"],
  ["a compiled module with types alone", { paths: ["demo/__init__.pyi"] }, "demo"],
  ["nothing, for several modules of other names", { paths: ["one/__init__.py", "two/__init__.py"] }, undefined],
  ["nothing, for tests and scripts alone", { paths: ["tests/__init__.py", "scripts/__init__.py", "conftest.py", "noxfile.py"] }, undefined],
  ["nothing, for private modules alone", { declared: ["_demo_native"], topLevel: "_x" }, undefined],
  ["nothing, where no file is plain", { paths: ["lib/thing/code.py"] }, undefined],
];
for (const [what, parts, expected] of cases) {
  test(`the import name is told by ${what}`, () => {
    assert.equal(importNameOf(clues(parts)), expected);
  });
}
