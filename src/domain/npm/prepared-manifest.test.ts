import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../configuration.ts";
import { prepareManifest, readmeAmong } from "./prepared-manifest.ts";

/** The members that differ from the package's own after preparing, without those that every package gets. */
function prepared(more: JsonObject, packed?: Parameters<typeof prepareManifest>[1]): JsonObject {
  const {
    name: _name,
    version: _version,
    _id: _same,
    readme: _readme,
    ...rest
  } = prepareManifest({ name: "@slip/demo", version: "1.0.0", ...more }, packed);
  return rest;
}

test("a package without anything gets its id and the words for no README", () => {
  assert.deepEqual(prepareManifest({ name: " demo ", version: "1.0.0", _from: "x" }), {
    name: "demo",
    version: "1.0.0",
    readme: "ERROR: No README data found!",
    _id: "demo@1.0.0",
  });
});

test("the package.json that came in is not changed", () => {
  const manifest = { name: "demo", version: "1.0.0", bin: "./x.js", dependencies: { a: "o/r" }, bundledDependencies: ["b"] };
  const before = JSON.stringify(manifest);

  prepareManifest(manifest);

  assert.equal(JSON.stringify(manifest), before);
});

test("programs never lead out of the package, and are named without a scope", () => {
  assert.deepEqual(prepared({ bin: "./cli.js" }), { bin: { demo: "cli.js" } });
  assert.deepEqual(prepared({ bin: { "../../a": "../../etc/x", b: 5, "": "y" } }), { bin: { a: "etc/x" } });
  assert.deepEqual(prepared({ bin: ["tools/one.js"] }), { bin: { "one.js": "tools/one.js" } });
  assert.deepEqual(prepared({ bin: false }), {});
});

test("what the packed files tell is filled in", () => {
  const paths = ["package.json", "index.js", "index.d.ts", "server.js", "x.gyp", "man/a.1", "man/b.txt", "bin/.hidden", "bin/run"];
  const found = prepared({ directories: { bin: "bin", man: "./man" } }, { paths, authors: "# who\nAda <a@b.c>\n" });

  assert.deepEqual(found, {
    directories: { bin: "bin", man: "./man" },
    bin: { run: "bin/run" },
    man: ["man/a.1"],
    types: "./index.d.ts",
    scripts: { install: "node-gyp rebuild", start: "node server.js" },
    gypfile: true,
    contributors: [{ name: "Ada", email: "a@b.c" }],
  });
});

test("the README gives the description that is missing", () => {
  const readme = { name: "README.md", text: "# Demo\n\nFirst\nparagraph.\n\nSecond.\n" };
  const whole = prepareManifest({ name: "demo", version: "1.0.0" }, { paths: [], readme });

  assert.deepEqual([whole["readme"], whole["readmeFilename"], whole["description"]], [readme.text, "README.md", "First paragraph."]);
});

test("of several READMEs the one in Markdown at the top is taken", () => {
  assert.equal(readmeAmong(["docs/README.md", "README", "readme.txt", "Readme.markdown"]), "Readme.markdown");
  assert.equal(readmeAmong(["README", "a"]), "README");
  assert.equal(readmeAmong(["readme.txt", "docs/README.md"]), undefined);
});

test("what is bundled is depended upon, and every way to write it is one", () => {
  const bundled = { bundleDependencies: ["a"], dependencies: { a: "*" } };
  assert.deepEqual(prepared({ bundledDependencies: ["a"] }), bundled);
  assert.deepEqual(prepared({ bundleDependencies: true, dependencies: { a: "*" } }), bundled);
  assert.deepEqual(prepared({ bundleDependencies: false }), {});
});

test("wrong members are dropped or written as what they mean", () => {
  assert.deepEqual(prepared({ keywords: "a, b", files: ["x", 5, ""], description: 7, modules: {}, dependencies: "a@^1 b" }), {
    keywords: ["a", "b"],
    files: ["x"],
    dependencies: { a: "^1", b: "" },
  });
  assert.deepEqual(prepared({ scripts: { a: "node_modules/.bin/x", b: 5 }, homepage: "slip.example", bugs: "a@b.c" }), {
    scripts: { a: "x" },
    homepage: "http://slip.example",
    bugs: { email: "a@b.c" },
  });
});
