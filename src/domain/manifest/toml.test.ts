import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { versionsOf, withVersion } from "../../../test/support/edit-manifest.ts";
import { readCargoLock } from "./cargo-lock.ts";
import { readCargoManifest } from "./cargo-manifest.ts";
import { editsFor } from "./edit.ts";
import { readPyproject } from "./pyproject.ts";
import { readToml } from "./toml.ts";
import { readUvLock } from "./uv-lock.ts";
import { verifyEdits } from "./verify.ts";

/** Edits only `text`'s one place of "1.0.0" that the format means; the expected result has 2.0.0 there. */
function editsOnly(marked: string): void {
  const before = marked.replaceAll("@@", "");
  const after = marked.replace(/@@1\.0\.0@@/g, "2.0.0");
  assert.equal(withVersion(before, readPyproject(before), "2.0.0"), after, marked);
}

describe("pyproject.toml", () => {
  test("comments, alignment, quotes, CRLF, BOM, trailing blanks and a missing final newline stay", () => {
    editsOnly(
      '\ufeff# version = "1.0.0"\r\n[project]\r\nname   = "x"   \r\nversion=\t\'@@1.0.0@@\'   # version = "1.0.0"\r\narr = [\r\n  "1.0.0", # c\r\n]',
    );
    editsOnly('project = { name = "x", version = "@@1.0.0@@", dependencies = ["y==1.0.0"] }\n');
    editsOnly('project.version = "@@1.0.0@@"\n["project"."optional"]\nversion = "1.0.0"\n');
    editsOnly('[tool.poetry]\nversion = "@@1.0.0@@"\n[tool.poetry.dependencies]\nz = { version = "1.0.0" }\n');
    editsOnly(
      '[project]\nversion = "@@1.0.0@@"\n[tool.bumpversion]\ncurrent_version = "@@1.0.0@@"\n[tool.commitizen]\nversion = "@@1.0.0@@"\n[tool.other]\nversion = "1.0.0"\n',
    );
    editsOnly('[project]\ndescription = """\nversion = "1.0.0"\n"""\nversion = "@@1.0.0@@"\n');
  });

  test("what is no plain string is refused with its place", () => {
    assert.deepEqual(readPyproject("[project]\nversion = 1.0\n"), {
      kind: "refused",
      reason: '"project.version" is no string',
      line: 2,
      column: 11,
    });
    assert.equal(readPyproject('[project]\nversion = """1.0"""\n').kind, "refused");
    assert.equal(readPyproject('[project]\nversion = "1\\u002e0"\n').kind, "refused");
    const broken = readPyproject('[project]\r\nname = "x"\r\nversion = \r\n');
    assert.ok(broken.kind === "refused" && broken.line === 4 && broken.reason.startsWith("it is no TOML: "));
    assert.deepEqual(versionsOf(readPyproject('[project]\ndynamic = ["version"]\n')), []);
  });

  test("a very long text is refused before it is read", () => {
    assert.equal(readToml(" ".repeat(5_000_000)).kind, "refused");
  });
});

test("whatever stands around it, in whatever spelling: only the version changes, and another parser sees only that", () => {
  const fakes = [
    '# version = "1.0.0"',
    "   \t",
    'classifiers = [ "1.0.0", # x\n"1.0.0" ]',
    `description = '''\nversion = "1.0.0"\n'''`,
    'x = { version = "1.0.0" } # y',
    'urls."version" = "1.0.0"',
    'readme = """\\\n  version = "1.0.0"\n"""',
  ];
  const fake = fc.shuffledSubarray(fakes).chain((all) => fc.nat(all.length).map((at) => [all.slice(0, at), all.slice(at)] as const));
  const own = fc.constantFrom('version = "1.0.0"', "version='1.0.0'", '"version"\t=\t"1.0.0"   # "1.0.0"', "'version' = '1.0.0'");
  const lines = fc.tuple(fake, own, fc.constantFrom("\n", "\r\n"), fc.constantFrom("", "\ufeff"));
  let edited = 0;
  fc.assert(
    fc.property(lines, fc.boolean(), ([[above, below], line, end, mark], final) => {
      const before = `${mark}${["[project]", ...above, line, ...below].join("\n").replaceAll("\n", end)}${final ? end : ""}`;
      const reading = readPyproject(before);
      const made = editsFor(before, reading, "2.0.0rc1");
      assert.ok(made.kind === "edits");
      const after = withVersion(before, reading, "2.0.0rc1");

      assert.deepEqual(verifyEdits("toml", { before, after }, made.edits), { kind: "as-meant" });
      edited += made.edits.length;
    }),
    { numRuns: 200 },
  );
  assert.equal(edited, 200);
});

describe("Cargo.toml", () => {
  const read = (text: string) => {
    const found = readCargoManifest(text);
    assert.ok(found.kind === "cargo", JSON.stringify(found));
    return found.manifest;
  };

  test("the package's version, or that it is the workspace's, however it is written", () => {
    const own = (text: string): unknown => {
      const { package: found } = read(text);
      return typeof found?.version === "object" ? found.version.version : found?.version;
    };
    assert.equal(own('[package]\nname = "x"\nversion = "1.0.0"\n'), "1.0.0");
    assert.equal(own('package = { name = "x", version = "1.0.0" }\n'), "1.0.0");
    assert.equal(own('[package]\nname = "x"\nversion.workspace = true\n'), "workspace");
    assert.equal(own('[package]\nname = "x"\nversion = { workspace = true }\n'), "workspace");
    assert.equal(own('[package]\nname = "x"\n'), undefined);
  });

  test("a workspace, its members and its version; what may be published", () => {
    const root = read('[workspace]\nmembers = ["a", # b\n "c/*"]\nexclude = ["d"]\n[workspace.package]\nversion = "1.0.0"\n');
    assert.deepEqual([root.workspace?.members, root.workspace?.exclude, root.workspace?.version?.version], [["a", "c/*"], ["d"], "1.0.0"]);
    assert.equal(read("[workspace]\n").workspace?.version, undefined);
    const published = (line: string) => read(`[package]\nname = "x"\nversion = "1.0.0"\n${line}\n`).package?.publishable;
    assert.deepEqual(["publish = false", "publish = []", 'publish = ["crates"]', ""].map(published), [false, false, true, true]);
  });

  test("dependencies with a path are found in every table that can hold one", () => {
    const { local } = read(`
[dependencies]
a = { path = "../a", version = "=1.0.0" }
b.path = "../b"
b.version = "1.0.0"
c = "1.0.0"
[dev-dependencies.d]
version = "1.0"
path = "../d"
[target.'cfg(unix)'.build-dependencies]
renamed = { package = "e", path = "../e" }
[workspace.dependencies]
f = { version = "1.0.0", path = "f", default-features = false }
[patch.somewhere]
g = { path = "../g", version = "1.0.0" }
[features]
path = []
`);
    assert.deepEqual(
      local.map((one) => [one.name, one.path, one.requirement?.version]),
      [
        ["a", "../a", "=1.0.0"],
        ["b", "../b", "1.0.0"],
        ["d", "../d", "1.0"],
        ["e", "../e", undefined],
        ["f", "f", "1.0.0"],
      ],
    );
  });
});

describe("lock files", () => {
  test("Cargo.lock: entries of the workspace alone, and dependants that name the version", () => {
    const text = [
      "# made by a program",
      "version = 4",
      "",
      '[[package]]\nname = "demo"\nversion = "1.0.0"\ndependencies = [\n "demo-core",\n "demo 1.0.0",\n "other 1.0.0",\n]\n',
      '[[package]]\nname = "demo"\nversion = "1.0.0"\nsource = "registry+somewhere"\nchecksum = "00"\n',
      '[[package]]\nname = "other"\nversion = "1.0.0"\ndependencies = [\n "demo 1.0.0",\n "demo 0.9.0",\n "demo 1.0.0 (registry+somewhere)",\n]\n',
      "[metadata]\n",
    ].join("\n");
    const after = withVersion(text, readCargoLock(text, new Map([["demo", ["1.0.0", "2.0.0"]]])), "2.0.0");

    assert.deepEqual(
      after.split("\n").flatMap((line, index) => (line === text.split("\n")[index] ? [] : [line])),
      ['version = "2.0.0"', ' "demo 2.0.0",', ' "demo 2.0.0",'],
    );
  });

  test("Cargo.lock: an entry is read alike as Cargo writes it and in any other form of TOML", () => {
    const written = '[[package]]\nname = "one"\nversion = "1.0.0"\ndependencies = [\n "two 1.0.0",\n "three",\n]\n\n';
    const two = '[[package]]\nname = "two"\nversion = "1.0.0"\n';
    const names = new Map([
      ["one", ["1.0.0"]],
      ["two", ["1.0.0"]],
    ]);
    for (const text of [
      written,
      written.replaceAll("\n", "\r\n"),
      written.replace('"two 1.0.0",', '"two 1.0.0", # both'),
      written.replace(/\[\n "two 1.0.0",\n "three",\n\]/, '["two 1.0.0", "three"]'),
      written.replace('version = "1.0.0"', "version = '1.0.0'"),
    ]) {
      const read = readCargoLock(text + two, names);
      assert.ok(read.kind === "read");
      const places = read.statements.map(({ name, start, end }) => [name, (text + two).slice(start, end)]);
      assert.deepEqual(places, [
        ["package one", "1.0.0"],
        ["dependency of one on two", "1.0.0"],
        ["package two", "1.0.0"],
      ]);
    }
    assert.equal(readCargoLock(written.replace('"three",\n]', '"three",'), names).kind, "refused");
  });

  test("uv.lock: the entry of the project, not one of the same name from an index", () => {
    const entry = (source: string) => `[[package]]\r\nname = "demo"\r\nversion = "1.0.0"\r\nsource = { ${source} }\r\n\r\n`;
    const text = `version = 1\r\n\r\n${entry('registry = "somewhere"')}${entry('editable = "."')}`;
    const after = withVersion(text, readUvLock(text, "demo"), "1.1.0");

    assert.equal(after, `version = 1\r\n\r\n${entry('registry = "somewhere"')}${entry('editable = "."').replace("1.0.0", "1.1.0")}`);
    assert.deepEqual(versionsOf(readUvLock('[[package]]\nname = "demo"\nsource = { virtual = "." }\n', "demo")), []);
  });

  test("an entry that is no TOML is refused where it begins", () => {
    const refused = readUvLock('version = 1\n[[package]]\nname = "demo"\nversion = \n', "demo");
    assert.ok(refused.kind === "refused" && refused.line === 2);
  });
});
