// Versions made from versions: the dev version of an untagged run, and the base that candidates share (S1.6, S5.12).
import { assert } from "../error.ts";
import { schemeNamed } from "./catalog.ts";
import type { Pep440Version } from "./pep440.ts";
import { readVersion, type Version } from "./scheme.ts";

/**
 * The version an untagged run builds: `X.devN`, which sorts before X. A dev number that is there is replaced, a local
 * part dropped; pre and post parts stay, since `1.0rc1.dev3` is on the way to `1.0rc1`.
 * @param n whole number from 0, the same for every build of the same run.
 * @throws SlipwayError INTERNAL_ASSERTION when n is not such a number.
 * @example nextDev(readVersion(pep440, "1.2"), 7) // "1.2.dev7"
 */
export function nextDev(version: Pep440Version, n: number): string {
  assert(Number.isSafeInteger(n) && n >= 0, `a dev number is a whole number from 0, not ${n}`);
  const released = version.normal.replace(/\+.*$/, "").replace(/\.dev[0-9]+$/, "");
  return `${released}.dev${n}`;
}

/**
 * The version that likely comes next: a candidate becomes final, of a final one the last number of the release grows.
 * @example nextAfter(readVersion(pep440, "1.2.3")) // "1.2.4"; of "2.0rc1" it is "2.0"
 */
export function nextAfter(version: Version): string {
  if (version.prerelease) return version.base;
  return version.base.replace(/[0-9]+$/, (digits) => (BigInt(digits) + 1n).toString());
}

/** The release part: `0.2.0` of `0.2.0rc1`, `0.2.0.dev3`, `0.2.0.post1` and `0.2.0-rc.1`. An epoch belongs to it. */
export function baseOf(version: Version): string {
  return version.base;
}

/** Whether one is a candidate of the other's base version: `0.2rc1` and `0.2.0` are, as PEP 440 pads with zeros. */
export function haveSameBase(one: Version, other: Version): boolean {
  if (one.scheme !== other.scheme) return false;
  const scheme = schemeNamed(one.scheme);
  return scheme.compare(readVersion(scheme, one.base), readVersion(scheme, other.base)) === 0;
}
