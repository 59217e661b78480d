// The step `checksums`: one file of digests over what is released, for people who download from the forge (S3.6). It is
// called `SHA256SUMS`, the name that `sha256sum` has in its manual and that scripts and mirrors look for; whoever makes
// several names them with `name`.
import type { ExpectedArtifact } from "../../domain/artifact.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Use, WorkStep } from "../step.ts";
import { checksumsInput, nameOf, type ChecksumsInput } from "./input.ts";

export const checksumsStep: WorkStep<ChecksumsInput> = {
  name: "checksums",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Writes the digests of artifacts into a checksum file that `sha256sum -c` reads, and into a script that installs binaries.",
  input: checksumsInput,
  timeoutMs: 10 * 60_000,
  // One query per kind: each of them has to be made.
  takes: ({ input }) => [...new Set(input.of)].map((kind) => ({ kinds: [kind] })),
  makes,
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  describe: ({ input }) => {
    const script = input["install-script"] === undefined ? "" : ` and ${input["install-script"]}`;
    return `write ${nameOf(input)}${script} of ${[...new Set(input.of)].join(", ")}`;
  },
  preflight: async (planned) => (await import("./preflight.ts")).preflightChecksums(planned),
  perform: async (frozen, ports) => (await import("./perform.ts")).performChecksums(frozen, ports),
};

/** One file of each kind. It belongs to the package whose files it names, or to the first of several: which one only the artifacts tell. */
function makes({ packages, input }: Use<ChecksumsInput>): readonly ExpectedArtifact[] {
  const script = input["install-script"];
  if (script !== undefined && !input.of.includes("binary")) {
    throw new SlipwayError("PLAN_INVALID", `Cannot plan \`checksums\`: ${script} installs binaries, and \`of\` does not name them`, {
      hint: "Add `binary` to `of`, or leave `install-script` out",
    });
  }
  const countMin = packages.length === 1 ? 1 : 0;
  const kinds = ["checksum-file", ...(script === undefined ? [] : ["install-script" as const])] as const;
  return packages.flatMap((one) => kinds.map((kind) => ({ kind, package: one.id, countMin, countMax: 1 })));
}
