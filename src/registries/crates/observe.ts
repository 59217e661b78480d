// What a look at the index says about one version. Pure: the file was read by look-up.ts. A version is ours only if its
// checksum is that of our file (DESIGN §1.2). Build metadata makes no other version (protocols §4.1).
import type { JsonObject } from "../../domain/configuration.ts";
import { crateFileName, sameCrateVersion } from "../../domain/crates/names.ts";
import type { Observation } from "../../domain/run/effect.ts";
import type { Publication, Survey, Versions } from "../registry.ts";
import type { IndexLine } from "./index-lines.ts";
import { fileAddress, type LookedUp, type Places } from "./look-up.ts";

/** @param looked at the crate; @param registry its name, for words; @param url page that was read */
export function judgeLine(
  looked: LookedUp,
  publication: Publication,
  place: { readonly registry: string; readonly url: string },
): Observation {
  if (looked.kind !== "lines") return looked;
  const line = looked.lines.find((one) => sameCrateVersion(one.version, publication.version));
  if (line === undefined) return { kind: "absent" };
  if (line.sha256 !== publication.sha256) return { kind: "conflict", theirs: theirs(line, place.registry) };
  const details: JsonObject = {
    ...(line.uploadedAt === undefined ? {} : { uploadedAt: line.uploadedAt }),
    ...(line.yanked ? { yanked: true } : {}),
  };
  return { kind: "present", evidence: { how: "checksum read back from the index", url: place.url, sha256: line.sha256, details } };
}

function theirs(line: IndexLine, registry: string): string {
  const since = line.uploadedAt === undefined ? "at a time the index does not tell" : `at ${line.uploadedAt}`;
  return `"${registry}" holds another ${line.name} ${line.version}, uploaded ${since}, with sha256 ${line.sha256}`;
}

/** The file of one version, as a list of none or one. */
export function surveyOf(looked: LookedUp, version: string, places: Pick<Places, "downloads">): Survey {
  if (looked.kind === "unknown") return looked;
  if (looked.kind === "absent") return { kind: "absent", package: "absent" };
  const lines = looked.lines.filter((line) => sameCrateVersion(line.version, version));
  if (lines.length === 0) return { kind: "absent", package: "exists" };
  const files = lines.map((line) => ({
    name: crateFileName(line.name, line.version),
    sha256: line.sha256,
    ...(line.uploadedAt === undefined ? {} : { uploadedAt: line.uploadedAt }),
    yanked: line.yanked,
    url: fileAddress(places, line),
  }));
  return { kind: "listed", files };
}

export function versionsOf(looked: LookedUp): Versions {
  if (looked.kind !== "lines") return looked;
  return { kind: "listed", versions: looked.lines.map((line) => line.version) };
}
