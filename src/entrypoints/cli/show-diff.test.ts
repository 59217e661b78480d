import assert from "node:assert/strict";
import { test } from "node:test";
import { matchGolden } from "../../../test/support/golden.ts";
import { fakeTerminal } from "../../../test/support/terminal.ts";
import type { ReleaseDiff } from "../../app/diff-release.ts";
import type { ArtifactDiff } from "../../app/diff/compare-artifacts.ts";
import { showDiff } from "./show-diff.ts";

const changed = (path: string) => ({ path, sizeBytes: 5 });

const sdist: ArtifactDiff = {
  package: "demo",
  kind: "sdist",
  name: "demo-1.1.tar.gz",
  sizeBytes: 21_000,
  sha256: "ab".repeat(32),
  source: {
    kind: "compared",
    added: ["src/demo/_version.py"],
    changed: ["src/demo/core.py"],
    generated: ["PKG-INFO", "setup.cfg"],
    leftOut: [".gitignore"],
  },
  published: {
    kind: "compared",
    registry: "pypi",
    version: "1.0",
    name: "demo-1.0.tar.gz",
    sizeBytes: 20_000,
    files: { added: [changed("setup.py")], removed: [changed("old.py")], changed: [changed("src/demo/core.py")] },
    metadata: {
      dependencies: { added: ["httpx>=0.27"], removed: ["requests"] },
      requiresPython: { before: ">=3.8", after: undefined },
      others: { added: ["License-Expression: MIT"], removed: [] },
    },
    entryPoints: { added: ["console_scripts: demo = demo.cli:main"], removed: [] },
    hooks: { added: ["setup.py (sha256 abcdefabcdef)"], removed: [] },
    newDependencies: ["httpx"],
    newBinaries: [],
    alarms: ['"setup.py" is new: it runs when the sdist is installed'],
  },
  changes: [
    { kind: "untracked-file", artifact: "demo-1.1.tar.gz", what: '"src/demo/_version.py" is no file of the commit' },
    { kind: "install-script", artifact: "demo-1.1.tar.gz", what: "new or changed since 1.0, and runs by itself: setup.py" },
  ],
};

const wheel: ArtifactDiff = {
  package: "demo",
  kind: "wheel",
  name: "demo-1.1-py3-none-any.whl",
  sizeBytes: 900,
  sha256: "cd".repeat(32),
  source: { kind: "unknown", why: "the commit is gone" },
  published: { kind: "first", registry: "pypi", why: "1.0 has no such wheel" },
  changes: [{ kind: "unknown", artifact: "demo-1.1-py3-none-any.whl", what: "not compared with git: the commit is gone" }],
};
const diff = (artifacts: readonly ArtifactDiff[]): ReleaseDiff => ({
  schema: "slipway-diff/1",
  run: "R1",
  mode: "rehearsal",
  title: "demo 1.1",
  commit: "c".repeat(40),
  artifacts,
});

test("a difference is told with what deserves a look first, then counts, then lists", () => {
  matchGolden("diff/whole.txt", showDiff(diff([sdist, wheel]), { stat: false }, fakeTerminal()));
});

test("with --stat paths are counted, and what installers go by is still told", () => {
  const text = showDiff(diff([sdist]), { stat: true }, fakeTerminal());

  assert.match(text, /against git: 1 file that git does not have, 1 with other bytes/);
  assert.match(text, /\+ requires httpx>=0\.27/);
  assert.doesNotMatch(text, /old\.py/);
});

test("what could not be looked at is said, never left out", () => {
  const unknown: ArtifactDiff = {
    ...sdist,
    source: { kind: "unknown", why: "the commit is gone" },
    published: { kind: "unknown", registry: "pypi", why: "no route" },
  };

  const text = showDiff(diff([unknown]), { stat: false }, fakeTerminal());

  assert.match(text, /against git: cannot be looked at: the commit is gone/);
  assert.match(text, /against pypi: cannot be looked at: no route/);
});

test("long lists are cut and counted", () => {
  const many = Array.from({ length: 150 }, (_, index) => `f${index}.py`);
  const text = showDiff(
    diff([{ ...sdist, source: { kind: "compared", added: many, changed: [], generated: [], leftOut: [] } }]),
    { stat: false },
    fakeTerminal(),
  );

  assert.match(text, /\+ and 50 more/);
  assert.match(text, /150 files that git does not have/);
});

test("hostile names of files are shown as escapes", () => {
  const evil = "x\u001b[2J\u202e\n  against git: 0 files";
  const text = showDiff(
    diff([{ ...sdist, name: evil, source: { kind: "compared", added: [evil], changed: [evil], generated: [], leftOut: [] } }]),
    { stat: false },
    fakeTerminal(),
  );

  assert.doesNotMatch(text, /\u001b|\u202e/);
  assert.doesNotMatch(text, /^ {2}against git: 0 files$/m);
});
