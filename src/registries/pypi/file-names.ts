// What the name of a distribution says: package, version, Python tag. An own small split; the gate before publishing
// (check-artifacts) is the place that judges names, this one only sorts what an index lists.
// Sources: PEP 503 (normalised names), PEP 427 and PEP 625 (file names), PEP 440 (versions).
import { eq, valid } from "@renovatebot/pep440";

export type FileType = "bdist_wheel" | "sdist";

const sdistEndings = [".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz"] as const;

/** Name as an index writes it: lower case, runs of `-`, `_` and `.` as one `-` (PEP 503). */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** @returns undefined for what PyPI does not take (eggs, installers). */
export function fileTypeOf(fileName: string): FileType | undefined {
  if (fileName.endsWith(".whl")) return "bdist_wheel";
  return sdistEndings.some((ending) => fileName.endsWith(ending)) ? "sdist" : undefined;
}

/** The form's `pyversion`: the wheel's Python tags as in its name, `source` for an sdist. */
export function pythonTagOf(fileName: string): string | undefined {
  if (fileTypeOf(fileName) === "sdist") return "source";
  return wheelParts(fileName)?.python;
}

/** The version that a file name of the package carries, as written there; undefined if it has none. */
export function versionOfFile(packageName: string, fileName: string): string | undefined {
  const written = fileName.endsWith(".whl") ? wheelParts(fileName)?.version : sdistVersion(packageName, fileName);
  return written !== undefined && valid(written) !== null ? written : undefined;
}

/** Equality of PEP 440: `1.0` is `1.0.0`. Two texts that are no versions are the same only if they are equal. */
export function sameVersion(one: string, other: string): boolean {
  if (valid(one) === null || valid(other) === null) return one === other;
  return eq(one, other);
}

export interface WheelParts {
  readonly distribution: string;
  readonly version: string;
  readonly python: string;
  readonly platforms: readonly string[];
}

/** The parts of a wheel's name; the last three dash fields are its tags, before them may stand a build number. */
export function wheelParts(fileName: string): WheelParts | undefined {
  const parts = fileName.slice(0, -".whl".length).split("-");
  const [distribution, version] = parts;
  const python = parts.at(-3);
  const platform = parts.at(-1);
  if (parts.length < 5 || parts.length > 6) return undefined;
  if (distribution === undefined || version === undefined || python === undefined || platform === undefined) return undefined;
  return { distribution, version, python, platforms: platform.split(".") };
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
