// What a builder made, held against the leg: read from the image's own config, never believed of its name. An image for
// another platform is an error; it is not called otherwise to make it fit.
import { annotationNames } from "../../domain/oci/media-types.ts";
import { fitsLeg, platformText } from "../../domain/oci/platform.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { ImageArchive } from "../../platform/ports.ts";

/** What is wrong with an image, to follow "it"; undefined: nothing. @param platform of the leg */
export function faultOfImage({ platform: found }: ImageArchive, platform: string): string | undefined {
  if (fitsLeg(found, platform)) return undefined;
  return `is for ${platformText(found)}, and should be for ${platform}`;
}

/** What an image does not tell of itself, in sentences. */
export function untold({ labels, manifest }: ImageArchive, one: PlannedPackage, commit: string): readonly string[] {
  const told = { ...labels, ...manifest.annotations };
  const wanted = [
    [annotationNames.version, one.version],
    [annotationNames.revision, commit],
  ] as const;
  return wanted.flatMap(([name, value]) => {
    const found = told[name];
    if (found === value) return [];
    return [found === undefined ? `has no label "${name}"` : `has the label "${name}" with "${found}" instead of "${value}"`];
  });
}
