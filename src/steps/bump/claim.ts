// What looking at a project gives: every place that has to say a version, and everything that stands in the way.
import type { Statement } from "../../domain/manifest/edit.ts";
import type { SchemeName } from "../../domain/version/scheme.ts";
import type { ErrorCode } from "../../domain/error-catalog.ts";

/** One place that has to say the new version. */
export interface Claim {
  /** Path from the root, with `/`. */
  readonly file: string;
  readonly statement: Statement;
  /** Id of the package whose version it is. */
  readonly package: string;
  readonly scheme: SchemeName;
  /**
   * - `source`: what decides the package's version today.
   * - `copy`: says it once more, and has to agree.
   * - `loose`: says a version that nothing reads as the package's; it moves along while it agrees, and stays otherwise.
   * - `lock`: a lock file's entry of the package.
   * - `requirement`: what another package of the workspace asks for; `to` is computed, and nothing is compared.
   */
  readonly role: "source" | "copy" | "loose" | "lock" | "requirement";
  readonly to: string;
}

/** Why nothing can be written. `message` begins with the place, if there is one. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
}

export interface Gathered {
  readonly claims: readonly Claim[];
  readonly faults: readonly Fault[];
  /** What a person should know, in sentences without a full stop. */
  readonly notes: readonly Note[];
  /** Folders of Cargo workspaces that claims are in. */
  readonly cargoRoots: readonly string[];
}

export interface Note {
  readonly level: "fine" | "warns";
  readonly message: string;
}

/** A `Gathered` that is being filled. */
export interface Gathering {
  readonly claims: Claim[];
  readonly faults: Fault[];
  readonly notes: Note[];
  readonly cargoRoots: string[];
}

export function startGathering(): Gathering {
  return { claims: [], faults: [], notes: [], cargoRoots: [] };
}

/** A fault with its place in front, as compilers print it. */
export function faultAt(
  place: { readonly file: string; readonly line: number; readonly column: number },
  fault: { readonly code: ErrorCode; readonly message: string; readonly hint: string },
): Fault {
  const { file, line, column } = place;
  return { ...fault, message: `${fault.message} (${file}:${line}:${column})`, place: { file, line, column } };
}
