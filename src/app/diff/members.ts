// Members of two archives held against each other, by digest. Paths are made comparable first: what a release cannot
// help changing (the version in a folder's name) is no difference.

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
export function membersOf(
  digests: ReadonlyMap<string, { readonly sha256: string; readonly sizeBytes: number }>,
  kind: "wheel" | "sdist",
): Members {
  return new Map([...digests].map(([path, { sha256, sizeBytes }]) => [comparablePath(path, kind), { sha256: toHex(sha256), sizeBytes }]));
}

/** `demo-1.0/src/x.py` is `src/x.py`; `demo-1.0.dist-info/METADATA` is `*.dist-info/METADATA`. */
export function comparablePath(path: string, kind: "wheel" | "sdist"): string {
  if (kind === "sdist") return path.includes("/") ? path.slice(path.indexOf("/") + 1) : path;
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

/** What a build writes into an sdist beside the project's own files. */
export function isGenerated(path: string): boolean {
  return /^(?:PKG-INFO|setup\.cfg|\.cargo_vcs_info\.json)$|(?:^|\/)[^/]+\.egg-info\//.test(path);
}

/**
 * New files that deserve a look before anything is public: each runs, or can run, without being called by name.
 * @returns a sentence each
 */
export function alarmingFiles(added: readonly ChangedFile[], kind: "wheel" | "sdist"): readonly string[] {
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
