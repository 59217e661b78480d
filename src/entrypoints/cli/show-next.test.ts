import assert from "node:assert/strict";
import { test } from "node:test";
import type { NextPackage, NextRelease } from "../../app/next-release.ts";
import { showNext } from "./show-next.ts";

const plain = { style: (_format: unknown, text: string): string => text };

const noCommits: NextPackage["commits"] = { count: 0, complete: true, change: "none", types: {}, reasons: [] };

const moving: NextPackage = {
  id: "tool",
  ecosystem: "pypi",
  name: "tool",
  folder: ".",
  present: "1.2.0",
  last: { tag: "v1.2.0", version: "1.2.0", commit: "a".repeat(40) },
  outlook: { kind: "release", version: "1.3.0", tag: "v1.3.0", why: "minor: the commits have a feature" },
  commits: { count: 3, complete: true, change: "feature", types: { fix: 2, feat: 1 }, reasons: ["feat: parser"] },
  changelog: { by: "file", file: "CHANGELOG.md", text: "### Added\n\n- A parser" },
};

function idle(name: string): NextPackage {
  const outlook = { kind: "nothing", why: `since "${name}-v1" no commit came` } as const;
  return { id: name, ecosystem: "pypi", name, folder: name, outlook, commits: noCommits };
}

function show(parts: Partial<NextRelease>): string {
  const commit = "0123456789".padEnd(40, "0");
  const base = { schema: "slipway-next/1", project: "demo", pipeline: "release", commit, from: "commits", versions: "each" } as const;
  return showNext({ ...base, packages: [], uncommitted: [], ...parts }, plain);
}

test("a package that moves is told with last release, reason, commits and changelog; the others in one line", () => {
  assert.equal(
    show({ packages: [idle("core"), moving, idle("more")], uncommitted: ["a.txt"] }),
    `demo  at 0123456789, version from the commits

tool  1.2.0 → 1.3.0  tag v1.3.0
  last       v1.2.0
  why        minor: the commits have a feature
  commits    3: 2 fix, 1 feat
             feat: parser
  changelog  from CHANGELOG.md
    ### Added

    - A parser

nothing to release of the other packages: core, more

note 1 uncommitted change is not part of it: a.txt
`,
  );
});

test("nothing to release is told with its reason", () => {
  assert.match(show({ packages: [idle("core")] }), /\ncore {2}nothing to release: since "core-v1" no commit came\n$/);
  assert.match(
    show({ packages: Array.from({ length: 12 }, (_, index) => idle(`p${index}`)) }),
    /\nnothing to release: p0, .*, p9 and 2 more\n$/,
  );
});

test("a proposal is one, and what cannot be told names its way out", () => {
  const proposal = { kind: "proposal", version: "1.3.0", why: "minor" } as const;
  assert.match(show({ packages: [{ ...moving, outlook: proposal }] }), /\ntool {2}1\.2\.0 → 1\.3\.0 {2}\(proposed\)\n/);

  const { present: _present, last: _last, changelog: _changelog, ...bare } = moving;
  const unknown = show({ packages: [{ ...bare, outlook: { kind: "unknown", why: "shallow", hint: "git fetch --unshallow" } }] });
  assert.match(unknown, /\ntool\n {2}last {7}no release tag yet\n {2}unknown {4}shallow\n {2}hint: git fetch --unshallow\n/);
});

test("text of commits and files never steers the terminal, and a long changelog is cut", () => {
  const text = Array.from({ length: 50 }, (_, index) => `- ${index} \x1b[31m`).join("\n");
  const shown = show({
    packages: [
      { ...moving, name: "to\x1bol", commits: { ...moving.commits, reasons: ["feat: \x1b]0;x\x07"] }, changelog: { by: "commits", text } },
    ],
    uncommitted: ["\x1b[2J"],
  });

  assert.equal(shown.includes("\x1b"), false);
  assert.match(shown, /… and 20 lines more\n/);
});
