// Writes the checksum file, and the install script, over the frozen artifacts that are named.
import { posix } from "node:path";
import type { Artifact } from "../../domain/artifact.ts";
import type { JsonObject } from "../../domain/configuration.ts";
import { failed, type Failed } from "../building.ts";
import type { Frozen, MadeArtifact, Worked, WorkPorts } from "../step.ts";
import { writeChecksums, type SummedFile } from "./checksum-file.ts";
import { nameOf, type ChecksumsInput } from "./input.ts";
import { downloadFolder, installFilesOf } from "./install-files.ts";
import { writeInstallScript } from "./install-script.ts";

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
  const made: MadeArtifact = { kind: "checksum-file", package: owner, name, file };
  const script = await writeScript(frozen, chosen, ports);
  if (script.kind === "failed") return script;
  return { kind: "done", output: { name, files: chosen.length, ...script.output }, artifacts: [made, ...script.artifacts] };
}

type Script = { readonly kind: "written"; readonly output: JsonObject; readonly artifacts: readonly MadeArtifact[] } | Failed;

async function writeScript(frozen: Frozen<ChecksumsInput>, chosen: readonly Artifact[], ports: WorkPorts): Promise<Script> {
  const { input, plan, packages } = frozen;
  const name = input["install-script"];
  if (name === undefined) return { kind: "written", output: {}, artifacts: [] };
  const binaries = chosen.filter(({ kind }) => kind === "binary");
  const found = installFilesOf(binaries, plan.packages);
  const folder = downloadFolder(plan);
  if (found.kind === "refused") return failed("ARTIFACT_SET", `Cannot write ${name}: ${found.why}`);
  if (folder.kind === "refused") return failed("PLAN_INVALID", `Cannot write ${name}: ${folder.why}`);
  const file = posix.join(ports.scratchFolder, name);
  await ports.files.writeText(file, writeInstallScript({ name, title: plan.release.title, from: folder.url, files: found.files }));
  ports.print(`${name}: ${found.files.length} files${found.leftOut.length === 0 ? "" : `, without ${found.leftOut.join(", ")}`}`);
  const owner = packages.find((one) => binaries.some((artifact) => artifact.package === one.id))?.id ?? binaries[0]?.package ?? "";
  const output = { installScript: { name, leftOut: found.leftOut } };
  return { kind: "written", output, artifacts: [{ kind: "install-script", package: owner, name, file }] };
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
