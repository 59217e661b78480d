// Which scheme each ecosystem uses, and the few questions that callers ask without caring for the scheme.
// pypi has PEP 440; crates and npm have SemVer; images and binaries have no scheme of their own and carry the SemVer form
// (reference/protocols §8.3: an OCI tag is SemVer with "+" written as "_").
import type { Ecosystem } from "../configuration.ts";
import { pep440 } from "./pep440.ts";
import { readVersion, type Order, type SchemeName, type Version, type VersionScheme } from "./scheme.ts";
import { semver } from "./semver.ts";

const schemes: Readonly<Record<SchemeName, VersionScheme>> = { pep440, semver };

/** The scheme of an ecosystem. */
export function schemeOf(ecosystem: Ecosystem): VersionScheme {
  return ecosystem === "pypi" ? pep440 : semver;
}

/** The scheme by its own name. */
export function schemeNamed(name: SchemeName): VersionScheme {
  return schemes[name];
}

/**
 * Orders two version texts as the registries of an ecosystem do.
 * @throws SlipwayError VERSION_INVALID when one of them is no version of that ecosystem.
 * @example compareVersions("pypi", "1.0rc1", "1.0") // -1
 */
export function compareVersions(ecosystem: Ecosystem, one: string, other: string): Order {
  const scheme = schemeOf(ecosystem);
  return scheme.compare(readVersion(scheme, one), readVersion(scheme, other));
}

/**
 * The form in which an ecosystem writes a version: file names, index entries and plans hold this one.
 * @throws SlipwayError VERSION_INVALID
 * @example normalizeVersion("pypi", "1.0.0-RC.1") // "1.0.0rc1"
 */
export function normalizeVersion(ecosystem: Ecosystem, text: string): string {
  return readVersion<Version>(schemeOf(ecosystem), text).normal;
}
