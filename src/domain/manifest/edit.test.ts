import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { withVersion } from "../../../test/support/edit-manifest.ts";
import { editsFor, placeOf, refuseAt, splice } from "./edit.ts";
import { readHatchPattern } from "./hatch-pattern.ts";
import { faultOfFilePattern, readPattern } from "./pattern.ts";
import { readSetupCfg } from "./setup-cfg.ts";
import { verifyEdits } from "./verify.ts";
import { readVersionFile } from "./version-file.ts";

test("splice() replaces spans in any order, and refuses those that overlap or leave the text", () => {
  const edit = (start: number, end: number, text: string) => ({ start, end, text });

  assert.equal(splice("abcdef", [edit(4, 5, "E"), edit(0, 1, "AA")]), "AAbcdEf");
  assert.equal(splice("abc", [edit(0, 2, "x"), edit(1, 3, "y")]), undefined);
  assert.equal(splice("abc", [edit(2, 4, "x")]), undefined);
});

test("splice() keeps everything outside of the spans, whatever the text", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: "grapheme", minLength: 1, maxLength: 5 }), fc.string(), fc.string()), { maxLength: 4 }),
      (pieces) => {
        let at = 0;
        const edits = pieces.map(([kept, gone, fresh]) => {
          const start = at + kept.length;
          at = start + gone.length;
          return { start, end: at, text: fresh };
        });

        assert.equal(
          splice(pieces.map(([kept, gone]) => kept + gone).join(""), edits.toReversed()),
          pieces.map(([kept, , fresh]) => kept + fresh).join(""),
        );
      },
    ),
  );
});

test("a new version that is no plain text is refused: in quotes it would be something else", () => {
  const reading = readVersionFile("1.0.0");
  for (const version of ['1.0"', "1.0\n", "1 0", "", "$(x)", "1.0\\"]) assert.equal(editsFor("1.0.0", reading, version).kind, "refused");
  assert.equal(withVersion("1.0.0", reading, "1!1.0+a_b-c"), "1!1.0+a_b-c");
});

test("places count lines of every kind from 1, and a BOM takes no column", () => {
  assert.deepEqual(placeOf("\ufeffab", 2), { line: 1, column: 2 });
  assert.deepEqual(placeOf("a\r\nb\rc\nd", 7), { line: 4, column: 1 });
  assert.deepEqual(refuseAt("a\nbc", 3, "why"), { kind: "refused", reason: "why", line: 2, column: 2 });
});

test("VERSION: blanks, line ends and a BOM stay; a second word is refused with its place", () => {
  assert.equal(withVersion("\ufeff  1.0\r\n\r\n", readVersionFile("\ufeff  1.0\r\n\r\n"), "1.1rc1"), "\ufeff  1.1rc1\r\n\r\n");
  assert.deepEqual(readVersionFile(" \n"), { kind: "read", statements: [] });
  assert.deepEqual(readVersionFile("1.0\n# why\n"), { kind: "refused", reason: "something else follows the version", line: 2, column: 1 });
});

test("setup.cfg: the version of [metadata] alone, with everything around it", () => {
  const text = "[bumpversion]\r\nversion = 9\r\n[metadata]\r\n# version = 0\r\nVersion :  1.0  \r\nname = x\r\n";
  assert.equal(withVersion(text, readSetupCfg(text), "2.0"), text.replace("1.0", "2.0"));
  for (const other of ["[metadata]\nversion = attr: x.y\n", "[metadata]\nversion = file: VERSION\n", "[options]\nversion = 1\n", ""]) {
    assert.deepEqual(readSetupCfg(other), { kind: "read", statements: [] }, other);
  }
  assert.deepEqual(readSetupCfg("[metadata]\nversion =\n  1.0\n"), {
    kind: "refused",
    reason: "the version does not stand on the line of its key",
    line: 2,
    column: 10,
  });
});

test("a pattern finds the version where the text around it is, and only there", () => {
  const cases = [
    ['version = "{version}"', 'x = "1.0"\nversion = "1.0"\n', 'x = "1.0"\nversion = "2.0"\n'],
    ["release {version}.", "In release 1.0. All of release 1.0.", "In release 2.0. All of release 2.0."],
    ["demo-{version}.tar.gz", "get demo-1.0.tar.gz and demo-x.tar.gz", "get demo-2.0.tar.gz and demo-x.tar.gz"],
    ["image:{version}-alpine", "image:1.0-rc.1-alpine", "image:2.0-alpine"],
    ["v{version}", "v1.0, vast, v1.0.", "v2.0, vast, v2.0."],
    ["(?:{version})*", "(?:1.0)*", "(?:2.0)*"],
  ] as const;
  for (const [pattern, before, after] of cases) {
    assert.equal(faultOfFilePattern(pattern), undefined, pattern);
    assert.equal(withVersion(before, readPattern(before, pattern), "2.0"), after, pattern);
  }
});

test("a pattern that could mean anything is refused", () => {
  for (const pattern of ["x", "{version}{version}", "{version}", " {version} ", "1.{version}", "a{version}b", "a\n{version}"]) {
    assert.equal(typeof faultOfFilePattern(pattern), "string", pattern);
  }
});

test("a project's own expression is used where JavaScript reads it alike, and refused elsewhere", () => {
  const text = "# VER: 1.0\nVER: 1.1 # x\n";
  assert.equal(withVersion(text, readHatchPattern(text, "(?i)^ver: (?P<version>[^ ]+)"), "2.0"), "# VER: 1.0\nVER: 2.0 # x\n");
  assert.equal(readHatchPattern(text, "(?P<version>").kind, "refused");
  assert.deepEqual(readHatchPattern(text, "^none (?P<version>.)"), { kind: "read", statements: [] });
});

test("verifyEdits() accepts the change that was meant, and no other", () => {
  const toml = {
    before: 'a = "1.0" # c\nb = ["=1.0"]\nd = 2026-01-01\nn = 9007199254740993\n',
    after: 'a = "1.1" # c\nb = ["=1.0"]\nd = 2026-01-01\nn = 9007199254740993\n',
  };
  const edit = { start: 5, end: 8, text: "1.1" };

  assert.deepEqual(verifyEdits("toml", toml, [edit]), { kind: "as-meant" });
  assert.equal(verifyEdits("toml", toml, []).kind, "not-as-meant");
  assert.equal(verifyEdits("toml", toml, [edit, { ...edit, text: "1.2" }]).kind, "not-as-meant");
  assert.equal(verifyEdits("toml", { ...toml, after: toml.after.replace("=1.0", "=1.1") }, [edit]).kind, "not-as-meant");
  assert.equal(verifyEdits("toml", { ...toml, after: 'a = "' }, [edit]).kind, "not-as-meant");
  assert.deepEqual(
    verifyEdits("json", { before: '\ufeff{"v": "^1.0"}', after: '\ufeff{"v": "^1.1"}' }, [{ start: 9, end: 12, text: "1.1" }]),
    { kind: "as-meant" },
  );
});
