// Whether two sources of a version say the same one: manifest and manifest, tag and manifest. Two sources may belong to
// two schemes (`Cargo.toml` beside `pyproject.toml`), which is the one place where a version has to be mapped (S1.2, S5.2).
import type { Problem } from "../error.ts";
import { schemeNamed } from "./catalog.ts";
import { fromPep440, fromSemver, toPep440, type Logical } from "./logical.ts";
import { pep440 } from "./pep440.ts";
import { readVersion, type Version } from "./scheme.ts";
import { semver } from "./semver.ts";

export type Agreement =
  | { readonly kind: "same" }
  /** `problem` has the code VERSION_MISMATCH. */
  | { readonly kind: "different"; readonly problem: Problem }
  /** They belong to two schemes, and one cannot be said in the other. `problem` has the code VERSION_LOSSY. */
  | { readonly kind: "not-comparable"; readonly problem: Problem };

/**
 * Whether two versions, of the same or of different schemes, mean one release. Within a scheme its own equality decides
 * (PEP 440: `0.2` is `0.2.0`; SemVer: the same text); between schemes both are said logically.
 */
export function agreement(one: Version, other: Version): Agreement {
  if (one.scheme === other.scheme) return sameInScheme(one, other) ? { kind: "same" } : different(one, other);
  const left = logicalOf(one);
  if (left.kind === "refused") return { kind: "not-comparable", problem: left.problem };
  const right = logicalOf(other);
  if (right.kind === "refused") return { kind: "not-comparable", problem: right.problem };
  return sameLogical(left, right) ? { kind: "same" } : different(one, other);
}

type Understood = Extract<Logical, { kind: "logical" }>;

function logicalOf(version: Version): Logical {
  return version.scheme === "pep440" ? fromPep440(readVersion(pep440, version.normal)) : fromSemver(readVersion(semver, version.normal));
}

function sameLogical(left: Understood, right: Understood): boolean {
  const [one, other] = [toPep440(left.version), toPep440(right.version)];
  return one.kind !== "refused" && other.kind !== "refused" && one.text === other.text;
}

function sameInScheme(one: Version, other: Version): boolean {
  return one.normal === other.normal || (one.scheme === "pep440" && schemeNamed(one.scheme).compare(one, other) === 0);
}

function different(one: Version, other: Version): Agreement {
  const message = `Cannot take "${one.normal}" and "${other.normal}" for one version: ${describeDifference(one, other)}`;
  return { kind: "different", problem: { code: "VERSION_MISMATCH", message, hint: "Make both say the same version" } };
}

function describeDifference(one: Version, other: Version): string {
  if (one.scheme !== other.scheme) return "they do not mean the same release";
  const order = schemeNamed(one.scheme).compare(one, other);
  if (order === 0) return "they differ in build metadata";
  return order < 0 ? "the first is older" : "the first is newer";
}
