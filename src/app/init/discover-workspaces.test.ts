import assert from "node:assert/strict";
import { test } from "node:test";
import { discoverPackages, type Discovery } from "./discover.ts";

const crate = (name: string, more = 'version = "1.0.0"\n', below = ""): string =>
  `[package]\nname = "${name}"\ndescription = "d"\nlicense = "MIT"\n${more}${below}`;
const json = (name: string, more: object = {}): string => JSON.stringify({ name, version: "1.0.0", ...more });

async function discovered(files: Readonly<Record<string, string>>): Promise<Discovery> {
  return discoverPackages({ paths: Object.keys(files), read: async (file) => files[file.replace(/^\.\//, "")] });
}

const told = ({ packages }: Discovery): readonly string[] =>
  packages.map((one) => `${one.ecosystem} ${one.folder} ${one.name}${one.members === undefined ? "" : ` [${one.members.join(" ")}]`}`);

test("crates of one version are one package, whoever says the version", async () => {
  const discovery = await discovered({
    "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "2.0.0"\n',
    "crates/demo/Cargo.toml": crate("demo", "version.workspace = true\n"),
    "crates/core/Cargo.toml": crate("demo-core", "version.workspace = true\n"),
    "crates/checks/Cargo.toml": crate("demo-checks", 'version = "0.0.0"\npublish = false\n'),
  });

  assert.deepEqual(told(discovery), ["crates . demo [demo-core demo]"]);
  assert.deepEqual(discovery.leftOut.map(({ folder }) => folder), ["crates/checks"]); // prettier-ignore
});

test("crates with versions of their own are a package each, and so are all where the registry would not take one of them", async () => {
  const root = '[workspace]\nmembers = ["a", "b", "c"]\n';
  const own = await discovered({ "Cargo.toml": root, "a/Cargo.toml": crate("a"), "b/Cargo.toml": crate("b", 'version = "2.0.0"\n') });
  const bare = await discovered({
    "Cargo.toml": root,
    "a/Cargo.toml": crate("a"),
    "b/Cargo.toml": crate("b"),
    "c/Cargo.toml": '[package]\nname = "c"\nversion = "1.0.0"\n',
  });

  assert.deepEqual(told(own), ["crates a a", "crates b b"]);
  assert.deepEqual(told(bare), ["crates a a", "crates b b"]);
  assert.match(bare.leftOut[0]?.why ?? "", /says no description and no license/);
});

test("what a Python package is compiled from is no crate of its own; a workspace beside it is", async () => {
  const python = '[build-system]\nbuild-backend = "maturin"\n[project]\nname = "demo"\nversion = "1.0.0"\nreadme = "r"\n';
  const single = await discovered({ "pyproject.toml": python, "Cargo.toml": crate("demo") });
  const whole = await discovered({
    "pyproject.toml": python,
    "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n',
    "crates/a/Cargo.toml": crate("a"),
    "crates/ext/Cargo.toml": crate("ext", undefined, '[lib]\ncrate-type = ["cdylib"]\n'),
  });

  assert.deepEqual(told(single), ["pypi . demo"]);
  assert.deepEqual(told(whole), ["pypi . demo", "crates crates/a a"]);
});

test("npm packages that are not private, with the build that their workspace has", async () => {
  const files = {
    "package.json": json("root", { private: true, workspaces: ["packages/*"], scripts: { build: "make" } }),
    "package-lock.json": "{}",
    "packages/a/package.json": json("@demo/a"),
    "packages/b/package.json": json("@demo/b"),
    "packages/site/package.json": json("site", { private: true }),
  };
  const one = await discovered(files);
  const each = await discovered({ ...files, "packages/b/package.json": json("@demo/b", { version: "2.0.0" }) });

  assert.deepEqual(told(one), ["npm . root [@demo/a @demo/b]"]);
  assert.deepEqual(one.packages.map((found) => found.ecosystem === "npm" && found.build), [{ own: "npm run build" }]); // prettier-ignore
  assert.deepEqual(told(each), ["npm packages/a @demo/a", "npm packages/b @demo/b"]);
  assert.deepEqual(each.packages.map((found) => found.ecosystem === "npm" && found.build), [{ workspace: "npm run build" }, { workspace: "npm run build" }]); // prettier-ignore
  assert.deepEqual(one.leftOut.map(({ folder }) => folder), [".", "packages/site"]); // prettier-ignore
});

test("a pnpm workspace is built by pnpm; tools of a Python project and extensions of editors are not released", async () => {
  const pnpm = await discovered({
    "package.json": json("root", { private: true, packageManager: "pnpm@9.1.0", scripts: { build: "x" } }),
    "pnpm-lock.yaml": "",
    "pnpm-workspace.yaml": "packages: [packages/*]\n",
    "packages/a/package.json": json("a"),
    "packages/code/package.json": json("code", { engines: { vscode: "^1" } }),
  });
  const tools = await discovered({ "pyproject.toml": '[project]\nname = "demo"\nversion = "1.0"\n', "package.json": json("tools") });

  assert.deepEqual(told(pnpm), ["npm packages/a a"]);
  assert.deepEqual(pnpm.packages.map((found) => found.ecosystem === "npm" && found.build), [{ workspace: "pnpm run build" }]); // prettier-ignore
  assert.deepEqual(told(tools), ["pypi . demo"]);
});
