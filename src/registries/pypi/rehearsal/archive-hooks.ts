// What the index says about the inside of an archive, read through the archives port: rows 15 and 16 of the server's
// order. Without these hooks only the first bytes and the names are judged. Source: protocols §1.2, §1.4.
import type { Archive, ArchiveOpened, Archives } from "../../../platform/ports.ts";

/** What may be wrong inside: `invalid` follows "Invalid distribution file.", `contents` is a message of its own. */
export type ArchiveVerdict =
  | { readonly kind: "fine" }
  | { readonly kind: "invalid"; readonly why: string }
  | { readonly kind: "contents"; readonly message: string };

export interface ArchiveHooks {
  /** Judges the structure (`invalid`) and the members that must be there (`contents`). */
  checkArchive(file: string, about: { readonly name: string; readonly licenseFiles: readonly string[] }): Promise<ArchiveVerdict>;
  /** Text of a wheel's METADATA; undefined for an sdist. */
  readMetadata(file: string, name: string): Promise<string | undefined>;
}

const metadataBytesMax = 8 * 1024 * 1024;

export function archiveHooks(archives: Archives): ArchiveHooks {
  return {
    checkArchive: async (file, about) => {
      const opened = await openByName(archives, file, about.name);
      if (opened.kind === "unreadable")
        return { kind: "invalid", why: about.name.endsWith(".whl") ? "File is not a zipfile" : "File is not a tarfile" };
      return about.name.endsWith(".whl") ? checkWheel(opened.archive, about) : checkSdist(opened.archive, about);
    },
    readMetadata: async (file, name) => {
      if (!name.endsWith(".whl")) return undefined;
      const opened = await archives.openZip(file);
      const read = opened.kind === "opened" ? await opened.archive.readText(`${distInfo(name)}/METADATA`, metadataBytesMax) : undefined;
      return read?.kind === "text" ? read.text : undefined;
    },
  };
}

function openByName(archives: Archives, file: string, name: string): Promise<ArchiveOpened> {
  return name.endsWith(".whl") || name.endsWith(".zip") ? archives.openZip(file) : archives.openTarGz(file);
}

/** Name and version as in the file name, whatever their spelling. */
function distInfo(name: string): string {
  return `${name.split("-", 2).join("-")}.dist-info`;
}

async function checkWheel(
  archive: Archive,
  about: { readonly name: string; readonly licenseFiles: readonly string[] },
): Promise<ArchiveVerdict> {
  const paths = new Set(archive.members.map((member) => member.path));
  const folder = distInfo(about.name);
  if (!paths.has(`${folder}/WHEEL`)) return { kind: "invalid", why: `WHEEL not found at ${folder}/WHEEL` };
  const [fault] = archive.faults;
  if (fault !== undefined) return { kind: "invalid", why: `ZIP archive not accepted: ${fault}` };
  const missing = about.licenseFiles.find((license) => !paths.has(`${folder}/licenses/${license}`));
  if (missing !== undefined) return missingLicense(missing, about.name, `${folder}/licenses/${missing}`);
  if (!paths.has(`${folder}/RECORD`)) return contents(`Wheel '${about.name}' does not contain the required RECORD file: ${folder}/RECORD`);
  if (!(await hasValidEntryPoints(archive, folder)))
    return contents(`Wheel '${about.name}' has invalid entry points defined in the entry_points.txt file`);
  if (!paths.has(`${folder}/METADATA`))
    return contents(`Wheel '${about.name}' does not contain the required METADATA file: ${folder}/METADATA`);
  return { kind: "fine" };
}

function checkSdist(archive: Archive, about: { readonly name: string; readonly licenseFiles: readonly string[] }): ArchiveVerdict {
  const paths = new Set(archive.members.map((member) => member.path));
  const tops = new Set(archive.members.map((member) => member.path.split("/", 1)[0] ?? ""));
  const [top = ""] = tops;
  const sparse = archive.faults.find((fault) => /sparse/i.test(fault));
  if (sparse !== undefined) return { kind: "invalid", why: "tar archive not accepted: Sparse members are not allowed." };
  if (tops.size !== 1 || top === "" || top === ".") return { kind: "invalid", why: "Incorrect number of top-level directories in sdist" };
  if (!paths.has(`${top}/PKG-INFO`)) return { kind: "invalid", why: `PKG-INFO not found at ${top}/PKG-INFO` };
  const missing = about.licenseFiles.find((license) => !paths.has(`${top}/${license}`));
  return missing === undefined ? { kind: "fine" } : missingLicense(missing, about.name, `${top}/${missing}`);
}

function missingLicense(license: string, name: string, place: string): ArchiveVerdict {
  return contents(`License-File ${license} does not exist in distribution file ${name} at ${place}`);
}

function contents(message: string): ArchiveVerdict {
  return { kind: "contents", message };
}

/** INI in UTF-8 with `name = object` lines; names of scripts are `[\w.-]+` (since May 2026). */
async function hasValidEntryPoints(archive: Archive, folder: string): Promise<boolean> {
  const read = await archive.readText(`${folder}/entry_points.txt`, 1024 * 1024);
  if (read.kind === "absent") return true;
  if (read.kind !== "text") return false;
  let section = "";
  for (const line of read.text.split(/\r?\n/).map((one) => one.trim())) {
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const opened = /^\[([^\]]+)\]$/.exec(line)?.[1];
    if (opened !== undefined) section = opened.trim();
    else if (section === "" || !/^[^=:]+\s*[=:]\s*\S/.test(line)) return false;
    else if (/^(?:console|gui)_scripts$/.test(section) && !/^[\w.-]+\s*[=:]/.test(line)) return false;
  }
  return true;
}
