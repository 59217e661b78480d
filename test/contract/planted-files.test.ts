// A corpus of plants: archives as a builder makes them, each with one thing put in that the tagged commit does not have, or that
// acts on whoever installs it. Every one is found, and the clean archives are told as clean. Real archives, read by the real reader.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { compareArtifacts } from "../../src/app/diff/compare-artifacts.ts";
import type { DiffKind } from "../../src/app/diff/members.ts";
import type { Ecosystem } from "../../src/domain/configuration.ts";
import { sha256 } from "../../src/domain/digest.ts";
import type { PlannedPackage } from "../../src/domain/plan/plan.ts";
import type { ReleaseChange } from "../../src/domain/run/release-changes.ts";
import { createArchives } from "../../src/platform/archives/archives.ts";
import type { Files } from "../../src/platform/ports.ts";
import { aPackage, aPlan, aRegistry, anArtifact, anEnvironment, fakeRegistry } from "../support/ports.ts";
import { rawTarGz } from "../support/raw-tar.ts";
import { rawZip } from "../support/raw-zip.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

type Texts = Readonly<Record<string, string | Uint8Array>>;

interface Kind {
  readonly ecosystem: Ecosystem;
  /** Files of the commit. */
  readonly tree: Texts;
  /** Members of the clean archive of a version. */
  members(version: string): Texts;
  file(version: string): string;
}

const python = (extra = "") => `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n${extra}`;
const metadata = (version: string, extra = "") =>
  `Metadata-Version: 2.4\nName: demo\nVersion: ${version}\nRequires-Dist: httpx>=0.27\n${extra}`;
const cargo = (extra = "") => `[package]\nname = "demo"\nversion = "1.0.0"\n\n[dependencies]\nserde = "1"\n${extra}`;
const packed = (version: string, extra = "") =>
  `{ "name": "demo", "version": "${version}", "dependencies": { "left": "1" }, "scripts": { "test": "true" }${extra} }`;

const kinds: Readonly<Record<DiffKind, Kind>> = {
  sdist: {
    ecosystem: "pypi",
    tree: { "pyproject.toml": python(), "src/demo/__init__.py": "x = 1\n", "tests/data.txt": "data" },
    file: (version) => `demo-${version}.tar.gz`,
    members: (version) => ({
      [`demo-${version}/pyproject.toml`]: python(),
      [`demo-${version}/src/demo/__init__.py`]: "x = 1\n",
      [`demo-${version}/tests/data.txt`]: "data",
      [`demo-${version}/PKG-INFO`]: metadata(version),
    }),
  },
  wheel: {
    ecosystem: "pypi",
    tree: { "pyproject.toml": python(), "src/demo/__init__.py": "x = 1\n", LICENSE: "MIT" },
    file: (version) => `demo-${version}-py3-none-any.whl`,
    members: (version) => ({
      "demo/__init__.py": "x = 1\n",
      [`demo-${version}.dist-info/METADATA`]: metadata(version),
      [`demo-${version}.dist-info/WHEEL`]: "Wheel-Version: 1.0\n",
      [`demo-${version}.dist-info/RECORD`]: "",
      [`demo-${version}.dist-info/licenses/LICENSE`]: "MIT",
    }),
  },
  crate: {
    ecosystem: "crates",
    tree: { "Cargo.toml": cargo(), "src/lib.rs": "pub fn x() {}\n" },
    file: (version) => `demo-${version}.crate`,
    members: (version) => ({
      [`demo-${version}/Cargo.toml`]: cargo(),
      [`demo-${version}/Cargo.toml.orig`]: cargo(),
      [`demo-${version}/.cargo_vcs_info.json`]: "{}",
      [`demo-${version}/src/lib.rs`]: "pub fn x() {}\n",
    }),
  },
  "npm-tarball": {
    ecosystem: "npm",
    tree: { "package.json": packed("1.1.0"), "index.js": "exports.x = 1;\n" },
    file: (version) => `demo-${version}.tgz`,
    members: (version) => ({ "package/package.json": packed(version), "package/index.js": "exports.x = 1;\n" }),
  },
};

const binary = Buffer.concat([Buffer.from("\u007fELF"), Buffer.alloc(64)]);

interface Plant {
  readonly what: string;
  readonly kind: DiffKind;
  /** Put into the archive of 1.1.0, over what is there. */
  readonly put: Texts;
  /** Put into the commit too: then it is no untracked file. */
  readonly tracked?: Texts;
  readonly found: readonly ReleaseChange["kind"][];
}

const root = "demo-1.1.0";
const info = "demo-1.1.0.dist-info";
const plants: readonly Plant[] = [
  // What git does not have (xz: a build script in the tarball alone, changed test data).
  { what: "a build script in the sdist alone", kind: "sdist", put: { [`${root}/m4/build-to-host.m4`]: "eval" }, found: ["untracked-file"] },
  { what: "changed test data", kind: "sdist", put: { [`${root}/tests/data.txt`]: "payload" }, found: ["untracked-file"] },
  { what: "a changed module", kind: "sdist", put: { [`${root}/src/demo/__init__.py`]: "import os\n" }, found: ["untracked-file"] },
  {
    what: "a module beside the metadata that builders write",
    kind: "sdist",
    put: { [`${root}/src/demo.egg-info/x.py`]: "evil" },
    found: ["untracked-file"],
  },
  {
    what: "a setup.cfg that says something",
    kind: "sdist",
    put: { [`${root}/setup.cfg`]: `[options]\n${"x = evil\n".repeat(20)}` },
    found: ["untracked-file", "install-script"],
  },
  { what: "a setup.py", kind: "sdist", put: { [`${root}/setup.py`]: "import os" }, found: ["untracked-file", "install-script"] },
  { what: "a module in the wheel alone", kind: "wheel", put: { "demo/_hook.py": "evil" }, found: ["untracked-file"] },
  { what: "a changed module of the wheel", kind: "wheel", put: { "demo/__init__.py": "evil" }, found: ["untracked-file"] },
  { what: "a module in the wheel's metadata", kind: "wheel", put: { [`${info}/evil.py`]: "evil" }, found: ["untracked-file"] },
  { what: "a licence with other words", kind: "wheel", put: { [`${info}/licenses/LICENSE`]: "mine" }, found: ["untracked-file"] },
  { what: "a second package in the wheel", kind: "wheel", put: { "requests/__init__.py": "evil" }, found: ["untracked-file"] },
  { what: "a source file of the crate alone", kind: "crate", put: { [`${root}/src/evil.rs`]: "fn x() {}" }, found: ["untracked-file"] },
  {
    what: "another manifest than git's",
    kind: "crate",
    put: { [`${root}/Cargo.toml.orig`]: cargo("evil = '1'\n") },
    found: ["untracked-file"],
  },
  { what: "a script of the npm package alone", kind: "npm-tarball", put: { "package/x.js": "evil" }, found: ["untracked-file"] },
  {
    what: "another package.json than git's",
    kind: "npm-tarball",
    put: { "package/package.json": packed("1.1.0", ', "x": 1') },
    found: ["untracked-file"],
  },
  // What runs by itself.
  { what: "a .pth file", kind: "wheel", put: { "demo.pth": "import demo" }, found: ["install-script", "untracked-file"] },
  {
    what: "a .pth file that git has",
    kind: "wheel",
    put: { "demo.pth": "import demo" },
    tracked: { "demo.pth": "import demo" },
    found: ["install-script"],
  },
  { what: "a sitecustomize", kind: "wheel", put: { "sitecustomize.py": "evil" }, found: ["install-script"] },
  {
    what: "a setup.py that git has",
    kind: "sdist",
    put: { [`${root}/setup.py`]: "x" },
    tracked: { "setup.py": "x" },
    found: ["install-script"],
  },
  {
    what: "another build backend",
    kind: "sdist",
    put: { [`${root}/pyproject.toml`]: python('backend-path = ["."]\n') },
    tracked: { "pyproject.toml": python('backend-path = ["."]\n') },
    found: ["install-script"],
  },
  {
    what: "a build script of the crate",
    kind: "crate",
    put: { [`${root}/build.rs`]: "fn main() {}" },
    tracked: { "build.rs": "fn main() {}" },
    found: ["install-script"],
  },
  {
    what: "a build script by another name",
    kind: "crate",
    put: { [`${root}/Cargo.toml`]: cargo().replace("[dep", 'build = "x.rs"\n\n[dep'), [`${root}/x.rs`]: "fn main() {}" },
    tracked: { "x.rs": "fn main() {}" },
    found: ["install-script"],
  },
  {
    what: "a crate that runs in the compiler",
    kind: "crate",
    put: { [`${root}/Cargo.toml`]: cargo("\n[lib]\nproc-macro = true\n") },
    found: ["install-script"],
  },
  ...["preinstall", "install", "postinstall", "prepare"].map((name): Plant => ({
    what: `a ${name} script`,
    kind: "npm-tarball",
    put: { "package/package.json": packed("1.1.0").replace('"test"', `"${name}": "node x.js", "test"`) },
    tracked: { "package.json": packed("1.1.0").replace('"test"', `"${name}": "node x.js", "test"`) },
    found: ["install-script"],
  })),
  {
    what: "a binding.gyp, which npm compiles",
    kind: "npm-tarball",
    put: { "package/binding.gyp": "{}" },
    tracked: { "binding.gyp": "{}" },
    found: ["install-script"],
  },
  // New dependencies.
  {
    what: "a requirement of the wheel",
    kind: "wheel",
    put: { [`${info}/METADATA`]: metadata("1.1.0", "Requires-Dist: evil\n") },
    found: ["new-dependency"],
  },
  {
    what: "a requirement of the sdist",
    kind: "sdist",
    put: { [`${root}/PKG-INFO`]: metadata("1.1.0", "Requires-Dist: evil; extra == 'x'\n") },
    found: ["new-dependency"],
  },
  { what: "a dependency of the crate", kind: "crate", put: { [`${root}/Cargo.toml`]: cargo('evil = "1"\n') }, found: ["new-dependency"] },
  {
    what: "a build dependency of the crate",
    kind: "crate",
    put: { [`${root}/Cargo.toml`]: cargo('\n[build-dependencies.evil]\nversion = "1"\n') },
    found: ["new-dependency"],
  },
  {
    what: "a dependency for one platform",
    kind: "crate",
    put: { [`${root}/Cargo.toml`]: cargo("\n[target.'cfg(unix)'.dependencies]\nevil = '1'\n") },
    found: ["new-dependency"],
  },
  {
    what: "a renamed dependency",
    kind: "crate",
    put: { [`${root}/Cargo.toml`]: cargo().replace('serde = "1"', 'serde = { package = "evil", version = "1" }') },
    found: ["new-dependency"],
  },
  ...["dependencies", "optionalDependencies", "peerDependencies"].map((table): Plant => ({
    what: `one of npm's ${table}`,
    kind: "npm-tarball",
    put: {
      "package/package.json": packed("1.1.0", table === "dependencies" ? "" : `, "${table}": { "evil": "1" }`).replace(
        '"left": "1"',
        table === "dependencies" ? '"left": "1", "evil": "1"' : '"left": "1"',
      ),
    },
    found: ["new-dependency"],
  })),
  // What is put on the PATH.
  {
    what: "an entry point",
    kind: "wheel",
    put: { [`${info}/entry_points.txt`]: "[console_scripts]\nls = demo:x\n" },
    found: ["entry-point"],
  },
  {
    what: "a script of the wheel",
    kind: "wheel",
    put: { "demo-1.1.0.data/scripts/ls": "#!/bin/sh" },
    found: ["entry-point", "untracked-file"],
  },
  {
    what: "a program of the crate",
    kind: "crate",
    put: { [`${root}/Cargo.toml`]: cargo('\n[[bin]]\nname = "ls"\n') },
    found: ["entry-point"],
  },
  {
    what: "a bin of the npm package",
    kind: "npm-tarball",
    put: { "package/package.json": packed("1.1.0", ', "bin": { "ls": "index.js" }') },
    found: ["entry-point"],
  },
  // Binaries and size.
  { what: "a shared library", kind: "wheel", put: { "demo/x.so": binary }, found: ["binary-file", "untracked-file"] },
  {
    what: "a binary that git has, under a harmless name",
    kind: "sdist",
    put: { [`${root}/tests/good.txt`]: binary },
    tracked: { "tests/good.txt": binary },
    found: ["binary-file"],
  },
  { what: "a binary of the npm package", kind: "npm-tarball", put: { "package/x": binary }, found: ["binary-file", "untracked-file"] },
  { what: "a binary of the crate", kind: "crate", put: { [`${root}/src/x.a`]: "!<arch>" }, found: ["binary-file", "untracked-file"] },
  {
    what: "a jump in size",
    kind: "sdist",
    put: { [`${root}/tests/data.txt`]: randomText(400_000) },
    tracked: { "tests/data.txt": randomText(400_000) },
    found: ["size"],
  },
];

/** Text that does not compress away. */
function randomText(length: number): string {
  let text = "";
  for (let index = 0; text.length < length; index += 1) text += createHash("sha256").update(String(index)).digest("hex");
  return text.slice(0, length);
}

const nodeFiles: Pick<Files, "digest" | "info"> = {
  digest: async (file) => {
    const { readFile } = await import("node:fs/promises");
    const bytes = await readFile(file);
    return { sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.length };
  },
  info: async (file) => {
    const info = statSync(file, { throwIfNoEntry: false });
    return info === undefined ? undefined : ({ kind: "file", sizeBytes: info.size, mode: info.mode, modifiedMs: info.mtimeMs } as never);
  },
};

function writeArchive(file: string, kind: DiffKind, members: Texts): void {
  const all = Object.entries(members).map(([name, content]) => ({ name, path: name, content: Buffer.from(content) }));
  writeFileSync(file, kind === "wheel" ? rawZip(all) : rawTarGz(all));
}

async function changesOf(
  t: TestContext,
  { kind, put, tracked = {}, generated }: Pick<Plant, "kind" | "put" | "tracked"> & { readonly generated?: readonly string[] },
): Promise<readonly ReleaseChange[]> {
  const folder = temporaryFolder(t);
  const of = kinds[kind];
  const tree = { ...of.tree, ...tracked };
  for (const [name, content] of Object.entries(tree)) {
    mkdirSync(path.dirname(path.join(folder, "tree", name)), { recursive: true });
    writeFileSync(path.join(folder, "tree", name), content);
  }
  const [before, after] = [path.join(folder, "before"), path.join(folder, "after")];
  writeArchive(before, kind, of.members("1.0.0"));
  writeArchive(after, kind, { ...of.members("1.1.0"), ...put });
  const name = of.file("1.1.0");
  const planned: PlannedPackage = aPackage({
    id: "demo",
    name: "demo",
    ecosystem: of.ecosystem,
    version: "1.1.0",
    folder: ".",
    ...(generated === undefined ? {} : { generated }),
  });
  const registry = aRegistry({ name: "main", ecosystem: of.ecosystem, test: false });
  const size = (file: string): number => statSync(file).size;
  const [diff, ...others] = await compareArtifacts(
    { archives: createArchives(), files: nodeFiles as Files },
    {
      plan: aPlan({ packages: [planned], environments: [anEnvironment({ registries: [registry] })] }),
      built: [
        { artifact: { ...anArtifact(kind, name, { package: "demo", sizeBytes: size(after) }), kind }, package: planned, file: after },
      ],
      tree: { kind: "copied", folder: path.join(folder, "tree"), paths: Object.keys(tree) },
      folder,
      signal: t.signal,
      registry: () =>
        fakeRegistry("main", {
          versions: async () => ({ kind: "listed", versions: ["1.0.0"] }),
          survey: async () => ({ kind: "listed", files: [{ name: of.file("1.0.0"), url: "" }] }),
          download: async (_publication, to) => {
            copyFileSync(before, to ?? "");
            return { kind: "downloaded", sha256: sha256("0".repeat(64)), sizeBytes: size(before) };
          },
        }),
    },
  );
  assert.ok(diff !== undefined && others.length === 0);
  return diff.changes;
}

for (const kind of Object.keys(kinds) as DiffKind[]) {
  test(`a clean ${kind} holds nothing that deserves a look`, async (t) => {
    assert.deepEqual(await changesOf(t, { kind, put: {} }), []);
  });
}

for (const plant of plants) {
  test(`found in the ${plant.kind}: ${plant.what}`, async (t) => {
    const found = new Set((await changesOf(t, plant)).map(({ kind }) => kind));

    for (const kind of plant.found) assert.ok(found.has(kind), `${kind} is not among ${[...found].join(", ") || "nothing"}`);
  });
}

test("what slipway.yaml declares as generated is no untracked file, and everything else still is", async (t) => {
  const put = { "demo/_version.py": "v = 1", "demo/_other.py": "evil" };

  const changes = await changesOf(t, { kind: "wheel", put, generated: ["demo/_version.py"] });

  assert.deepEqual(
    changes.map(({ kind, what }) => [kind, what]),
    [["untracked-file", '"demo/_other.py" is no file of the commit']],
  );
});
