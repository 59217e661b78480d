// Whether the manifests of a checkout say the version that the plan says: pyproject.toml and its kin, and Cargo.toml
// beside it where maturin builds (S1.2). A version that only the build can tell is said, not guessed.
import { posix } from "node:path";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { projectFiles, readPythonProject, versionInText, type PythonProject } from "../../domain/pypi/project.ts";
import { agreement } from "../../domain/version/agreement.ts";
import { pep440 } from "../../domain/version/pep440.ts";
import { readVersion, type VersionScheme } from "../../domain/version/scheme.ts";
import { semver } from "../../domain/version/semver.ts";
import type { Files } from "../../platform/ports.ts";
import type { VersionLook } from "./look.ts";

/** A checkout and what reads it. */
export interface Checkout {
  /** Absolute path. */
  readonly root: string;
  readonly files: Files;
}

/** Looks at all manifests of a Python package. */
export async function lookAtManifests(one: PlannedPackage, checkout: Checkout): Promise<readonly VersionLook[]> {
  const texts: Record<string, string> = {};
  for (const file of projectFiles) {
    const text = await read(posix.join(one.folder, file), checkout);
    if (text !== undefined) texts[file] = text;
  }
  const own = one.versionFile === undefined ? [] : [await lookAtVersionFile(one, one.versionFile, checkout)];
  const found = readPythonProject(texts);
  if (own.length > 0 && (found.kind === "none" || (found.kind === "project" && found.project.version.kind !== "static"))) return own;
  if (found.kind === "none")
    return [wrong(`Cannot find the manifest of "${one.id}": "${one.folder}" has no pyproject.toml, setup.cfg or setup.py`)];
  if (found.kind === "invalid") return [wrong(`Cannot read "${posix.join(one.folder, "pyproject.toml")}": ${found.why}`)];
  const looks = [...own, await lookAtSource(one, found.project, checkout)];
  const { version, backend } = found.project;
  // maturin takes the version of pyproject.toml for the wheel and Cargo.toml's for the code: both have to agree.
  if (backend.startsWith("maturin") && version.kind === "static") looks.push(await lookAtCargo(one, checkout));
  return looks;
}

/** The file that slipway.yaml names. */
async function lookAtVersionFile(one: PlannedPackage, file: string, checkout: Checkout): Promise<VersionLook> {
  const place = posix.join(one.folder, file);
  const text = (await read(place, checkout))?.trim();
  return text === undefined || text === ""
    ? wrong(`"${place}" is not there, or says no version`, "Commit it, or mend `version-file` of the package")
    : compare(one, { text, place, scheme: pep440 });
}

async function lookAtSource(one: PlannedPackage, project: PythonProject, checkout: Checkout): Promise<VersionLook> {
  const { version } = project;
  switch (version.kind) {
    case "static":
      return compare(one, { text: version.version, place: posix.join(one.folder, version.file), scheme: pep440 });
    case "tag":
      return builtHasToSay(one, `${version.by} derives the version from the tag`);
    case "unknown":
      return builtHasToSay(one, version.why);
    case "file": {
      if (version.how === "cargo") return lookAtCargo(one, checkout, version.files[0]);
      for (const file of version.files) {
        const place = posix.join(one.folder, file);
        const text = await read(place, checkout);
        const said = text === undefined ? undefined : versionInText(version, text);
        if (said !== undefined) return compare(one, { text: said, place, scheme: pep440 });
      }
      return builtHasToSay(one, `none of ${version.files.join(", ")} says the version plainly`);
    }
  }
}

/** Cargo.toml of the package, or the workspace above it that the version is inherited from; at most up to the root. */
async function lookAtCargo(one: PlannedPackage, checkout: Checkout, file = "Cargo.toml"): Promise<VersionLook> {
  let place = posix.join(one.folder, file);
  for (let above = 0; above < 20; above += 1) {
    const text = await read(place, checkout);
    const said = text === undefined ? undefined : versionInText({ kind: "file", files: [place], how: "cargo" }, text);
    if (said !== undefined) return compare(one, { text: said, place, scheme: semver });
    const folder = posix.dirname(place);
    if (folder === "." || folder === "/") break;
    place = posix.join(posix.dirname(folder), "Cargo.toml");
  }
  return builtHasToSay(one, `no Cargo.toml from "${posix.join(one.folder, file)}" upwards says the version plainly`);
}

function compare(
  one: PlannedPackage,
  said: { readonly text: string; readonly place: string; readonly scheme: VersionScheme },
): VersionLook {
  const read = said.scheme.parse(said.text);
  if (read.kind === "invalid") return wrong(`${read.problem.message} (in "${said.place}")`, read.problem.hint);
  const answer = agreement(readVersion(pep440, one.version), read.version);
  if (answer.kind === "same") return { kind: "agrees", message: `"${said.place}" says ${said.text}, as planned` };
  const why = answer.kind === "not-comparable" ? `: ${answer.problem.message}` : "";
  return wrong(
    `"${said.place}" says ${said.text} and the plan says ${one.version}${why}`,
    `Set the version in "${said.place}", or plan again`,
  );
}

function builtHasToSay(one: PlannedPackage, why: string): VersionLook {
  return {
    kind: "note",
    message: `No manifest of "${one.id}" can be held against ${one.version}: ${why}; the built files have to carry it`,
  };
}

function wrong(message: string, hint = "Mend the manifest and plan again"): VersionLook {
  return { kind: "wrong", code: "VERSION_MISMATCH", message, hint };
}

function read(place: string, checkout: Checkout): Promise<string | undefined> {
  return checkout.files.readTextIfThere(posix.join(checkout.root, place));
}
