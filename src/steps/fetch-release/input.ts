// What `fetch-release` takes in slipway.yaml, what it fetches, and from the page of which tag.
import * as z from "../../domain/shape.ts";
import type { ArtifactKind } from "../../domain/artifact.ts";
import type { Use } from "../step.ts";

export const fetchedKinds = ["wheel", "sdist"] as const satisfies readonly ArtifactKind[];

export const fetchReleaseInput = z.strictObject({
  proof: z
    .enum(["record", "provenance"])
    .optional()
    .describe(
      "What proves that the files are the ones that were tested: the record on the page, or their signed provenance; default: record",
    ),
});

export type FetchReleaseInput = z.infer<typeof fetchReleaseInput>;

/** The tag whose page is asked. */
export function tagOf({ packages }: Pick<Use, "packages">): string | undefined {
  return packages.find((one) => one.tag !== undefined)?.tag;
}

/** Images are no files of a page: their digests are, in its record. */
export function hasImages(packages: Use["packages"]): boolean {
  return packages.some(({ ecosystem }) => ecosystem === "oci");
}
