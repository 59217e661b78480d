// Names of crates: what may be one, which two are the same, where the index keeps one, how its file is called.
// Sources: Cargo Book "Registry index" (index files, name restrictions); protocols §4.1, §4.2.

/** Longest name, in characters. */
export const crateNameMax = 64;

/** Names of the language's own crates, and names that Windows cannot write as files: nobody can publish them. */
const reserved = new Set(["alloc", "core", "proc-macro", "std", "test", "aux", "con", "nul", "prn",
  ...Array.from({ length: 9 }, (_unused, number) => [`com${number + 1}`, `lpt${number + 1}`]).flat()]); // prettier-ignore

/** Why a name cannot be published, in words that go after the name; undefined where it can. */
export function crateNameFault(name: string): string | undefined {
  if (name.length > crateNameMax) return `is longer than ${crateNameMax} characters`;
  if (!/^[a-z]/i.test(name)) return "does not begin with a letter a-z";
  if (!/^[\w-]+$/.test(name)) return 'holds something else than letters a-z, digits, "-" and "_"';
  return isReservedCrateName(name) ? "is reserved" : undefined;
}

export function isReservedCrateName(name: string): boolean {
  return reserved.has(canonicalCrateName(name));
}

/** One text for all spellings that a registry takes for one crate: case, `-` and `_` make no difference. */
export function canonicalCrateName(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}

/** Name of the file of one version. */
export function crateFileName(name: string, version: string): string {
  return `${name}-${version}.crate`;
}

/**
 * Path of a crate's file in an index, without a slash before it. The index tells `-` and `_` apart, unlike case.
 * @example crateIndexPath("Serde") is "se/rd/serde"
 */
export function crateIndexPath(name: string): string {
  const lower = name.toLowerCase();
  return `${crateIndexPrefix(lower)}/${lower}`;
}

/** The folders before a name, as the marker `{prefix}` of an index's `dl` means them. */
export function crateIndexPrefix(name: string): string {
  if (name.length <= 2) return String(name.length);
  return name.length === 3 ? `3/${name.slice(0, 1)}` : `${name.slice(0, 2)}/${name.slice(2, 4)}`;
}

/** Build metadata makes no other version: a registry takes `1.0.0+a` and `1.0.0+b` for one. */
export function sameCrateVersion(one: string, other: string): boolean {
  return withoutBuild(one) === withoutBuild(other);
}

function withoutBuild(version: string): string {
  const plus = version.indexOf("+");
  return plus < 0 ? version : version.slice(0, plus);
}
