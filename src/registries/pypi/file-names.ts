// What the name of a listed file says: its version, its Python tag. Lenient, because an index lists what was uploaded over
// twenty years; what we publish ourselves is judged by domain/pypi/names. Sources: PEP 427, 625, 440.
import { normalizeName } from "../../domain/pypi/names.ts";
import { pep440, type Pep440Version } from "../../domain/version/pep440.ts";

export type FileType = "bdist_wheel" | "sdist";

const sdistEndings = [".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz"] as const;

/** @returns undefined for what PyPI does not take (eggs, installers). */
export function fileTypeOf(fileName: string): FileType | undefined {
  if (fileName.endsWith(".whl")) return "bdist_wheel";
  return sdistEndings.some((ending) => fileName.endsWith(ending)) ? "sdist" : undefined;
}

/** The form's `pyversion`: the wheel's Python tags as in its name, `source` for an sdist. */
export function pythonTagOf(fileName: string): string | undefined {
  if (fileTypeOf(fileName) === "sdist") return "source";
  const parts = wheelParts(fileName);
  return parts?.at(-3);
}

/** The version that a file name of the package carries, as written there; undefined if it has none. */
export function versionOfFile(packageName: string, fileName: string): string | undefined {
  const written = fileName.endsWith(".whl") ? wheelParts(fileName)?.[1] : sdistVersion(packageName, fileName);
  return written !== undefined && parseVersion(written) !== undefined ? written : undefined;
}

/** Equality of PEP 440: `1.0` is `1.0.0`. Two texts that are no versions are the same only if they are equal. */
export function sameVersion(one: string, other: string): boolean {
  const left = parseVersion(one);
  const right = parseVersion(other);
  if (left === undefined || right === undefined) return one === other;
  return pep440.compare(left, right) === 0;
}

function parseVersion(text: string): Pep440Version | undefined {
  const parsed = pep440.parse(text);
  return parsed.kind === "valid" ? parsed.version : undefined;
}

/** Five or six dash fields: name, version, perhaps a build number, three tags. */
function wheelParts(fileName: string): readonly string[] | undefined {
  const parts = fileName.slice(0, -".whl".length).split("-");
  return parts.length === 5 || parts.length === 6 ? parts : undefined;
}

/** Old sdists may have dashes in their name: the version follows the longest start that normalises to the package. */
function sdistVersion(packageName: string, fileName: string): string | undefined {
  const ending = sdistEndings.find((one) => fileName.endsWith(one));
  if (ending === undefined) return undefined;
  const stem = fileName.slice(0, -ending.length);
  const wanted = normalizeName(packageName);
  for (let at = stem.lastIndexOf("-"); at > 0; at = stem.lastIndexOf("-", at - 1)) {
    if (normalizeName(stem.slice(0, at)) === wanted) return stem.slice(at + 1);
  }
  return undefined;
}
