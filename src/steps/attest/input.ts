// What `attest` takes in slipway.yaml, and which files each form of attestation is about.
import type { ArtifactKind } from "../../domain/artifact.ts";
import * as z from "../../domain/shape.ts";

/**
 * `pypi-publish`: who publishes, as PyPI takes it with the file; `npm-provenance`: from what a tarball was built, as npm takes it;
 * `image-provenance`: from what images were built, attached to them; `provenance`: from what all files were built.
 */
const forms = ["pypi-publish", "npm-provenance", "image-provenance", "provenance"] as const;

function address(description: string): z.Shape<string> {
  return z
    .string()
    .regex(/^https:\/\/[^\s@?#]{1,200}$|^http:\/\/(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/, { error: "should be an https address" })
    .describe(description);
}

export const attestInput = z.strictObject({
  as: z
    .array(z.enum(forms))
    .min(1)
    .optional()
    .describe(
      "What is said of the files: `pypi-publish` (one statement for each Python file, which indexes take with it, PEP 740), `npm-provenance` (one for each npm tarball, which the registry takes with it from a job of GitHub), `image-provenance` (one for the images of each package, attached to them where they are published), `provenance` (one for all files, SLSA v1). Default: `pypi-publish` where there are Python files, and provenance",
    ),
  sigstore: z
    .strictObject({
      certificates: address("Address of its authority of certificates (Fulcio)"),
      log: address("Address of its transparency log, version 1 (Rekor)"),
      timestamps: address(
        "Address of its server of signed times (RFC 3161), without `/api/v1/timestamp`. Default: the log's promise is the only time",
      ).optional(),
    })
    .optional()
    .describe("A Sigstore of one's own. Default: the public instance, whose log is public for ever"),
});

export type AttestInput = z.infer<typeof attestInput>;
export type Form = (typeof forms)[number];

export const pythonKinds: readonly ArtifactKind[] = ["wheel", "sdist"];

/** What a provenance is about. Images have theirs at their registry, by the digest that they have there. */
export const provenKinds: readonly ArtifactKind[] = [
  ...pythonKinds,
  "crate",
  "npm-tarball",
  "binary",
  "install-script",
  "checksum-file",
  "sbom",
  "file",
];

export function formsOf(input: AttestInput, hasPython: boolean): readonly Form[] {
  return input.as ?? (hasPython ? ["pypi-publish", "provenance"] : ["provenance"]);
}
