import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { alarmingFiles, comparablePath, compareMembers, isGenerated, membersOf, type Members } from "./members.ts";
import { compareEntryPoints, compareMetadata } from "./metadata.ts";
import { compareWithSource } from "./source.ts";
import { memoryFiles } from "../../../test/support/ports.ts";

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

function members(texts: Readonly<Record<string, string>>, kind: "wheel" | "sdist"): Members {
  return membersOf(
    new Map(Object.entries(texts).map(([path, text]) => [path, { sha256: sha256(text).toString("base64url"), sizeBytes: text.length }])),
    kind,
  );
}

test("paths are comparable when only the version in a folder's name differs", () => {
  assert.equal(comparablePath("demo-1.0/src/x.py", "sdist"), "src/x.py");
  assert.equal(comparablePath("demo-1.0.dist-info/METADATA", "wheel"), "*.dist-info/METADATA");
  assert.equal(comparablePath("demo-1.0.data/scripts/x", "wheel"), "*.data/scripts/x");
  assert.equal(comparablePath("demo/x.py", "wheel"), "demo/x.py");
});

test("members are added, removed or changed by their bytes; the version's own files are no difference", () => {
  const before = members({ "demo/a.py": "a", "demo/b.py": "b", "demo/c.py": "c", "demo-1.0.dist-info/RECORD": "1" }, "wheel");
  const after = members({ "demo/b.py": "b", "demo/c.py": "C!", "demo/d.py": "dd", "demo-1.1.dist-info/RECORD": "2" }, "wheel");

  assert.deepEqual(compareMembers(before, after), {
    added: [{ path: "demo/d.py", sizeBytes: 2 }],
    removed: [{ path: "demo/a.py", sizeBytes: 1 }],
    changed: [{ path: "demo/c.py", sizeBytes: 2 }],
  });
});

test("new files that run by themselves are told", () => {
  const added = ["x.pth", "demo/_native.so", "*.data/scripts/tool", "demo/plain.py"].map((path) => ({ path, sizeBytes: 1 }));

  assert.deepEqual(
    alarmingFiles(added, "wheel").map((line) => line.split('"')[1]),
    ["x.pth", "demo/_native.so", "*.data/scripts/tool"],
  );
  assert.equal(alarmingFiles([{ path: "setup.py", sizeBytes: 1 }], "sdist").length, 1);
  assert.equal(alarmingFiles([{ path: "setup.py", sizeBytes: 1 }], "wheel").length, 0);
});

test("what every build writes is generated, and nothing else is", () => {
  assert.deepEqual(
    ["PKG-INFO", "setup.cfg", "src/demo.egg-info/SOURCES.txt"].map((one) => isGenerated(one, "sdist")),
    [true, true, true],
  );
  assert.deepEqual(
    ["setup.py", "src/demo/_version.py", "demo/PKG-INFO"].map((one) => isGenerated(one, "sdist")),
    [false, false, false],
  );
  assert.equal(isGenerated("src/demo.egg-info/evil.py", "sdist"), false);
  assert.equal(isGenerated("setup.cfg", "sdist", 500), false, "one that says something is no builder's");
  assert.equal(isGenerated("*.dist-info/evil.py", "wheel"), false);
});

test("metadata is compared line by line, requirements without regard to how they are spaced", () => {
  const before =
    "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Python: >=3.8\nRequires-Dist: httpx (>=0.27)\nRequires-Dist: old\nAuthor: Ann\n\nOld words\n";
  const after =
    "Metadata-Version: 2.4\nName: demo\nVersion: 1.1\nRequires-Python: >=3.9\nRequires-Dist: httpx>=0.27\nRequires-Dist: new; extra == 'x'\nAuthor: Eve\n\nNew words\n";

  assert.deepEqual(compareMetadata(before, after), {
    dependencies: { added: ["new;extra=='x'"], removed: ["old"] },
    requiresPython: { before: ">=3.8", after: ">=3.9" },
    others: { added: ["Author: Eve"], removed: ["Author: Ann"] },
  });
});

test("entry points are compared by group, name and object", () => {
  const before = "[console_scripts]\ndemo = demo:main\n";
  const after = "[console_scripts]\ndemo=demo.cli:main\n\n# a comment\n[demo.plugins]\nx = y\n";

  assert.deepEqual(compareEntryPoints(before, after), {
    added: ["console_scripts: demo = demo.cli:main", "demo.plugins: x = y"],
    removed: ["console_scripts: demo = demo:main"],
  });
  assert.deepEqual(compareEntryPoints(undefined, undefined), { added: [], removed: [] });
});

test("an sdist is held against the commit: extra files, other bytes, what was left out", async () => {
  const sdist = members(
    { "demo-1.0/a.py": "a", "demo-1.0/b.py": "hacked", "demo-1.0/extra.py": "x", "demo-1.0/PKG-INFO": "1", "demo-1.0/LICENSE": "l" },
    "sdist",
  );
  const files = memoryFiles({
    "/tree/libs/demo/a.py": "a",
    "/tree/libs/demo/b.py": "b",
    "/tree/libs/demo/c.py": "c",
    "/tree/LICENSE": "l",
    "/tree/other.py": "",
  });
  const paths = ["LICENSE", "libs/demo/a.py", "libs/demo/b.py", "libs/demo/c.py", "other.py"];

  const against = await compareWithSource(
    sdist,
    { folder: "/tree", paths, packageFolder: "libs/demo", files, isDeclared: () => false },
    "sdist",
  );

  assert.deepEqual(against, { added: ["extra.py"], changed: ["b.py"], generated: ["PKG-INFO"], leftOut: ["libs/demo/c.py"] });
});
