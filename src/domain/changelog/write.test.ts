import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pep440 } from "../version/pep440.ts";
import { readVersion } from "../version/scheme.ts";
import { bodyOf, readChangelog, sectionOf } from "./read.ts";
import { dayOf, writeSection, type NewSection, type Written } from "./write.ts";

const python = { scheme: pep440, names: ["demo"] };
const added: NewSection = { version: "1.2.0", date: "2026-11-21", body: "- new" };

function write(text: string, section: Partial<NewSection> = {}): string {
  const written = writeSection(text, { ...added, ...section }, python);
  return written.kind === "written" ? written.text : written.kind;
}

const cases: readonly (readonly [what: string, before: string, after: string])[] = [
  [
    "brackets and a date",
    "# C\n\n## [1.1.0] - 2026-01-01\n- a\n",
    "# C\n\n## [1.2.0] - 2026-11-21\n\n- new\n\n## [1.1.0] - 2026-01-01\n- a\n",
  ],
  ["a v and parentheses", "## v1.1.0 (2026-01-01)\n- a\n", "## v1.2.0 (2026-11-21)\n\n- new\n\n## v1.1.0 (2026-01-01)\n- a\n"],
  ["no date", "## 1.1.0\n- a\n", "## 1.2.0\n\n- new\n\n## 1.1.0\n- a\n"],
  ["level one", "# 1.1.0 / 2026-01-01\n- a\n", "# 1.2.0 / 2026-11-21\n\n- new\n\n# 1.1.0 / 2026-01-01\n- a\n"],
  [
    "YANKED belongs to its own version",
    "## [1.1.0] - 2026-01-01 [YANKED]\n",
    "## [1.2.0] - 2026-11-21\n\n- new\n\n## [1.1.0] - 2026-01-01 [YANKED]\n",
  ],
  ["a name", "## demo 1.1.0\n", "## demo 1.2.0\n\n- new\n\n## demo 1.1.0\n"],
  ["a date in words", "## 1.1.0 (January 1, 2026)\n", "## 1.2.0 (2026-11-21)\n\n- new\n\n## 1.1.0 (January 1, 2026)\n"],
  ["a date in words after a dash", "## 1.1.0 — 1 Jan 2026\n", "## 1.2.0 — 2026-11-21\n\n- new\n\n## 1.1.0 — 1 Jan 2026\n"],
  ["several versions in brackets", "## [1.1.0/0.9.0] 2026-01-01\n", "## 1.2.0 - 2026-11-21\n\n- new\n\n## [1.1.0/0.9.0] 2026-01-01\n"],
  ["a line through", "## ~~[1.1.0] - 2026-01-01~~\n", "## [1.2.0] - 2026-11-21\n\n- new\n\n## ~~[1.1.0] - 2026-01-01~~\n"],
  [
    "a link in the heading",
    "## [1.1.0](https://f.example/compare/v1.0.0...v1.1.0) (2026-01-01)\n",
    "## [1.2.0](https://f.example/compare/v1.1.0...v1.2.0) (2026-11-21)\n\n- new\n\n## [1.1.0](https://f.example/compare/v1.0.0...v1.1.0) (2026-01-01)\n",
  ],
  [
    "a link that cannot be made over",
    "## [1.1.0](https://f.example/x) - 2026-01-01\n",
    "## 1.2.0 - 2026-11-21\n\n- new\n\n## [1.1.0](https://f.example/x) - 2026-01-01\n",
  ],
  [
    "underlined",
    "Log\n===\n\n1.1.0 (2026-01-01)\n------------------\n\n- a\n",
    "Log\n===\n\n1.2.0 (2026-11-21)\n------------------\n\n- new\n\n1.1.0 (2026-01-01)\n------------------\n\n- a\n",
  ],
  ["oldest first", "## 1.0.0\n- a\n\n## 1.1.0\n- b", "## 1.0.0\n- a\n\n## 1.1.0\n- b\n\n## 1.2.0\n\n- new\n"],
  ["an older line", "## 2.0\n\n- b\n\n## 1.1.0\n\n- a\n", "## 2.0\n\n- b\n\n## 1.2.0\n\n- new\n\n## 1.1.0\n\n- a\n"],
  ["older than all", "## 3.0\n\n- b\n\n## 2.0\n\n- a\n\n[x]: y\n", "## 3.0\n\n- b\n\n## 2.0\n\n- a\n\n## 1.2.0\n\n- new\n\n[x]: y\n"],
  ["nothing yet", "# C\n\nText.\n", "# C\n\nText.\n\n## 1.2.0 - 2026-11-21\n\n- new\n"],
  ["an empty file", "", "## 1.2.0 - 2026-11-21\n\n- new\n"],
  [
    "an empty Unreleased",
    "## [Unreleased]\n\n## [1.1.0] - 2026-01-01\n",
    "## [Unreleased]\n\n## [1.2.0] - 2026-11-21\n\n- new\n\n## [1.1.0] - 2026-01-01\n",
  ],
  ["Unreleased alone", "# C\n\n## [Unreleased]\n", "# C\n\n## [Unreleased]\n\n## [1.2.0] - 2026-11-21\n\n- new\n"],
  [
    "Unreleased with comments only",
    "## Unreleased\n\n<!-- here -->\n\n## 1.1.0\n",
    "## Unreleased\n\n<!-- here -->\n\n## 1.2.0\n\n- new\n\n## 1.1.0\n",
  ],
  ["Unreleased with content", "## Unreleased\n- by hand\n## 1.1.0\n", "## Unreleased\n\n## 1.2.0\n\n- by hand\n\n- new\n\n## 1.1.0\n"],
];

for (const [what, before, after] of cases) {
  test(`a section is written in the file's own style: ${what}`, () => {
    assert.equal(write(before), after);
  });
}

const links: readonly (readonly [what: string, before: readonly string[], after: readonly string[]])[] = [
  [
    "compared",
    ["[unreleased]: https://f.example/compare/v1.1.0...HEAD", "[1.1.0]: https://f.example/compare/v1.0.0...v1.1.0"],
    [
      "[unreleased]: https://f.example/compare/v1.2.0...HEAD",
      "[1.2.0]: https://f.example/compare/v1.1.0...v1.2.0",
      "[1.1.0]: https://f.example/compare/v1.0.0...v1.1.0",
    ],
  ],
  [
    "no unreleased",
    ["[1.1.0]: https://f.example/compare/1.0.0..1.1.0"],
    ["[1.2.0]: https://f.example/compare/1.1.0..1.2.0", "[1.1.0]: https://f.example/compare/1.0.0..1.1.0"],
  ],
  [
    "tags",
    ["[1.1.0]: https://f.example/releases/tag/v1.1.0"],
    ["[1.2.0]: https://f.example/releases/tag/v1.2.0", "[1.1.0]: https://f.example/releases/tag/v1.1.0"],
  ],
  [
    "the newer side first",
    ["[Unreleased]: https://f.example/branches/compare/HEAD..v1.1.0"],
    ["[Unreleased]: https://f.example/branches/compare/HEAD..v1.2.0", "[1.2.0]: https://f.example/branches/compare/v1.2.0..v1.1.0"],
  ],
  ["something else", ["[docs]: https://d.example"], ["[docs]: https://d.example"]],
  [
    "written by hand before",
    ["[1.2.0]: https://x.example", "[1.1.0]: https://f.example/releases/tag/v1.1.0"],
    ["[1.2.0]: https://x.example", "[1.1.0]: https://f.example/releases/tag/v1.1.0"],
  ],
];

for (const [what, before, after] of links) {
  test(`links at the end are kept up in their own style: ${what}`, () => {
    const text = (lines: readonly string[], section: string): string => `# C\n\n${section}## [1.1.0]\n\n- a\n\n${lines.join("\n")}\n`;

    assert.equal(write(text(before, "")), text(after, "## [1.2.0]\n\n- new\n\n"));
  });
}

test("the release tag is used in links where it is known", () => {
  const text = write("## [1.1.0]\n\n[unreleased]: https://f.example/compare/demo-v1.1.0...HEAD", {
    version: "1.2.0rc1",
    tag: "demo-v1.2.0-rc.1",
  });

  assert.match(
    text,
    /\[unreleased\]: https:\/\/f\.example\/compare\/demo-v1\.2\.0-rc\.1\.\.\.HEAD\n\[1\.2\.0rc1\]: .*demo-v1\.1\.0\.\.\.demo-v1\.2\.0-rc\.1$/,
  );
});

test("a section that is there is left alone when it says the same, and refused with its line when it does not", () => {
  const text = "# C\n\n## 1.2.0 - 2026-11-20\n\n- new\n\n## 1.1.0\n";

  assert.deepEqual(writeSection(text, added, python), { kind: "same" } satisfies Written);
  assert.deepEqual(writeSection(text, { ...added, body: "- other" }, python), { kind: "different", line: 3 } satisfies Written);
  assert.deepEqual(writeSection(text, { version: "1.2.0", date: "2026-11-21" }, python), { kind: "same" } satisfies Written);
});

test("a section that is there and empty is filled, and an open date becomes the head's", () => {
  assert.equal(write("## 1.2.0 (unreleased)\n\n## 1.1.0\n- a\n"), "## 1.2.0 (2026-11-21)\n\n- new\n\n## 1.1.0\n- a\n");
  assert.equal(write("## 1.2.0\n### Added\n"), "## 1.2.0\n\n- new\n\n### Added\n");
  assert.equal(write(write("## 1.2.0\n### Added\n")), "same");
  assert.equal(write("## [1.2.0] - Unreleased\n- by hand\n", { body: "" }), "## [1.2.0] - 2026-11-21\n- by hand\n");
});

test("nothing to tell is nothing to write", () => {
  for (const text of ["", "# C\n", "## Unreleased\n\n### Added\n\n## 1.1.0\n- a\n"])
    assert.equal(write(text, { body: "" }), "nothing", text);
});

test("the day is that of UTC", () => {
  assert.equal(dayOf(1_795_305_599), "2026-11-21");
  assert.equal(dayOf(1_795_305_600), "2026-11-22");
});

const line = fc.constantFrom(
  "- item",
  "",
  "text [docs]",
  "### Added",
  "```",
  "<!-- c -->",
  "  - deep",
  "[docs]: https://d.example",
  "---",
  "> q",
  "\t",
  "# 0.7",
  "é🦀",
);
const heading = fc.constantFrom("## [Unreleased]", "## [1.1.0] - 2026-01-01", "## 1.0.0", "## v0.9", "## Notes", "1.0.5\n---", "### 0.8");
const file = fc
  .tuple(
    fc.constantFrom("", "\uFEFF", "# Changelog\n\n"),
    fc.array(fc.oneof({ weight: 3, arbitrary: line }, heading), { maxLength: 30 }),
    fc.boolean(),
  )
  .map(([head, lines, crlf]) => {
    const text = `${head}${lines.join("\n")}\n`;
    return crlf ? text.replaceAll("\n", "\r\n") : text;
  });

test("whatever the file: every line of it is still there, and nothing is new but heading, underline and text", () => {
  fc.assert(
    fc.property(file, (text) => {
      const first = writeSection(text, added, python);
      assert.equal(first.kind, "written");
      if (first.kind !== "written") return;

      const sorted = (some: string): readonly string[] =>
        some
          .replace("\uFEFF", "")
          .split(/\r?\n/)
          .filter((one) => one.trim() !== "")
          .toSorted();
      const left = [...sorted(first.text)];
      for (const one of sorted(text)) {
        const at = left.indexOf(one);
        assert.notEqual(at, -1, `lost: ${JSON.stringify(one)}`);
        left.splice(at, 1);
      }
      assert.equal(left.includes("- new"), true);
      assert.ok(left.length <= 3, `new: ${JSON.stringify(left)}`);
      assert.equal(first.text.startsWith("\uFEFF"), text.startsWith("\uFEFF"));
    }),
    { numRuns: 500 },
  );
});

test("whatever the file: what was written is found again as this version's section, and writing it again changes nothing", () => {
  // A fence or comment that is open at the insertion hides what follows it: such files are sorted out.
  const closed = file.filter((text) => !text.includes("```"));
  fc.assert(
    fc.property(closed, (text) => {
      const first = writeSection(text, added, python);
      if (first.kind !== "written") return;
      const changelog = readChangelog(first.text, python);
      const section = sectionOf(changelog, readVersion(pep440, "1.2.0"), python);

      assert.ok(section !== undefined, first.text);
      assert.match(bodyOf(changelog, section), /(?:^|\n\r?\n)- new$/);
      assert.deepEqual(writeSection(first.text, added, python), { kind: "same" });
    }),
    { numRuns: 500 },
  );
});
