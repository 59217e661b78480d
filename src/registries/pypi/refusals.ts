// Why PyPI would refuse a file, as far as its name and size tell: known before the first byte is sent.
// Rules: protocols §1.2 rows 7, 8, 16 and §1.4. What is inside the file is the business of check-artifacts.
import { fileNameForm, parseSdistFileName, parseWheelFileName, refusedPlatformTag } from "../../domain/pypi/names.ts";
import { pep440 } from "../../domain/version/pep440.ts";
import type { Publication } from "../registry.ts";
import { fileTypeOf, sameVersion } from "./file-names.ts";
import { bytesPerMiB } from "./wire.ts";

/** @param limitBytes largest file; a project may have been given a higher limit than the usual 100 MiB */
export function pypiRefusals(upload: Publication, limitBytes: number): readonly string[] {
  return [
    ...sizeRefusals(upload, limitBytes),
    ...versionRefusals(upload),
    ...(fileTypeOf(upload.name) === "bdist_wheel" ? wheelRefusals(upload) : sdistRefusals(upload)),
  ];
}

function sizeRefusals(upload: Publication, limitBytes: number): readonly string[] {
  if (upload.sizeBytes <= limitBytes) return [];
  const mebibytes = (upload.sizeBytes / bytesPerMiB).toFixed(1);
  return [`"${upload.name}" has ${mebibytes} MiB and the limit of a file is ${Math.floor(limitBytes / bytesPerMiB)} MiB`];
}

function versionRefusals(upload: Publication): readonly string[] {
  const read = pep440.parse(upload.version);
  const local = read.kind === "valid" ? read.version.local : undefined;
  return local === undefined ? [] : [`Version "${upload.version}" has the local part "+${local}", which is not allowed`];
}

function sdistRefusals(upload: Publication): readonly string[] {
  const read = parseSdistFileName(upload.name, upload.package);
  if (read.kind === "invalid") return [`"${upload.name}" is not the name of a source distribution: ${read.reason}`];
  if (sameVersion(read.version.normal, upload.version)) return [];
  return [`"${upload.name}" carries the version "${read.version.normal}", not "${upload.version}"`];
}

function wheelRefusals(upload: Publication): readonly string[] {
  const read = parseWheelFileName(upload.name);
  if (read.kind === "invalid") return [`"${upload.name}" is not the name of a wheel: ${read.reason}`];
  const refusals: string[] = [];
  const expected = fileNameForm(upload.package);
  if (read.distribution !== expected) refusals.push(`"${upload.name}" should begin with "${expected}", not with "${read.distribution}"`);
  if (!sameVersion(read.version.normal, upload.version)) {
    refusals.push(`"${upload.name}" carries the version "${read.versionText}", not "${upload.version}"`);
  }
  for (const platform of read.platform) {
    const refused = refusedPlatformTag(platform);
    if (refused !== undefined) refusals.push(`"${upload.name}": ${refused}`);
  }
  return refusals;
}
