// A wheel's insides: WHEEL, RECORD with every digest, licence files, entry points and what it would install. The
// topics stand in files of their own; this one reads what they need.
import { headersOf, isMetadataVersionAtLeast } from "../../domain/pypi/core-metadata.ts";
import type { Archive } from "../../platform/ports.ts";
import { contentFindings, installedPaths, moduleNames } from "./contents.ts";
import type { OpenedDistribution } from "./distribution.ts";
import { entryPointFindings } from "./entry-points.ts";
import { error, quoted, type ArtifactFinding } from "./finding.ts";
import { archiveFindings, isUnlisted } from "./open-distribution.ts";
import { recordFindings } from "./record.ts";
import { folderFindings, wheelFileFindings } from "./wheel-file.ts";

const mebibyte = 1024 * 1024;
const smallFileBytesMax = mebibyte;
/** RECORD of a wheel with 100,000 files. */
const recordBytesMax = 32 * mebibyte;

/** Everything about a wheel that needs no other file and no Python. */
export async function wheelFindings(opened: OpenedDistribution): Promise<readonly ArtifactFinding[]> {
  const { archive, wheel } = opened;
  if (archive === undefined) return [];
  if (wheel === undefined || isUnlisted(archive)) return archiveFindings(archive);
  const findings: ArtifactFinding[] = [...folderFindings(archive.members, wheel)];
  const wheelText = await readSmall(archive, `${opened.folder}/WHEEL`, findings);
  if (wheelText !== undefined) findings.push(...wheelFileFindings(wheelText, opened.distribution.name, wheel));
  findings.push(...(await recordedFindings(archive, opened.folder)));
  const paths = installedPaths(archive.members, wheel);
  const modules = moduleNames(paths);
  findings.push(...licenseFindings(opened, archive), ...(await scriptFindings(archive, opened.folder, modules)));
  const importName = opened.distribution.planned?.importName;
  findings.push(
    ...contentFindings({
      parsed: wheel,
      members: archive.members,
      paths,
      modules,
      ...(importName === undefined ? {} : { importName }),
      requires: opened.metadata !== undefined && headersOf(opened.metadata, "Requires-Dist").length > 0,
    }),
  );
  return [...archiveFindings(archive), ...findings];
}

async function readSmall(archive: Archive, path: string, findings: ArtifactFinding[]): Promise<string | undefined> {
  const read = await archive.readText(path, smallFileBytesMax);
  if (read.kind === "text") return read.text;
  findings.push(error("WHEEL-FILE", `${quoted(path)} is ${read.kind === "absent" ? "missing" : read.kind}`));
  return undefined;
}

async function recordedFindings(archive: Archive, folder: string): Promise<readonly ArtifactFinding[]> {
  const read = await archive.readText(`${folder}/RECORD`, recordBytesMax);
  const files = await archive.digests();
  if (read.kind === "text") {
    const findings = recordFindings(read.text, { distInfo: folder, files });
    // A member that cannot be unpacked is a fault of the archive, not a lie of RECORD.
    return archive.faults.length === 0 ? findings : findings.filter((finding) => finding.id !== "RECORD-MISSING");
  }
  return [
    error(
      "RECORD-FILE",
      `${quoted(`${folder}/RECORD`)} is ${read.kind === "absent" ? "missing" : read.kind}; installers verify files by it`,
    ),
  ];
}

function licenseFindings(opened: OpenedDistribution, archive: Archive): readonly ArtifactFinding[] {
  if (opened.metadata === undefined || !isMetadataVersionAtLeast(opened.metadata, "2.4")) return [];
  const files = new Set(archive.members.filter((member) => member.kind === "file").map((member) => member.path));
  const missing = headersOf(opened.metadata, "License-File").filter((path) => !files.has(`${opened.folder}/licenses/${path}`));
  return missing.map((path) =>
    error("LICENSE-FILE", `License-File ${quoted(path)} is not at ${quoted(`${opened.folder}/licenses/${path}`)} (PEP 639; PyPI)`),
  );
}

async function scriptFindings(archive: Archive, folder: string, modules: ReadonlySet<string>): Promise<readonly ArtifactFinding[]> {
  const path = `${folder}/entry_points.txt`;
  const read = await archive.readText(path, smallFileBytesMax);
  if (read.kind === "absent") return [];
  return read.kind === "text" ? entryPointFindings(read.text, modules) : [error("ENTRY-POINTS", `${quoted(path)} is ${read.kind}`)];
}
