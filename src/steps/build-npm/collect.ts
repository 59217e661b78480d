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

export type Collected = { readonly kind: "collected"; readonly artifact: MadeArtifact } | Failed;

/** @param out folder of this package alone, empty before it was packed */
export async function collectTarball(member: PublishedMember, out: string, ports: WorkPorts): Promise<Collected> {
  const [name, ...more] = await ports.files.list(out);
  if (name === undefined || more.length > 0) {
    const left = name === undefined ? "no file" : `${more.length + 1} files: ${[name, ...more].slice(0, 5).join(", ")}`;
    return failed("ARTIFACT_SET", `Cannot go on: packing "${member.name}" ended well and left ${left}`);
  }
  const file = join(out, name);
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
