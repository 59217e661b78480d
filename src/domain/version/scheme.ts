// ◆ What every version scheme is: a way to read a version, to write it in one form, and to order it. It exists so that
// plan, tags and registries can ask for an order without knowing whether PEP 440 or SemVer gives it. All implementations
// pass test/contract/version-scheme.test.ts. Rules: docs of each scheme and reference/protocols §8.
import { SlipwayError, type Problem } from "../error.ts";

export type SchemeName = "pep440" | "semver";

/** A negative, zero or positive answer as `Array.prototype.sort` takes it, reduced to its sign. */
export type Order = -1 | 0 | 1;

/** Longest text that is read as a version, in characters: a tag and a file name must still hold it. */
export const versionLengthMax = 200;

/** One version that its scheme accepts. Plain data: it may be kept, compared and printed, but not made by hand. */
export interface Version {
  readonly scheme: SchemeName;
  /** As it was found. */
  readonly written: string;
  /** The one form in which the scheme writes it; reading it again gives the same form. */
  readonly normal: string;
  /** The release part alone, without pre, post, dev, local or build: candidates of `0.2.0` have the base `0.2.0`. */
  readonly base: string;
  /** True where installers would leave it out unless asked: alpha, beta, rc and dev. */
  readonly prerelease: boolean;
}

export type ParsedVersion<V extends Version = Version> =
  | { readonly kind: "valid"; readonly version: V }
  /** `problem` has the code VERSION_INVALID. */
  | { readonly kind: "invalid"; readonly problem: Problem };

export interface VersionScheme<V extends Version = Version> {
  readonly name: SchemeName;
  /** Name for people: `PEP 440`. */
  readonly title: string;
  /** Reads one version. Never throws, whatever the text. */
  parse(text: string): ParsedVersion<V>;
  /**
   * Orders two versions of this scheme: a total preorder in which equal means that a registry takes both for one release.
   * @throws SlipwayError INTERNAL_ASSERTION when a version belongs to another scheme.
   */
  compare(one: V, other: V): Order;
}

/**
 * Reads a version that has to be valid.
 * @throws SlipwayError VERSION_INVALID with the reason and what to write instead.
 */
export function readVersion<V extends Version>(scheme: VersionScheme<V>, text: string): V {
  const parsed = scheme.parse(text);
  if (parsed.kind === "valid") return parsed.version;
  const { code, message, hint } = parsed.problem;
  throw new SlipwayError(code, message, hint === undefined ? {} : { hint });
}

/** The answer of every scheme that does not accept a text. @param title name of the scheme for people. */
export function invalidVersion(
  title: string,
  text: string,
  why: { readonly reason: string; readonly hint?: string },
): { readonly kind: "invalid"; readonly problem: Problem } {
  const message = `Cannot read ${quoteVersion(text)} as a ${title} version: ${why.reason}`;
  const hint = why.hint ?? `Write the version as ${title} does, for example "1.2.3"`;
  return { kind: "invalid", problem: { code: "VERSION_INVALID", message, hint } };
}

/** A text of unknown origin in quotes: control characters escaped, long ones cut, so that a message stays one line. */
export function quoteVersion(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(shown).replaceAll(/[^\x20-\x7e]/g, escape);
}
