// What an archive declares about itself that acts on whoever installs it: what it needs, what runs at install or build, and what it
// puts on the PATH. One reading for each kind, so that two versions can be held against each other.
import { headersOf, parseCoreMetadata } from "../../domain/pypi/core-metadata.ts";
import { memberAt, membersOf as jsonMembers, readJson, stringOf } from "../../domain/manifest/json.ts";
import { below, readToml, stringAt, type TomlLeaf } from "../../domain/manifest/toml.ts";
import type { Archive } from "../../platform/ports.ts";
import type { DiffKind, Members } from "./members.ts";
import { entryPointsIn, plainSpaces } from "./metadata.ts";

export interface Declared {
  /** `name` and how, one line each. */
  readonly dependencies: readonly string[];
  /** Names alone: a dependency is new when its name is. */
  readonly dependencyNames: readonly string[];
  /** What runs without being called by name, with its digest or its words: another text is another hook. */
  readonly hooks: readonly string[];
  readonly entryPoints: readonly string[];
}

export interface Reading {
  readonly archive: Archive;
  /** By comparable path. */
  readonly members: Members;
  readonly kind: DiffKind;
}

export async function declaredIn(reading: Reading): Promise<Declared> {
  switch (reading.kind) {
    case "wheel":
    case "sdist":
      return pythonDeclared(reading);
    case "crate":
      return crateDeclared(reading);
    case "npm-tarball":
      return npmDeclared(reading);
  }
}

/** Metadata is text of people; a longer one is told as if it were not there. */
const textBytesMax = 16 * 1024 * 1024;

export async function textIn(archive: Archive, form: RegExp): Promise<string | undefined> {
  const member = archive.members.find(({ path }) => form.test(path));
  if (member === undefined) return undefined;
  const read = await archive.readText(member.path, textBytesMax);
  return read.kind === "text" ? read.text : undefined;
}

async function pythonDeclared({ archive, members, kind }: Reading): Promise<Declared> {
  const metadata = (await textIn(archive, kind === "wheel" ? /^[^/]+\.dist-info\/METADATA$/ : /^[^/]+\/PKG-INFO$/)) ?? "";
  const dependencies = headersOf(parseCoreMetadata(metadata), "Requires-Dist").map(plainSpaces);
  const points = await textIn(
    archive,
    kind === "wheel" ? /^[^/]+\.dist-info\/entry_points\.txt$/ : /^[^/]+\/(?:src\/)?[^/]+\.egg-info\/entry_points\.txt$/,
  );
  const scripts = [...members.keys()].flatMap((path) => (path.startsWith("*.data/scripts/") ? [`script: ${path}`] : []));
  const hooks = hookFiles(
    members,
    kind === "wheel" ? /(?:^|\/)[^/]+\.pth$|^(?:sitecustomize|usercustomize)\.py$/ : /^(?:setup\.py|setup\.cfg)$|(?:^|\/)[^/]+\.pth$/,
  );
  const backend = kind === "sdist" ? buildSystem((await textIn(archive, /^[^/]+\/pyproject\.toml$/)) ?? "") : [];
  return {
    dependencies,
    dependencyNames: dependencies.map((line) => (/^[A-Za-z0-9._-]+/.exec(line)?.[0] ?? line).toLowerCase().replace(/[-_.]+/g, "-")),
    hooks: [...hooks, ...backend],
    entryPoints: [...entryPointsIn(points ?? ""), ...scripts],
  };
}

function hookFiles(members: Members, form: RegExp): readonly string[] {
  return [...members].filter(([path]) => form.test(path)).map(([path, { sha256 }]) => `${path} (sha256 ${sha256.slice(0, 12)})`);
}

/** What runs when the sdist is built on the user's machine: the backend, and what it is allowed to bring. */
function buildSystem(text: string): readonly string[] {
  return leavesOf(text)
    .filter(({ path }) => path[0] === "build-system")
    .map(
      ({ path, value }) =>
        `build-system ${path
          .filter((key) => typeof key === "string")
          .slice(1)
          .join(".")}: ${String(value)}`,
    );
}

function leavesOf(text: string): readonly TomlLeaf[] {
  const read = readToml(text);
  return read.kind === "toml" ? read.leaves : [];
}

const dependencyTables: readonly string[] = ["dependencies", "build-dependencies"];

async function crateDeclared({ archive, members }: Reading): Promise<Declared> {
  const leaves = leavesOf((await textIn(archive, /^[^/]+\/Cargo\.toml$/)) ?? "");
  const needed = leaves.flatMap(({ path, value }) => {
    const at = path.findIndex((key) => dependencyTables.includes(String(key)));
    const name = path[at + 1];
    const isTable = at === 0 || (at === 2 && path[0] === "target");
    return isTable && name !== undefined
      ? [{ name: packageOf(leaves, path.slice(0, at + 2)), line: `${path.slice(at, path.length).join(".")} = ${String(value)}` }]
      : [];
  });
  const build = stringAt(leaves, ["package", "build"]);
  const links = stringAt(leaves, ["package", "links"]);
  const isMacro = below(leaves, ["lib"]).some(({ path, value }) => path[1] === "proc-macro" && value === true);
  const bins = leaves.flatMap(({ path, value }) => (path[0] === "bin" && path[2] === "name" ? [`program: ${String(value)}`] : []));
  const script = build ?? "build.rs";
  return {
    dependencies: needed.map(({ line }) => line),
    dependencyNames: [...new Set(needed.map(({ name }) => name))],
    hooks: [
      ...[...members]
        .filter(([path]) => path === script || path === "build.rs")
        .map(([path, { sha256 }]) => `${path} (sha256 ${sha256.slice(0, 12)})`),
      ...(links === undefined ? [] : [`links = ${links}`]),
      ...(isMacro ? ["proc-macro = true: runs in the compiler"] : []),
    ],
    entryPoints: bins,
  };
}

/** Past a renaming. */
function packageOf(leaves: readonly TomlLeaf[], path: readonly (string | number)[]): string {
  return stringAt(leaves, [...path, "package"]) ?? String(path.at(-1));
}

const npmTables = ["dependencies", "optionalDependencies", "peerDependencies"] as const;
/** Scripts that npm runs when somebody installs the package. */
const npmHooks = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];

async function npmDeclared({ archive, members }: Reading): Promise<Declared> {
  const read = readJson((await textIn(archive, /^[^/]+\/package\.json$/)) ?? "{}");
  if (read.kind !== "json") return { dependencies: [], dependencyNames: [], hooks: [], entryPoints: [] };
  const tables = npmTables.flatMap((table) =>
    jsonMembers(memberAt(read.root, [table])).map(([name, value]) => ({ table, name, what: stringOf(value) ?? "" })),
  );
  const scripts = jsonMembers(memberAt(read.root, ["scripts"])).filter(([name]) => npmHooks.includes(name));
  const bin = memberAt(read.root, ["bin"]);
  const single = stringOf(bin);
  const bins =
    single === undefined ? jsonMembers(bin).map(([name, value]) => `bin: ${name} = ${stringOf(value) ?? ""}`) : [`bin: ${single}`];
  return {
    dependencies: tables.map(({ table, name, what }) => `${table}: ${name} ${what}`),
    dependencyNames: [...new Set(tables.map(({ name }) => name))],
    // npm compiles at install where there is such a file, without any script.
    hooks: [...scripts.map(([name, value]) => `${name}: ${stringOf(value) ?? ""}`), ...hookFiles(members, /^binding\.gyp$/)],
    entryPoints: bins,
  };
}
