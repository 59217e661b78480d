// Where a dist-tag goes back to when the version that it leads to is taken back: to the newest that remains of what it stood for,
// and to nowhere else (npm documentation of `dist-tag`; protocols §5.1: rolling back is moving the tags).
import { semver, type SemverVersion } from "../version/semver.ts";
import { distTagFor } from "./dist-tag.ts";

export type Retreat =
  | { readonly kind: "back"; readonly to: string }
  /** Nothing of its kind remains: the name is taken away. */
  | { readonly kind: "gone" }
  /** A package always has a `latest`, and no other version remains. */
  | { readonly kind: "stays" };

/**
 * Only lower versions count: a tag that is led back never leads anybody forwards.
 * @param remaining versions of the package that nobody took back
 * @example retreatFrom("latest", "2.0.0", ["1.4.0", "2.1.0", "1.9.0-rc.1"]) // back to 1.4.0
 */
export function retreatFrom(tag: string, withdrawn: string, remaining: readonly string[]): Retreat {
  const from = semver.parse(withdrawn);
  const lower = from.kind === "invalid" ? [] : lowerOnes(from.version, remaining);
  const isFinal = ({ prerelease }: SemverVersion): boolean => !prerelease;
  if (tag === "latest") return backTo(lower.find(isFinal) ?? lower[0]) ?? { kind: "stays" };
  const like =
    from.kind === "valid" && from.version.prerelease
      ? lower.find((one) => one.prerelease && distTagFor(one.normal, []) === distTagFor(from.version.normal, []))
      : lower.find((one) => isFinal(one) && from.kind === "valid" && one.major === from.version.major);
  return backTo(like) ?? { kind: "gone" };
}

/** The highest first. */
function lowerOnes(from: SemverVersion, remaining: readonly string[]): readonly SemverVersion[] {
  return remaining
    .flatMap((text) => {
      const read = semver.parse(text);
      return read.kind === "valid" && semver.compare(read.version, from) < 0 ? [read.version] : [];
    })
    .toSorted((one, other) => semver.compare(other, one));
}

function backTo(version: SemverVersion | undefined): Retreat | undefined {
  return version === undefined ? undefined : { kind: "back", to: version.normal };
}
