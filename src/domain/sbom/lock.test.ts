import assert from "node:assert/strict";
import { test } from "node:test";
import { readLock, type LockedPackage } from "./lock.ts";

function locked(text: string): readonly LockedPackage[] {
  const read = readLock(text);
  assert.equal(read.kind, "locked");
  return read.kind === "locked" ? read.packages : [];
}

test("uv.lock: versions, edges with extras, and what belongs to an extra", () => {
  const packages = locked(`version = 1
[[package]]
name = "Demo_App"
version = "1.0"
source = { editable = "." }
dependencies = [{ name = "requests", extra = ["socks"] }, { name = "colorama", marker = "sys_platform == 'win32'" }]
[package.optional-dependencies]
dev = [{ name = "pytest" }]
[[package]]
name = "virtual-root"
source = { virtual = "." }
`);

  assert.deepEqual(packages, [
    {
      name: "demo-app",
      version: "1.0",
      dependencies: [
        { name: "requests", extras: ["socks"] },
        { name: "colorama", extras: [] },
        { name: "pytest", extras: [], extra: "dev" },
      ],
    },
  ]);
});

test("poetry.lock: edges by name, optional ones left out", () => {
  const [one] = locked(`[[package]]
name = "requests"
version = "2.32"
[package.dependencies]
idna = ">=2.5,<4"
Charset_Normalizer = { version = ">=2", extras = ["Fast"] }
PySocks = { version = ">=1.5", optional = true }
both = [{ version = "1", markers = "x" }, { version = "2", optional = true }]
`);

  assert.deepEqual(one?.dependencies, [
    { name: "idna", extras: [] },
    { name: "charset-normalizer", extras: ["fast"] },
    { name: "both", extras: [] },
  ]);
});

test("pylock.toml: its packages are read; no edges where the writer left them out", () => {
  assert.deepEqual(locked('lock-version = "1.0"\n[[packages]]\nname = "attrs"\nversion = "25.1"\n[[packages]]\nname = "here"\n'), [
    { name: "attrs", version: "25.1", dependencies: [] },
  ]);
});

test("a lock file that is no TOML, or of another shape, is said to be so or is empty; nothing throws", () => {
  assert.equal(readLock("[[package").kind, "invalid");
  for (const text of ["", "package = 1", "[package]\nname = 1", '[[package]]\nname = "a"\nversion = "1"\ndependencies = "x"'])
    assert.equal(readLock(text).kind, "locked", text);
});
