// The first look at a distribution: file name, structure of the archive, core metadata. It exists apart from the slow
// part (every digest of a wheel) so that Python can begin to judge the metadata of all files meanwhile.
import { parseCoreMetadata, type CoreMetadata } from "../../domain/pypi/core-metadata.ts";
import { parseWheelFileName } from "../../domain/pypi/names.ts";
import type { Archive } from "../../platform/ports.ts";
import type { CheckPorts, Distribution, OpenedDistribution } from "./distribution.ts";
import { error, quoted, warning, type ArtifactFinding } from "./finding.ts";
import { wheelNameFindings } from "./wheel-file.ts";

/** Largest METADATA or PKG-INFO that is read, in bytes. */
export const metadataBytesMax = 8 * 1024 * 1024;

const mebibyte = 1024 * 1024;
/** What PyPI takes of a project without a raised limit, and the most that it can be raised to (protocols §1.4). */
const sizeBytesUsual = 100 * mebibyte;
const sizeBytesMax = 1024 * mebibyte;

/** Opens a wheel or sdist and reads its metadata. */
export async function openDistribution(distribution: Distribution, ports: CheckPorts): Promise<OpenedDistribution> {
  return distribution.kind === "wheel" ? openWheel(distribution, ports) : openSdist(distribution, ports);
}

/** The archive is so broken that no member can be seen: then none can be said to be missing. */
export function isUnlisted(archive: Archive): boolean {
  return archive.members.length === 0 && archive.faults.length > 0;
}

/** Faults of the archive as findings. Some show only after its members were read. */
export function archiveFindings(archive: Archive): readonly ArtifactFinding[] {
  return archive.faults.map((fault) => error("ARCHIVE", `${fault} (PyPI and installers refuse archives that can be read in two ways)`));
}

async function openWheel(distribution: Distribution, ports: CheckPorts): Promise<OpenedDistribution> {
  const findings = [...sizeFindings(distribution)];
  const parsed = parseWheelFileName(distribution.name);
  if (parsed.kind === "invalid")
    findings.push(error("WHEEL-NAME", `${quoted(distribution.name)} is no file name of a wheel: ${parsed.reason} (PEP 427)`));
  else findings.push(...wheelNameFindings(distribution.name, parsed));
  const [name = "", version = ""] = distribution.name.split("-");
  const folder = `${name}-${version}.dist-info`;
  const opened = await ports.archives.openZip(distribution.file);
  if (opened.kind === "unreadable") {
    return { distribution, folder, findings: [...findings, error("ARCHIVE-UNREADABLE", `The wheel cannot be read: it ${opened.why}`)] };
  }
  const known = parsed.kind === "wheel" && !isUnlisted(opened.archive);
  const metadata = known ? await readMetadata(opened.archive, `${folder}/METADATA`, findings) : undefined;
  return {
    distribution,
    archive: opened.archive,
    folder,
    ...(parsed.kind === "wheel" ? { wheel: parsed } : {}),
    ...(metadata === undefined ? {} : { metadata }),
    findings,
  };
}

async function openSdist(distribution: Distribution, ports: CheckPorts): Promise<OpenedDistribution> {
  const findings = [...sizeFindings(distribution)];
  const opened = await ports.archives.openTarGz(distribution.file);
  const expected = distribution.name.replace(/\.tar\.gz$/, "");
  if (opened.kind === "unreadable") {
    return {
      distribution,
      folder: expected,
      findings: [...findings, error("ARCHIVE-UNREADABLE", `The sdist cannot be read: it ${opened.why}`)],
    };
  }
  if (isUnlisted(opened.archive)) return { distribution, archive: opened.archive, folder: expected, findings };
  const folder = topFolder(opened.archive, expected, findings);
  const metadata = await readMetadata(opened.archive, `${folder}/PKG-INFO`, findings);
  return { distribution, archive: opened.archive, folder, ...(metadata === undefined ? {} : { metadata }), findings };
}

/** The one folder everything is in, which has the name of the file (PEP 625, PyPA "Source distribution format"). */
function topFolder(archive: Archive, expected: string, findings: ArtifactFinding[]): string {
  const tops = new Set(archive.members.map((member) => member.path.split("/")[0] ?? ""));
  const [only = expected] = tops;
  if (tops.size > 1)
    findings.push(
      error("SDIST-FOLDER", `The sdist should have one folder at its top, ${quoted(expected)}, and has ${tops.size} entries there`),
    );
  else if (only !== expected)
    findings.push(error("SDIST-FOLDER", `The sdist's top folder is ${quoted(only)}, and should be ${quoted(expected)}`));
  return tops.size === 1 ? only : expected;
}

async function readMetadata(archive: Archive, path: string, findings: ArtifactFinding[]): Promise<CoreMetadata | undefined> {
  const read = await archive.readText(path, metadataBytesMax);
  if (read.kind === "text") return parseCoreMetadata(read.text);
  const whys = { absent: "is missing", "too-large": `is larger than ${metadataBytesMax} bytes`, "not-utf8": "is not UTF-8" };
  findings.push(error("META-FILE", `${quoted(path)} ${whys[read.kind]}`));
  return undefined;
}

function sizeFindings(distribution: Distribution): readonly ArtifactFinding[] {
  const { sizeBytes } = distribution;
  const size = `${(sizeBytes / mebibyte).toFixed(1)} MiB`;
  if (sizeBytes > sizeBytesMax) return [error("SIZE", `The file has ${size}, and PyPI takes at most 1024 MiB of any project`)];
  if (sizeBytes > sizeBytesUsual)
    return [warning("SIZE", `The file has ${size}, and PyPI takes at most 100 MiB unless the project's limit was raised`)];
  return [];
}
