// What a look at the index says about one file or one version. Pure: the pages were read by look-up.ts.
// A file is ours only if its sha256 is; where the index tells no sha256 the bytes themselves are asked for (DESIGN §1.2).
import type { JsonObject } from "../../domain/configuration.ts";
import type { Evidence, Observation } from "../../domain/run/effect.ts";
import type { ListedFile, Publication, Survey, Versions } from "../registry.ts";
import { sameVersion, versionOfFile } from "./file-names.ts";
import type { LookedUp } from "./look-up.ts";

/** What can be said from the page alone; `compare` asks for the bytes. */
export type Judged = Observation | { readonly kind: "compare"; readonly file: ListedFile };

/** @param registry name of the registry, for words */
export function judgeFile(looked: LookedUp, publication: Publication, registry: string): Judged {
  if (looked.kind === "unknown") return looked;
  if (looked.kind === "absent") return { kind: "absent" };
  const same = looked.page.files.filter((file) => file.name === publication.name);
  const quarantined = looked.page.status === "quarantined";
  if (same.length === 0 && quarantined)
    return { kind: "unknown", why: `"${publication.package}" is quarantined at "${registry}", which hides its files` };
  const [file] = same;
  if (file === undefined) return { kind: "absent" };
  const other = same.find((one) => one.sha256 !== undefined && one.sha256 !== publication.sha256);
  if (other?.sha256 !== undefined) return { kind: "conflict", theirs: theirs(other, other.sha256, registry) };
  if (file.sha256 === undefined) return { kind: "compare", file };
  return { kind: "present", evidence: evidence(file, { how: "sha256 read back from the index", serial: looked.serial }) };
}

/** The same after the bytes were downloaded and digested. */
export function judgeBytes(
  file: ListedFile,
  publication: Publication,
  downloaded: { readonly sha256: string; readonly sizeBytes: number; readonly registry: string },
): Observation {
  if (downloaded.sha256 !== publication.sha256) return { kind: "conflict", theirs: theirs(file, downloaded.sha256, downloaded.registry) };
  const how = "downloaded and digested, because the index tells no sha256";
  return { kind: "present", evidence: evidence({ ...file, sizeBytes: downloaded.sizeBytes }, { how, sha256: downloaded.sha256 }) };
}

function evidence(
  file: ListedFile,
  rest: { readonly how: string; readonly sha256?: string; readonly serial?: string | undefined },
): Evidence {
  const details: JsonObject = {
    ...(file.uploadedAt === undefined ? {} : { uploadedAt: file.uploadedAt }),
    ...(file.yanked === undefined || file.yanked === false ? {} : { yanked: file.yanked }),
    ...(rest.serial === undefined ? {} : { serial: rest.serial }),
  };
  const sha256 = rest.sha256 ?? file.sha256;
  return {
    how: rest.how,
    url: file.url,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(file.sizeBytes === undefined ? {} : { sizeBytes: file.sizeBytes }),
    details,
  };
}

/** Names whose file it is as far as an index tells: what, since when, with which digest. */
function theirs(file: ListedFile, sha256: string, registry: string): string {
  const since = file.uploadedAt === undefined ? "at a time the index does not tell" : `at ${file.uploadedAt}`;
  return `"${registry}" holds another "${file.name}", uploaded ${since}, with sha256 ${sha256}`;
}

/** The files of one version: those whose name carries it, equal by PEP 440 (`1.0` is `1.0.0`). */
export function surveyOf(looked: LookedUp, packageName: string, version: string): Survey {
  if (looked.kind === "unknown") return looked;
  if (looked.kind === "absent") return { kind: "absent", package: "absent" };
  const files = looked.page.files.filter((file) => {
    const written = versionOfFile(packageName, file.name);
    return written !== undefined && sameVersion(written, version);
  });
  if (files.length > 0) return { kind: "listed", files };
  if (looked.page.status === "quarantined") return { kind: "unknown", why: `"${packageName}" is quarantined, which hides its files` };
  return { kind: "absent", package: "exists" };
}

/** All versions that the index knows, from its own list and from the names of the files. */
export function versionsOf(looked: LookedUp, packageName: string): Versions {
  if (looked.kind === "unknown" || looked.kind === "absent") return looked;
  const fromFiles = looked.page.files.flatMap((file) => versionOfFile(packageName, file.name) ?? []);
  return { kind: "listed", versions: [...new Set([...(looked.page.versions ?? []), ...fromFiles])] };
}
