// Joins the images of several platforms into one index. Pure and deterministic: the same parts and annotations give the same
// text, byte for byte, whatever order the legs ended in, so that a release made twice has one digest
// (testbed: indexes of other tools differ from run to run). Source: OCI image-spec v1.1 `image-index.md`.
import { SlipwayError } from "../error.ts";
import { mediaTypes } from "./media-types.ts";
import { manifestBytesMax } from "./manifest.ts";
import type { ImageDigest } from "./names.ts";
import { comparePlatforms, platformText, type ImagePlatform } from "./platform.ts";

/** One platform's image, as its own manifest stands at the registry. */
export interface IndexPart {
  readonly mediaType: string;
  readonly digest: ImageDigest;
  /** Of the manifest, not of the image. */
  readonly sizeBytes: number;
  readonly platform: ImagePlatform;
}

/**
 * The very text of an index; its digest is that of these UTF-8 bytes.
 * @param annotations for example `org.opencontainers.image.version`; written in the order of their names
 * @throws SlipwayError ARTIFACT_INVALID for no parts, or two for one platform
 */
export function imageIndexText(parts: readonly IndexPart[], annotations: Readonly<Record<string, string>>): string {
  if (parts.length === 0) throw new SlipwayError("ARTIFACT_INVALID", "Cannot join images into an index: there are none");
  const sorted = parts.toSorted((one, other) => comparePlatforms(one.platform, other.platform));
  for (const [at, part] of sorted.entries()) {
    const before = sorted[at - 1];
    if (before === undefined || comparePlatforms(before.platform, part.platform) !== 0) continue;
    const message = `Cannot join images into an index: "${before.digest}" and "${part.digest}" are both for "${platformText(part.platform)}"`;
    throw new SlipwayError("ARTIFACT_INVALID", message, { hint: "Let each leg of the matrix build another platform." });
  }
  const named = Object.entries(annotations).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: sorted.map(descriptorOf),
    ...(named.length === 0 ? {} : { annotations: Object.fromEntries(named) }),
  });
  if (text.length <= manifestBytesMax) return text;
  throw new SlipwayError("ARTIFACT_INVALID", `Cannot join images into an index: it would have more than ${manifestBytesMax} bytes`);
}

function descriptorOf({ mediaType, digest, sizeBytes, platform }: IndexPart): object {
  const { os, architecture, variant, osVersion } = platform;
  return {
    mediaType,
    digest,
    size: sizeBytes,
    platform: {
      architecture,
      os,
      ...(osVersion === undefined ? {} : { "os.version": osVersion }),
      ...(variant === undefined ? {} : { variant }),
    },
  };
}
