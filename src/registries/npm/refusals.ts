// Why an npm registry would refuse a tarball, as far as its name, version and size tell: known before the first byte is sent.
// Rules: protocols §5.1; npm documentation of package.json ("name", "version").
import { npmNameProblems, packedFileName } from "../../domain/npm/names.ts";
import { semver } from "../../domain/version/semver.ts";
import type { Publication } from "../registry.ts";
import { bytesPerMiB } from "./wire.ts";

/** @param limitBytes largest tarball that the registry takes, where that is known */
export function npmRefusals(upload: Publication, limitBytes: number | undefined): readonly string[] {
  return [
    ...npmNameProblems(upload.package),
    ...versionRefusals(upload.version),
    ...fileRefusals(upload),
    ...sizeRefusals(upload, limitBytes),
  ];
}

function versionRefusals(version: string): readonly string[] {
  const read = semver.parse(version);
  if (read.kind === "invalid") return [read.problem.message];
  const { build } = read.version;
  if (build.length === 0) return [];
  // npm cuts it off without a word, and the registry would then hold another version than the plan says.
  return [`Version "${version}" has the build metadata "+${build.join(".")}", which the registry does not keep`];
}

function fileRefusals({ name, package: packageName, version }: Publication): readonly string[] {
  const packed = packedFileName(packageName, version);
  return name === packed ? [] : [`"${name}" should be called "${packed}"`];
}

function sizeRefusals(upload: Publication, limitBytes: number | undefined): readonly string[] {
  if (limitBytes === undefined || upload.sizeBytes <= limitBytes) return [];
  const mebibytes = (upload.sizeBytes / bytesPerMiB).toFixed(1);
  return [`"${upload.name}" has ${mebibytes} MiB and the limit of a tarball is ${Math.floor(limitBytes / bytesPerMiB)} MiB`];
}
