// The bytes of an image at a registry, all of them: lists, manifests, configurations and layers are downloaded and digested, since
// a registry may answer that it has a layer and hand out another.
import { partsOf, readManifest } from "../domain/oci/manifest.ts";
import type { ReadRegistry } from "../registries/registry.ts";

export type ImageLook =
  | { readonly verdict: "identical"; readonly how: string }
  | { readonly verdict: "missing" | "different" | "unknown"; readonly how: string };

/** A list of platforms, and the image of each: no registry nests deeper. */
const depthMax = 2;

/** @param registryDigest of a manifest, or of a list of them */
export async function verifyImageBytes(
  registry: ReadRegistry,
  of: { readonly package: string; readonly registryDigest: string },
  { signal, depth = depthMax }: { readonly signal: AbortSignal; readonly depth?: number },
): Promise<ImageLook> {
  const source = registry.images;
  if (source === undefined) return { verdict: "unknown", how: `"${registry.name}" hands out no images` };
  const held = await source.manifest(of, signal);
  if (held.kind === "absent") return { verdict: "missing", how: `the registry does not hold ${of.registryDigest}` };
  if (held.kind === "unknown") return { verdict: "otherBytes" in held ? "different" : "unknown", how: held.why };
  if (depth === 0) return { verdict: "unknown", how: `${of.registryDigest} is a list of lists` };
  for (const part of held.parts) {
    const look = await verifyImageBytes(
      registry,
      { package: of.package, registryDigest: part.registryDigest },
      { signal, depth: depth - 1 },
    );
    if (look.verdict !== "identical") return look;
  }
  const manifest = readManifest(held.text, held.mediaType);
  const blobs = manifest.kind === "image" ? partsOf(manifest) : [];
  for (const { digest, sizeBytes } of blobs) {
    const got = await source.blob({ package: of.package, digest, sizeBytes }, undefined, signal);
    if (got.kind === "absent") return { verdict: "missing", how: `the registry does not hold ${digest}, which the image names` };
    if (got.kind === "unknown") return { verdict: "otherBytes" in got ? "different" : "unknown", how: got.why };
  }
  return { verdict: "identical", how: "manifest and all layers downloaded and digested" };
}
