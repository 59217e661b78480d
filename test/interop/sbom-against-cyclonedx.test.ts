// Bills of materials under the strict schema of the CycloneDX project's own Python library, with every feature in use.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { writeBom, type BomSubject } from "../../src/domain/sbom/cyclonedx.ts";
import { digestOf } from "../support/ports.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { testTool } from "../support/test-tools.ts";

const program = `
import sys
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
import json
for name in sys.argv[1:]:
    text = open(name, encoding="utf-8").read()
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    print("fault" if error else "valid", str(error)[:200] if error else "")
    if not error:
        bom = Bom.from_json(json.loads(text))
        bom.validate()
        print(len(bom.components), bom.metadata.component.purl.to_string())
`;

function judge(t: { after(what: () => void): void }, ...texts: readonly string[]): readonly string[] {
  const folder = temporaryFolder(t);
  const files = texts.map((text, index) => {
    const file = join(folder, `${index}.cdx.json`);
    writeFileSync(file, text);
    return file;
  });
  return execFileSync(testTool("python"), ["-W", "ignore", "-c", program, ...files], { encoding: "utf8" })
    .trim()
    .split("\n");
}

const full: BomSubject = {
  name: "Demo.App",
  normalName: "demo-app",
  version: "1!1.0rc1+local",
  summary: "A <demo> “with” words",
  license: "MIT OR Apache-2.0",
  files: [
    { name: "demo_app-1.0-py3-none-any.whl", digest: digestOf("w") },
    { name: "demo_app-1.0.tar.gz", digest: digestOf("s") },
  ],
  needed: [
    { name: "a", version: "1", optional: false, declared: ["a>=1", 'a; extra == "x"'], dependencies: ["b"] },
    { name: "a", version: "2", optional: false, declared: ["a>=1"], dependencies: ["b"] },
    { name: "b", version: "1.0+cpu", optional: true, declared: [], dependencies: [] },
    { name: "c", optional: true, declared: ["c"], dependencies: [] },
  ],
  lock: "uv.lock",
  epochSeconds: 1_700_000_000,
};

test("a bill of materials is valid CycloneDX 1.6, strictly, and is read back by CycloneDX's own library", (t) => {
  const { lock: _lock, summary: _summary, license: _license, ...bare } = { ...full, needed: [] };

  assert.deepEqual(judge(t, writeBom(full, digestOf), writeBom(bare, digestOf)), [
    "valid ",
    "4 pkg:pypi/demo-app@1%211.0rc1%2Blocal",
    "valid ",
    "0 pkg:pypi/demo-app@1%211.0rc1%2Blocal",
  ]);
});

test("the validator finds what does not belong there", (t) => {
  assert.match(judge(t, writeBom(full, digestOf).replace('"version": 1,', '"version": 1, "invented": 1,'))[0] ?? "", /^fault/);
});
