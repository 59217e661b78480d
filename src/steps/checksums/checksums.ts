// The step `checksums`: one file of digests over what is released, for people who download from the forge (S3.6). It is
// called `SHA256SUMS`, the name that `sha256sum` has in its manual and that scripts and mirrors look for; whoever makes
// several names them with `name`.
import type { ExpectedArtifact } from "../../domain/artifact.ts";
import type { Use, WorkStep } from "../step.ts";
import { checksumsInput, nameOf, type ChecksumsInput } from "./input.ts";

export const checksumsStep: WorkStep<ChecksumsInput> = {
  name: "checksums",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Writes the digests of artifacts into a checksum file that `sha256sum -c` reads.",
  input: checksumsInput,
  timeoutMs: 10 * 60_000,
  // One query per kind: each of them has to be made.
  takes: ({ input }) => [...new Set(input.of)].map((kind) => ({ kinds: [kind] })),
  makes,
  notYet: ({ input }) => (input["install-script"] === undefined ? undefined : "`install-script` of `checksums`"),
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  describe: ({ input }) => `write ${nameOf(input)} of ${[...new Set(input.of)].join(", ")}`,
  preflight: async () => [],
  perform: async (frozen, ports) => (await import("./perform.ts")).performChecksums(frozen, ports),
};

/** One file. It belongs to the package whose files it names, or to the first of several: which one only the artifacts tell. */
function makes({ packages }: Use<ChecksumsInput>): readonly ExpectedArtifact[] {
  const countMin = packages.length === 1 ? 1 : 0;
  return packages.map((one) => ({ kind: "checksum-file", package: one.id, countMin, countMax: 1 }));
}
