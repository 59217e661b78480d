// What `checksums` takes in slipway.yaml.
import * as z from "../../domain/shape.ts";
import { artifactKinds } from "../../domain/artifact.ts";

const algorithms = ["sha256", "sha384", "sha512"] as const;

const plainName = (example: string): z.Text =>
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/, { error: `must be a plain file name, for example "${example}"` });

export const checksumsInput = z.strictObject({
  of: z.array(z.enum(artifactKinds)).min(1).max(artifactKinds.length).describe("Kinds of artifacts whose digests are written"),
  algorithm: z.enum(algorithms).optional().describe("Digest that is written (default: sha256)"),
  name: plainName("SHA256SUMS").optional().describe("Name of the file (default: SHA256SUMS, or as the algorithm is called)"),
  "install-script": plainName("install.sh")
    .optional()
    .describe("Name of a script that downloads the binary for a machine from the release page, checks its digest and installs it"),
});

export type ChecksumsInput = z.infer<typeof checksumsInput>;

/** Name of the file that is written. */
export function nameOf({ name, algorithm }: ChecksumsInput): string {
  return name ?? `${(algorithm ?? "sha256").toUpperCase()}SUMS`;
}
