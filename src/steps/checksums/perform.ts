// Writes the checksum file over the frozen artifacts that are named.
import { posix } from "node:path";
import type { Artifact } from "../../domain/artifact.ts";
import type { Frozen, Worked, WorkPorts } from "../step.ts";
import { writeChecksums, type SummedFile } from "./checksum-file.ts";
import { nameOf, type ChecksumsInput } from "./input.ts";

/** Most files that one checksum file names. */
const filesMax = 10_000;

export async function performChecksums(frozen: Frozen<ChecksumsInput>, ports: WorkPorts): Promise<Worked> {
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
