// package.json and package-lock.json as far as versions go (npm's documentation of both files): the package's own version,
// its workspaces, and what it asks for of packages that may be its neighbours.
import type { Reading, Refusal, Statement } from "./edit.ts";
import { booleanOf, jsonStatement, memberAt, membersOf, readJson, stringOf, stringsOf, type JsonValue } from "./json.ts";

export interface NpmManifest {
  readonly name: string | undefined;
  readonly version: Statement | undefined;
  readonly private: boolean;
  /** Globs of its workspaces' folders; undefined: it is no root. */
  readonly workspaces: readonly string[] | undefined;
  readonly requirements: readonly NpmRequirement[];
}

export interface NpmRequirement {
  /** Name of the package that is asked for. */
  readonly name: string;
  readonly statement: Statement;
  /** Only whoever works on the package asks for it. */
  readonly development: boolean;
}

export type ReadNpm = { readonly kind: "npm"; readonly manifest: NpmManifest } | Refusal;

const tables = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

export function readPackageJson(text: string): ReadNpm {
  const read = readJson(text);
  if (read.kind === "refused") return read;
  const { root } = read;
  const version = versionOf(text, root, "version");
  if (version !== undefined && "kind" in version) return version;
  const requirements = requirementsOf(text, root, "");
  if ("kind" in requirements) return requirements;
  const workspaces = memberAt(root, ["workspaces"]);
  const globs =
    workspaces === undefined ? undefined : stringsOf(workspaces.node.type === "array" ? workspaces : memberAt(workspaces, ["packages"]));
  const isPrivate = booleanOf(memberAt(root, ["private"])) === true;
  return {
    kind: "npm",
    manifest: { name: stringOf(memberAt(root, ["name"])), version, private: isPrivate, workspaces: globs, requirements },
  };
}

export interface LockedNpm {
  /** Versions by the folder they are of; "" is the folder of the lock file. */
  readonly versions: readonly { readonly folder: string; readonly name: string | undefined; readonly statement: Statement }[];
  readonly requirements: readonly NpmRequirement[];
}

/** The root and the workspaces of a lock file; what lies under `node_modules` is other people's. */
export function readPackageLock(text: string): { readonly kind: "lock"; readonly lock: LockedNpm } | Refusal {
  const read = readJson(text);
  if (read.kind === "refused") return read;
  const versions: LockedNpm["versions"][number][] = [];
  const requirements: NpmRequirement[] = [];
  const top = versionOf(text, read.root, "version");
  if (top !== undefined && "kind" in top) return top;
  if (top !== undefined) versions.push({ folder: "", name: stringOf(memberAt(read.root, ["name"])), statement: top });
  for (const [folder, value] of membersOf(memberAt(read.root, ["packages"]))) {
    if (folder.split("/").includes("node_modules")) continue;
    const version = versionOf(text, value, `packages[${JSON.stringify(folder)}].version`);
    if (version !== undefined && "kind" in version) return version;
    if (version !== undefined) versions.push({ folder, name: stringOf(memberAt(value, ["name"])), statement: version });
    const asked = requirementsOf(text, value, `packages[${JSON.stringify(folder)}].`);
    if ("kind" in asked) return asked;
    requirements.push(...asked);
  }
  const older = requirementsOfOldLock(text, read.root);
  if ("kind" in older) return older;
  return { kind: "lock", lock: { versions, requirements: [...requirements, ...older] } };
}

/** `dependencies` of lock files of version 1 and 2: workspaces stand there as `file:` with what they require. */
function requirementsOfOldLock(text: string, root: JsonValue): readonly NpmRequirement[] | Refusal {
  const found: NpmRequirement[] = [];
  for (const [name, value] of membersOf(memberAt(root, ["dependencies"]))) {
    if (stringOf(memberAt(value, ["version"]))?.startsWith("file:") !== true) continue;
    for (const [required, range] of membersOf(memberAt(value, ["requires"]))) {
      const statement = jsonStatement(text, range, `dependencies.${name}.requires.${required}`);
      if ("kind" in statement) return statement;
      found.push({ name: required, statement, development: false });
    }
  }
  return found;
}

function requirementsOf(text: string, from: JsonValue, prefix: string): readonly NpmRequirement[] | Refusal {
  const found: NpmRequirement[] = [];
  for (const table of tables) {
    for (const [name, value] of membersOf(memberAt(from, [table]))) {
      if (value.node.type !== "string") continue;
      const statement = jsonStatement(text, value, `${prefix}${table}.${name}`);
      // Whoever writes a range with escapes keeps it, unless it is one that has to change.
      if (!("kind" in statement)) found.push({ name, statement, development: table === "devDependencies" });
    }
  }
  return found;
}

function versionOf(text: string, from: JsonValue, name: string): Statement | Refusal | undefined {
  const value = memberAt(from, ["version"]);
  return value === undefined ? undefined : jsonStatement(text, value, name);
}

/** The version of a package.json alone. */
export function readPackageJsonVersion(text: string): Reading {
  const read = readPackageJson(text);
  if (read.kind === "refused") return read;
  return { kind: "read", statements: read.manifest.version === undefined ? [] : [read.manifest.version] };
}
