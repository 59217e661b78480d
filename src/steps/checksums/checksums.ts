// The step `checksums`: one file of digests over what is released, for people who download from the forge (S3.6). It is
// called `SHA256SUMS`, the name that `sha256sum` has in its manual and that scripts and mirrors look for; whoever makes
// several names them with `name`.
import { posix } from "node:path";
import { z } from "zod";
import { artifactKinds, type Artifact, type ExpectedArtifact } from "../../domain/artifact.ts";
import type { Frozen, Use, Worked, WorkPorts, WorkStep } from "../step.ts";
import { writeChecksums, type SummedFile } from "./checksum-file.ts";

const algorithms = ["sha256", "sha384", "sha512"] as const;

export const checksumsInput = z.strictObject({
  of: z.array(z.enum(artifactKinds)).min(1).max(artifactKinds.length).describe("Kinds of artifacts whose digests are written"),
  algorithm: z.enum(algorithms).optional().describe("Digest that is written (default: sha256)"),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/, { error: 'must be a plain file name, for example "SHA256SUMS"' })
    .optional()
    .describe("Name of the file (default: SHA256SUMS, or as the algorithm is called)"),
  "install-script": z.string().optional().describe("Script that picks the right binary and checks its digest; not in this version"),
});

export type ChecksumsInput = z.infer<typeof checksumsInput>;

/** Most files that one checksum file names. */
const filesMax = 10_000;

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
  perform: performChecksums,
};

/** One file. It belongs to the package whose files it names, or to the first of several: which one only the artifacts tell. */
function makes({ packages }: Use<ChecksumsInput>): readonly ExpectedArtifact[] {
  const countMin = packages.length === 1 ? 1 : 0;
  return packages.map((one) => ({ kind: "checksum-file", package: one.id, countMin, countMax: 1 }));
}

async function performChecksums(frozen: Frozen<ChecksumsInput>, ports: WorkPorts): Promise<Worked> {
  const { input, artifacts } = frozen;
  const chosen = artifacts.filter((artifact) => input.of.includes(artifact.kind));
  const fault = faultOf(chosen, input);
  if (fault !== undefined) return { kind: "failed", code: "ARTIFACT_SET", message: `Cannot write ${nameOf(input)}: ${fault}` };
  const summed: SummedFile[] = [];
  for (const artifact of chosen) summed.push({ name: artifact.name, hex: await digestOf(artifact, input, ports) });
  const name = nameOf(input);
  const file = posix.join(ports.scratchFolder, name);
  await ports.files.writeText(file, writeChecksums(summed));
  ports.print(`${name}: ${chosen.length} files`);
  const owner = frozen.packages.find((one) => chosen.some((artifact) => artifact.package === one.id))?.id ?? chosen[0]?.package ?? "";
  return { kind: "done", output: { name, files: chosen.length }, artifacts: [{ kind: "checksum-file", package: owner, name, file }] };
}

function faultOf(artifacts: readonly Artifact[], input: ChecksumsInput): string | undefined {
  if (artifacts.length === 0) return `there is no artifact of ${input.of.join(", ")}`;
  if (artifacts.length > filesMax) return `there are ${artifacts.length} artifacts, more than ${filesMax}`;
  const names = artifacts.map((artifact) => artifact.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  // A checksum file is checked in one folder, where a name can stand once.
  return twice === undefined ? undefined : `two artifacts are called "${twice}"`;
}

async function digestOf(artifact: Artifact, { algorithm }: ChecksumsInput, ports: WorkPorts): Promise<string> {
  if (algorithm === undefined || algorithm === "sha256") return artifact.digest;
  return ports.files.digestWith(ports.artifactFile(artifact), algorithm);
}

function nameOf({ name, algorithm }: ChecksumsInput): string {
  return name ?? `${(algorithm ?? "sha256").toUpperCase()}SUMS`;
}
