// Cargo.toml as far as versions go (The Cargo Book, "Workspaces" and "Specifying dependencies"): the package's version or
// that it is the workspace's, the workspace's own, and what dependencies on packages beside it ask for. Tables, inline
// tables and dotted keys all come as paths.
import type { Refusal, Statement } from "./edit.ts";
import { below, leafAt, readToml, statementOf, stringAt, stringsAt, type TomlLeaf, type TomlPath } from "./toml.ts";

export interface CargoManifest {
  readonly package: CargoPackage | undefined;
  readonly workspace: CargoWorkspace | undefined;
  /** Dependencies with a `path`, from every table that can hold some. */
  readonly local: readonly CargoDependency[];
}

export interface CargoPackage {
  readonly name: string;
  /** Absent: it has none, which Cargo reads as 0.0.0. */
  readonly version: Statement | "workspace" | undefined;
  /** Whether it may be published anywhere. One without a version is not, unless it says so (cargo does this since 1.75). */
  readonly publishable: boolean;
  /** `publish.workspace = true`: the root decides, and `publishable` is what it says once the workspace is known. */
  readonly inheritsPublish: boolean;
  /** `package.workspace`: folder of the root, where it is no parent. */
  readonly root: string | undefined;
}

export interface CargoWorkspace {
  readonly members: readonly string[];
  readonly exclude: readonly string[];
  readonly version: Statement | undefined;
  /** What members inherit that take their `publish` from it. */
  readonly publishable: boolean;
}

export interface CargoDependency {
  /** Name of the package, past a renaming. */
  readonly name: string;
  readonly path: string;
  readonly requirement: Statement | undefined;
}

export type ReadCargo = { readonly kind: "cargo"; readonly manifest: CargoManifest } | Refusal;

const tables = ["dependencies", "dev-dependencies", "build-dependencies", "dev_dependencies", "build_dependencies"];

/** @returns `refused` also for a version that cannot be replaced as it is written */
export function readCargoManifest(text: string): ReadCargo {
  const read = readToml(text);
  if (read.kind === "refused") return read;
  const { leaves } = read;
  const own = readPackage(text, leaves);
  if (own !== undefined && "kind" in own) return own;
  const workspace = readWorkspace(text, leaves);
  if (workspace !== undefined && "kind" in workspace) return workspace;
  const local: CargoDependency[] = [];
  for (const path of dependencyPaths(leaves)) {
    const one = readDependency(text, leaves, path);
    if (one !== undefined && "kind" in one) return one;
    if (one !== undefined) local.push(one);
  }
  return { kind: "cargo", manifest: { package: own, workspace, local } };
}

function readPackage(text: string, leaves: readonly TomlLeaf[]): CargoPackage | Refusal | undefined {
  // `[project]` is an old name of the same table.
  const table = ["package", "project"].find((name) => stringAt(leaves, [name, "name"]) !== undefined);
  if (table === undefined) return undefined;
  const leaf = leafAt(leaves, [table, "version"]);
  const inherited = leafAt(leaves, [table, "version", "workspace"])?.value === true;
  const version = leaf === undefined ? undefined : statementOf(text, leaf);
  if (version !== undefined && "kind" in version) return version;
  const publish = publishOf(text, leaves, [table, "publish"]);
  const inheritsPublish = leafAt(leaves, [table, "publish", "workspace"])?.value === true;
  const isVersioned = inherited || version !== undefined;
  return {
    name: stringAt(leaves, [table, "name"]) ?? "",
    version: inherited ? "workspace" : version,
    publishable: publish ?? (isVersioned || inheritsPublish),
    inheritsPublish,
    root: stringAt(leaves, [table, "workspace"]),
  };
}

/** Undefined: it is not said. An empty list leaves no value behind, so its text is looked for. */
function publishOf(text: string, leaves: readonly TomlLeaf[], path: TomlPath): boolean | undefined {
  const said = leafAt(leaves, path)?.value;
  if (typeof said === "boolean") return said;
  if (stringsAt(leaves, path).length > 0) return true;
  return /^\s*publish\s*=\s*\[\s*\]/m.test(text) && below(leaves, [...path, "workspace"]).length === 0 ? false : undefined;
}

function readWorkspace(text: string, leaves: readonly TomlLeaf[]): CargoWorkspace | Refusal | undefined {
  const isRoot = below(leaves, ["workspace"]).length > 0 || /^\s*\[\s*workspace\s*\]/m.test(text);
  if (!isRoot) return undefined;
  const leaf = leafAt(leaves, ["workspace", "package", "version"]);
  const version = leaf === undefined ? undefined : statementOf(text, leaf);
  if (version !== undefined && "kind" in version) return version;
  const publishable = publishOf(text, leaves, ["workspace", "package", "publish"]) ?? true;
  return {
    members: stringsAt(leaves, ["workspace", "members"]),
    exclude: stringsAt(leaves, ["workspace", "exclude"]),
    version,
    publishable,
  };
}

/** Paths of dependencies that have a `path`; each once. */
function dependencyPaths(leaves: readonly TomlLeaf[]): readonly TomlPath[] {
  return leaves.flatMap(({ path }) => (path.at(-1) === "path" && isDependencyTable(path.slice(0, -2)) ? [path.slice(0, -1)] : []));
}

function isDependencyTable(path: TomlPath): boolean {
  const last = path.at(-1);
  if (typeof last !== "string" || !tables.includes(last)) return false;
  if (path.length === 1) return true;
  return (path.length === 2 && path[0] === "workspace" && last === "dependencies") || (path.length === 3 && path[0] === "target");
}

function readDependency(text: string, leaves: readonly TomlLeaf[], path: TomlPath): CargoDependency | Refusal | undefined {
  const folder = stringAt(leaves, [...path, "path"]);
  if (folder === undefined) return undefined;
  const leaf = leafAt(leaves, [...path, "version"]);
  const requirement = leaf === undefined ? undefined : statementOf(text, leaf);
  if (requirement !== undefined && "kind" in requirement) return requirement;
  return { name: stringAt(leaves, [...path, "package"]) ?? String(path.at(-1)), path: folder, requirement };
}
