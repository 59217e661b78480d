// What publishing means in one ecosystem: which artifacts its registries hold, in which order they are sent, and what goes
// with each. The engine's rule – observe, perform, verify – is the same for all of them.
import type { Artifact } from "../../../domain/artifact.ts";
import type { JsonObject } from "../../../domain/configuration.ts";
import type { PlannedPackage, PlannedRegistry } from "../../../domain/plan/plan.ts";
import type { Effect } from "../../../domain/run/effect.ts";
import type { Versions } from "../../../registries/registry.ts";
import type { Frozen, ReadPorts } from "../../step.ts";
import type { PublishedFile } from "./published-file.ts";

export interface Publishing {
  /** What may follow an attempt whose outcome is unknown. */
  readonly again: Effect["again"];
  /** File name by which a version is judged before there is a file. */
  fileName(name: string, version: string): string;
  /** The files of one registry in the order in which they should go; the first goes alone. */
  list(listing: Listing): Promise<readonly Listed[]>;
  /** What the registry's form wants to know of a file, read from its frozen bytes. */
  readMetadata(file: PublishedFile, reading: Reading): Promise<MetadataRead>;
  /** What is left of that where a stored token opened the registry, and no identity; absent: all of it. */
  besideToken?(metadata: JsonObject): JsonObject;
}

/** The packages of the registry's ecosystem, and the artifacts that its registries can hold. */
export interface Listing {
  readonly frozen: Frozen<unknown>;
  readonly ports: ReadPorts;
  readonly registry: PlannedRegistry;
  readonly packages: readonly PlannedPackage[];
  readonly artifacts: readonly Artifact[];
}

export interface Listed {
  readonly artifact: Artifact;
  readonly package: PlannedPackage;
  /** Name at the registry. */
  readonly name: string;
  /** Frozen attestations that go with it. */
  readonly attestations?: readonly Artifact[];
  /** As of `Publication`. */
  readonly registryDigest?: string;
  /** What has to be there before it, besides the first. */
  readonly after: readonly Artifact[];
  /** As of `Effect`. */
  readonly lane?: string;
}

export interface Reading {
  readonly ports: ReadPorts;
  /** Versions that the registry has of the package, in its order. */
  versions(): Promise<Versions>;
}

export type MetadataRead =
  | { readonly kind: "read"; readonly metadata: JsonObject }
  | { readonly kind: "unreadable"; readonly why: string }
  /** Something outside has to be known first, and nobody told it. */
  | { readonly kind: "unknown"; readonly why: string };
