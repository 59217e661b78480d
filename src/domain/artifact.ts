// Artifacts: immutable bytes that steps make and take. Steps do not know one another; they meet here.
import type { Sha256 } from "./digest.ts";

export const artifactKinds = [
  "wheel",
  "sdist",
  "crate",
  "npm-tarball",
  "binary",
  "image",
  "checksum-file",
  "install-script",
  "sbom",
  "attestation",
  "record",
  "file",
] as const;

export type ArtifactKind = (typeof artifactKinds)[number];

/** Frozen bytes in the store. `name` is the file name that a registry or forge shows. */
export interface Artifact {
  readonly kind: ArtifactKind;
  /** Key of the package in slipway.yaml. */
  readonly package: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly digest: Sha256;
  /** Id of the step (and leg) that made it. */
  readonly maker: string;
  /** Platform of the leg that made it, for example `linux-x86_64`; absent where it does not matter. */
  readonly platform?: string;
}

/** What a step takes from all that the steps above it made. */
export interface ArtifactQuery {
  readonly kinds: readonly ArtifactKind[];
  readonly packages?: readonly string[];
}

/** What a step promises to make: the plan lists it, and the built set is held against it. */
export interface ExpectedArtifact {
  readonly kind: ArtifactKind;
  readonly package: string;
  readonly platform?: string;
  /** Name of the one file, where it is known beforehand: no other file of the plan may have it. */
  readonly name?: string;
  readonly countMin: number;
  readonly countMax: number;
}

export function selects(query: ArtifactQuery, artifact: Pick<Artifact, "kind" | "package">): boolean {
  const packageFits = query.packages === undefined || query.packages.includes(artifact.package);
  return packageFits && query.kinds.includes(artifact.kind);
}

/** A deviation of the built set from the promised one, in words; empty when they agree. */
export function compareWithExpected(
  expected: readonly ExpectedArtifact[],
  built: readonly Pick<Artifact, "kind" | "package" | "platform" | "name">[],
): readonly string[] {
  const left = new Set(built);
  const deviations: string[] = [];
  for (const wanted of expected) {
    const found = [...left].filter(
      (one) =>
        one.kind === wanted.kind &&
        one.package === wanted.package &&
        (wanted.platform === undefined || one.platform === wanted.platform) &&
        (wanted.name === undefined || one.name === wanted.name),
    );
    for (const one of found.slice(0, wanted.countMax)) left.delete(one);
    if (found.length < wanted.countMin) {
      const named = wanted.name === undefined ? "" : ` "${wanted.name}"`;
      deviations.push(`missing: ${wanted.kind}${named} of ${wanted.package} (expected ${wanted.countMin}, built ${found.length})`);
    }
  }
  for (const extra of left) deviations.push(`not expected: ${extra.kind} "${extra.name}" of ${extra.package}`);
  return deviations;
}
