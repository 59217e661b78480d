// What a packer left: one tarball with the package that the plan names, read in memory; a name and a version are not taken
// from the file's name. What a registry would refuse, or nobody could install, is an error here.
import { join } from "node:path";
import { readPackageJson, type NpmManifest } from "../../domain/manifest/npm.ts";
import { packedFileName } from "../../domain/npm/names.ts";
import type { PublishedMember } from "../../domain/plan/members.ts";
import { failed, type Failed } from "../building.ts";
import type { MadeArtifact, WorkPorts } from "../step.ts";
import { localRange } from "./ranges.ts";

const manifestBytesMax = 4 * 1024 * 1024;

export type Collected = { readonly kind: "collected"; readonly artifacts: readonly MadeArtifact[] } | Failed;

/** @param out folder of these packages alone, empty before they were packed */
export async function collectTarballs(members: readonly PublishedMember[], out: string, ports: WorkPorts): Promise<Collected> {
  const names = await ports.files.list(out);
  if (names.length !== members.length) {
    const left =
      names.length === 0 ? "no file" : `${names.length} ${names.length === 1 ? "file" : "files"}: ${names.slice(0, 5).join(", ")}`;
    return failed("ARTIFACT_SET", `Cannot go on: packing ${wordsOf(members)} ended well and left ${left}`);
  }
  const artifacts: MadeArtifact[] = [];
  for (const member of members) {
    // Alone, it is told by what is inside; of several each has the name that npm gives it.
    const name = members.length === 1 ? names[0] : names.find((one) => one === packedFileName(member.name, member.package.version));
    if (name === undefined)
      return failed("ARTIFACT_SET", `Cannot go on: packing ${wordsOf(members)} ended well and left nothing for "${member.name}"`);
    const collected = await collectTarball(member, join(out, name), ports);
    if (collected.kind === "failed") return collected;
    artifacts.push(collected.artifact);
  }
  return { kind: "collected", artifacts };
}

function wordsOf(members: readonly PublishedMember[]): string {
  const names = members.slice(0, 5).map(({ name }) => `"${name}"`);
  return members.length > names.length ? `${names.join(", ")} and ${members.length - names.length} more` : names.join(", ");
}

async function collectTarball(
  member: PublishedMember,
  file: string,
  ports: WorkPorts,
): Promise<{ readonly kind: "collected"; readonly artifact: MadeArtifact } | Failed> {
  const opened = await ports.archives.openTarGz(file);
  if (opened.kind === "unreadable") return invalid(member, opened.why);
  const [fault] = opened.archive.faults;
  if (fault !== undefined) return invalid(member, fault);
  const text = await opened.archive.readText("package/package.json", manifestBytesMax);
  const read = text.kind === "text" ? readPackageJson(text.text) : undefined;
  if (read?.kind !== "npm") return invalid(member, "it has no package.json that can be read");
  const problem = judge(member, read.manifest);
  if (problem !== undefined) return problem;
  const artifactName = packedFileName(member.name, member.package.version);
  return { kind: "collected", artifact: { kind: "npm-tarball", package: member.package.id, name: artifactName, file } };
}

function judge(member: PublishedMember, manifest: NpmManifest): Failed | undefined {
  const { version } = member.package;
  const packed = manifest.version?.version;
  if (manifest.name !== member.name)
    return failed("ARTIFACT_SET", `Cannot go on: what was packed is named "${manifest.name ?? ""}", and the plan says "${member.name}"`);
  if (packed !== version) {
    return failed(
      "VERSION_MISMATCH",
      `Cannot go on: "${member.name}" was packed with version ${packed ?? "none"}, and the plan says ${version}`,
      "Mend the version in its package.json, or what writes it while it is packed",
    );
  }
  if (manifest.private) return invalid(member, 'its package.json says `"private": true`');
  const range = localRange(manifest);
  return range === undefined ? undefined : invalid(member, `its package.json asks for ${range}, which nobody else can install`);
}

function invalid({ name }: PublishedMember, why: string): Failed {
  return failed("ARTIFACT_INVALID", `Cannot use the tarball of "${name}": ${why}`);
}
