import assert from "node:assert/strict";
import { test } from "node:test";
import { fileTypeOf, pythonTagOf, sameVersion, versionOfFile } from "./file-names.ts";

test("versionOfFile() reads new and old names, and nothing where there is no version", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["slip_demo-1.0-py3-none-any.whl", "1.0"],
    ["slip_demo-1.0-1build-py3-none-any.whl", "1.0"],
    ["Slip.Demo-1.0rc1.tar.gz", "1.0rc1"],
    ["slip-demo-1.0.post1.zip", "1.0.post1"],
    ["slip-demo-1.0-1.tar.gz", "1.0-1"],
    ["slip_demo-more-1.0.tar.gz", undefined],
    ["slip_demo-1.0.egg", undefined],
    ["slip_demo-x.tar.gz", undefined],
    ["slip_demo-1.0-py3.whl", undefined],
  ];
  for (const [name, version] of cases) assert.equal(versionOfFile("Slip.Demo", name), version, name);
});

test("sameVersion() is PEP 440's equality, and text equality for what is no version", () => {
  assert.equal(sameVersion("1.0", "1.0.0"), true);
  assert.equal(sameVersion("1.0rc1", "1.0-RC.1"), true);
  assert.equal(sameVersion("1.0", "1.0+x"), false);
  assert.equal(sameVersion("odd", "odd"), true);
  assert.equal(sameVersion("odd", "1.0"), false);
});

test("fileTypeOf() and pythonTagOf() go by the name", () => {
  assert.deepEqual([fileTypeOf("a-1.whl"), fileTypeOf("a-1.tar.gz"), fileTypeOf("a-1.egg")], ["bdist_wheel", "sdist", undefined]);
  assert.deepEqual(
    [pythonTagOf("a-1-py2.py3-none-any.whl"), pythonTagOf("a-1.tar.gz"), pythonTagOf("a.whl")],
    ["py2.py3", "source", undefined],
  );
});
