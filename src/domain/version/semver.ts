// ◆-implementation: Semantic Versioning 2.0.0, as cargo and npm order it. node-semver computes the order; around it stands
// what makes it strict: no leading "v", no blanks, no loose mode, and no number that its comparison would round.
import SemVer from "semver/classes/semver.js";
import { assert } from "../error.ts";
import { invalidVersion, versionLengthMax, type Order, type ParsedVersion, type Version, type VersionScheme } from "./scheme.ts";

export interface SemverVersion extends Version {
  readonly scheme: "semver";
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Identifiers after `-`, as written. */
  readonly pre: readonly string[];
  /** Identifiers after the plus sign: part of the version's text, no part of its order. */
  readonly build: readonly string[];
}

/** SemVer 2.0.0. A registry takes versions that differ in build metadata alone for one release, so they compare equal. */
export const semver: VersionScheme<SemverVersion> = { name: "semver", title: "SemVer", parse, compare };

function parse(text: string): ParsedVersion<SemverVersion> {
  if (text.length > versionLengthMax) return invalid(text, `it is longer than ${versionLengthMax} characters`);
  const parts = readParts(text);
  if (parts === undefined) return invalid(text, explainFault(text));
  const pre = parts.prerelease.map(String);
  const tooLarge = pre.find((id) => /^[0-9]+$/.test(id) && !Number.isSafeInteger(Number(id)));
  if (tooLarge !== undefined) return invalid(text, `the number ${tooLarge} is larger than ${Number.MAX_SAFE_INTEGER}`);
  const { major, minor, patch, build } = parts;
  const base = `${major}.${minor}.${patch}`;
  const normal = build.length === 0 ? parts.version : `${parts.version}+${build.join(".")}`;
  if (normal !== text) return invalid(text, "it has more around it than the version", `Write "${normal}"`);
  const version: SemverVersion = {
    scheme: "semver",
    written: text,
    normal,
    base,
    prerelease: pre.length > 0,
    major,
    minor,
    patch,
    pre,
    build,
  };
  return { kind: "valid", version };
}

function compare(one: SemverVersion, other: SemverVersion): Order {
  assert(one.scheme === "semver" && other.scheme === "semver", "only SemVer versions are ordered by SemVer");
  return new SemVer(one.normal).compare(other.normal);
}

/** The constructor throws on what it does not accept; that is the ordinary way of saying so, hence no `cause` is kept. */
function readParts(text: string): SemVer | undefined {
  try {
    return new SemVer(text, { loose: false });
  } catch {
    return undefined;
  }
}

function explainFault(text: string): string {
  const numbers = /^v?([0-9]+(?:\.[0-9]+)*)/.exec(text)?.[1]?.split(".") ?? [];
  if (numbers.length === 0) return "it does not start with a number";
  if (numbers.length !== 3) return `it needs exactly three numbers and has ${numbers.length}`;
  if (numbers.some((digits) => digits.length > 1 && digits.startsWith("0"))) return "a number has a leading zero";
  const tooLarge = numbers.find((digits) => !Number.isSafeInteger(Number(digits)));
  if (tooLarge !== undefined) return `the number ${tooLarge} is larger than ${Number.MAX_SAFE_INTEGER}`;
  return 'after the three numbers only "-" with a prerelease (no leading zeros) and "+" with build metadata may follow';
}

function invalid(text: string, reason: string, hint?: string): ParsedVersion<SemverVersion> {
  return invalidVersion(semver.title, text, hint === undefined ? { reason } : { reason, hint });
}
