// What the closing table is made from: single things at single places, as a run has put them there or as a plan means to.
// Pure.
import type { ArtifactKind } from "../artifact.ts";
import type { PlannedRegistry } from "../plan/plan.ts";

export interface Digested {
  /** File, or for an image what its digest names. */
  readonly name: string;
  /** `sha256:…`, or for npm as its lock files write it, `sha512-…`. */
  readonly digest: string;
}

export type ClosingThing =
  /** One name at a registry, with one of its files where that is known. */
  | {
      readonly kind: "package";
      readonly registry: PlannedRegistry;
      readonly name: string;
      readonly version: string;
      readonly file?: Digested;
    }
  /** A movable name, such as a tag of an image or a dist-tag. */
  | { readonly kind: "channel"; readonly registry: PlannedRegistry; readonly name: string; readonly channel: string }
  /** The release page at the forge. */
  | { readonly kind: "page"; readonly tag: string }
  /** A file on it. */
  | {
      readonly kind: "asset";
      readonly tag: string;
      /** Key of the package in slipway.yaml. */
      readonly package: string;
      readonly of: ArtifactKind;
      readonly file: Digested;
    };
