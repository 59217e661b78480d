// The one image of an OCI image layout: which manifest `index.json` leads to. An artifact of kind `image` holds one platform;
// builders may wrap it into an index of its own, with their attestations beside it, which are not the image.
// Source: OCI image-spec v1.1 `image-layout.md`; BuildKit's attestation storage.
import { isIndexType, manifestTypes } from "./media-types.ts";
import { readManifest, type Descriptor } from "./manifest.ts";
import { parseRecord } from "../json-record.ts";

export type LedTo = { readonly kind: "descriptor"; readonly descriptor: Descriptor } | { readonly kind: "invalid"; readonly why: string };

/** Whether `oci-layout` is of the version that is read here. */
export function isLayout(text: string): boolean {
  return parseRecord(text)?.["imageLayoutVersion"] === "1.0.0";
}

/** @param text of `index.json`, or of an index that it leads to */
export function soleImage(text: string, where: string): LedTo {
  const index = readManifest(text, undefined);
  if (index.kind === "invalid") return { kind: "invalid", why: `"${where}" ${index.why}` };
  if (index.kind === "image") return { kind: "invalid", why: `"${where}" is an image, not an index` };
  const images = index.manifests.filter((one) => manifestTypes.includes(one.mediaType) && !isAttestation(one));
  const [first] = images;
  if (first === undefined) return { kind: "invalid", why: `"${where}" leads to no image` };
  if (images.some((one) => one.digest !== first.digest)) {
    const why = `"${where}" leads to ${images.length} images: an artifact holds the image of one platform, and Slipway joins them`;
    return { kind: "invalid", why };
  }
  return { kind: "descriptor", descriptor: first };
}

export function isNestedIndex(descriptor: Descriptor): boolean {
  return isIndexType(descriptor.mediaType);
}

function isAttestation({ annotations, platform }: Descriptor): boolean {
  return "vnd.docker.reference.type" in annotations || platform?.os === "unknown";
}
