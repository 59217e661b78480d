// Members of two archives held against each other, by digest. Paths are made comparable first: what a release cannot
// help changing (the version in a folder's name) is no difference.

/** Archives that are read member by member. */
export const diffKinds = ["wheel", "sdist", "crate", "npm-tarball"] as const;
export type DiffKind = (typeof diffKinds)[number];

export interface Member {
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Files of an archive by comparable path. */
export type Members = ReadonlyMap<string, Member>;

export interface ChangedFile {
  readonly path: string;
  readonly sizeBytes: number;
}

export interface MemberChanges {
  readonly added: readonly ChangedFile[];
  readonly removed: readonly ChangedFile[];
  readonly changed: readonly ChangedFile[];
}

/** @param digests as an archive port gives them: base64url */
export function membersOf(digests: ReadonlyMap<string, { readonly sha256: string; readonly sizeBytes: number }>, kind: DiffKind): Members {
  return new Map([...digests].map(([path, { sha256, sizeBytes }]) => [comparablePath(path, kind), { sha256: toHex(sha256), sizeBytes }]));
}

/** `demo-1.0/src/x.py` is `src/x.py`; `demo-1.0.dist-info/METADATA` is `*.dist-info/METADATA`. */
export function comparablePath(path: string, kind: DiffKind): string {
  if (kind !== "wheel") return path.includes("/") ? path.slice(path.indexOf("/") + 1) : path;
  return path.replace(/^[^/]+(?=\.(?:dist-info|data)\/)/, "*");
}

/** Sorted by path. What only tells the release apart from others (`isNoise`) is left out. */
export function compareMembers(before: Members, after: Members): MemberChanges {
  const of = (members: Members, test: (path: string, member: Member) => boolean): readonly ChangedFile[] =>
    [...members]
      .filter(([path, member]) => !isNoise(path) && test(path, member))
      .map(([path, { sizeBytes }]) => ({ path, sizeBytes }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return {
    added: of(after, (path) => !before.has(path)),
    removed: of(before, (path) => !after.has(path)),
    changed: of(after, (path, member) => before.has(path) && before.get(path)?.sha256 !== member.sha256),
  };
}

/** Files that differ in every release: they name its version, or list the digests of all others. */
export function isNoise(path: string): boolean {
  return /^\*\.dist-info\/(?:METADATA|RECORD|WHEEL)$|^PKG-INFO$|(?:^|\/)[^/]+\.egg-info\/(?:PKG-INFO|SOURCES\.txt)$/.test(path);
}

/** What builders write beside the project's own files, by names that hold nothing that runs; anything else has to be in git. */
const generatedForms: Readonly<Record<DiffKind, RegExp>> = {
  sdist:
    /^(?:PKG-INFO|setup\.cfg|\.cargo_vcs_info\.json)$|(?:^|\/)[^/]+\.egg-info\/(?:PKG-INFO|SOURCES\.txt|dependency_links\.txt|requires\.txt|top_level\.txt|entry_points\.txt|namespace_packages\.txt|(?:not-)?zip-safe)$/,
  wheel: /^\*\.dist-info\/(?:METADATA|RECORD|WHEEL|entry_points\.txt|top_level\.txt|sboms\/[^/]+\.json)$/,
  // Cargo writes Cargo.toml anew, and keeps the one of git beside it.
  crate: /^(?:\.cargo_vcs_info\.json|Cargo\.toml|Cargo\.lock)$/,
  // npm writes nothing of its own.
  "npm-tarball": /^$/,
};

/** Largest setup.cfg that setuptools writes by itself; a larger one says something. */
const setupCfgBytesMax = 64;

export function isGenerated(path: string, kind: DiffKind, sizeBytes = 0): boolean {
  if (path === "setup.cfg" && sizeBytes > setupCfgBytesMax) return false;
  return generatedForms[kind].test(path);
}

/** Where the file stands in git, from the folder of the package, where the archive has it under another name. */
export function pathInGit(path: string, kind: DiffKind): string {
  return kind === "crate" && path === "Cargo.toml.orig" ? "Cargo.toml" : path;
}

const compiledForm = /\.(?:so(?:\.[0-9.]+)?|pyd|dll|dylib|exe|a|lib|o|obj|node|wasm|class|jar|pyc)$/i;

/** By name: a compiled file. */
export function isCompiled(path: string): boolean {
  return compiledForm.test(path);
}

/**
 * New files that deserve a look before anything is public: each runs, or can run, without being called by name.
 * @returns a sentence each
 */
export function alarmingFiles(added: readonly ChangedFile[], kind: DiffKind): readonly string[] {
  return added.flatMap(({ path }) => {
    if (path.endsWith(".pth")) return [`"${path}" is new: Python runs what such a file says at every start`];
    if (/\.(?:so|pyd|dll|dylib|exe)$/i.test(path)) return [`"${path}" is new: a compiled file`];
    if (path.startsWith("*.data/scripts/")) return [`"${path}" is new: it is put on the PATH`];
    if (kind === "sdist" && path === "setup.py") return [`"${path}" is new: it runs when the sdist is installed`];
    return [];
  });
}

function toHex(base64url: string): string {
  return Buffer.from(base64url, "base64url").toString("hex");
}
