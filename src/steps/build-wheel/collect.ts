// What a builder left in the folder: exactly the files of one package and version, by their names. Anything else is an
// error, because what is not expected would be published or forgotten. Nothing is ever renamed or tagged anew.
import { join } from "node:path";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { normalizeName, parseSdistFileName, parseWheelFileName } from "../../domain/pypi/names.ts";
import { pep440 } from "../../domain/version/pep440.ts";
import { readVersion } from "../../domain/version/scheme.ts";
import type { Files } from "../../platform/ports.ts";
import { failed, type Failed } from "../building.ts";
import type { MadeArtifact } from "../step.ts";

export type Collected = { readonly kind: "collected"; readonly artifacts: readonly MadeArtifact[] } | Failed;

/** Most files that one package may have: a wheel for every Python and one sdist. */
export const filesMax = 200;

/** uv puts one into every folder it builds to, so that nobody commits what is built. */
const ignoredNames = new Set([".gitignore"]);

export async function collect(
  one: PlannedPackage,
  out: string,
  around: { readonly files: Files; readonly platform: string | undefined },
): Promise<Collected> {
  const names = (await around.files.list(out)).filter((name) => !ignoredNames.has(name));
  if (names.length === 0) return failed("ARTIFACT_SET", `Cannot go on: the build of "${one.id}" ended well and made no file`);
  if (names.length > filesMax)
    return failed("ARTIFACT_SET", `Cannot go on: the build of "${one.id}" made ${names.length} files, and ${filesMax} is the most`);
  const artifacts: MadeArtifact[] = [];
  for (const name of names) {
    const info = await around.files.info(join(out, name));
    const judged =
      info?.kind === "file"
        ? judgeBuilt(name, one)
        : failed("ARTIFACT_SET", `Cannot go on: the build left "${name}", which is no regular file`);
    if (judged.kind === "failed") return judged;
    const isBound = judged.kind === "wheel" && around.platform !== undefined;
    artifacts.push({ kind: judged.kind, package: one.id, name, file: join(out, name), ...(isBound ? { platform: around.platform } : {}) });
  }
  return { kind: "collected", artifacts };
}

type Judged = { readonly kind: "wheel" | "sdist" } | Failed;

/** Whether a name is that of a wheel or an sdist of this very package and version. */
export function judgeBuilt(name: string, one: PlannedPackage): Judged {
  if (name.endsWith(".whl")) return judgeWheel(name, one);
  if (name.endsWith(".tar.gz")) return judgeSdist(name, one);
  return failed("ARTIFACT_SET", `Cannot go on: the build of "${one.id}" left "${name}", which is neither a wheel nor an sdist`);
}

function judgeWheel(name: string, one: PlannedPackage): Judged {
  const read = parseWheelFileName(name);
  if (read.kind === "invalid") return failed("ARTIFACT_INVALID", `Cannot use the wheel "${name}": ${read.reason}`);
  if (read.name !== normalizeName(one.name)) return otherPackage(name, one);
  if (pep440.compare(read.version, readVersion(pep440, one.version)) !== 0) return otherVersion(name, read.version.normal, one);
  return { kind: "wheel" };
}

function judgeSdist(name: string, one: PlannedPackage): Judged {
  const read = parseSdistFileName(name, one.name);
  if (read.kind === "sdist") {
    return pep440.compare(read.version, readVersion(pep440, one.version)) === 0
      ? { kind: "sdist" }
      : otherVersion(name, read.version.normal, one);
  }
  const stem = name.slice(0, Math.max(0, name.lastIndexOf("-")));
  if (normalizeName(stem) !== normalizeName(one.name)) return otherPackage(name, one);
  const hint = "Raise the build backend's version: all current ones name sdists as PEP 625 wants";
  return { ...failed("ARTIFACT_INVALID", `Cannot use the sdist "${name}": ${read.reason}`), hint };
}

function otherPackage(name: string, one: PlannedPackage): Judged {
  return failed("ARTIFACT_SET", `Cannot go on: the build of "${one.id}" made "${name}", and the package is named "${one.name}"`);
}

function otherVersion(name: string, version: string, one: PlannedPackage): Judged {
  return {
    ...failed("VERSION_MISMATCH", `Cannot go on: the build made "${name}" with version ${version}, and the plan says ${one.version}`),
    hint: "Mend where the build takes its version from; for tools that read the tag, the commit has to be the tagged one",
  };
}
