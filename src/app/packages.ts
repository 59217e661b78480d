// Packages of the file joined with their manifests in the commit: names, ecosystems, versions. Reads; runs no project
// code; a version that only running code would tell is asked for in words.
import path from "node:path";
import type { Configuration, Ecosystem, PackageConfiguration } from "../domain/configuration.ts";
import { SlipwayError } from "../domain/error.ts";
import { projectFiles, readPythonProject, versionInText, type PythonProject } from "../domain/pypi/project.ts";
import type { Git } from "../platform/ports.ts";

export interface FoundPackage {
  readonly configuration: PackageConfiguration;
  readonly ecosystem: Ecosystem;
  /** Name as the manifest, or the file, writes it. */
  readonly name: string;
  /** Undefined where the version comes from the tag or an input. */
  readonly manifestVersion: { readonly version: string; readonly file: string } | undefined;
  /** Why there is no manifest version. */
  readonly why: string;
  readonly importName: string | undefined;
  readonly python: PythonProject | undefined;
}

/** Reads texts of one commit. */
export type ReadCommit = (file: string) => Promise<string | undefined>;

export function commitReader(git: Git, root: string, commit: string): ReadCommit {
  const seen = new Map<string, Promise<string | undefined>>();
  return (file) => {
    const key = path.posix.normalize(file);
    const known = seen.get(key) ?? git.show(root, commit, key);
    seen.set(key, known);
    return known;
  };
}

/** @throws SlipwayError PLAN_INVALID naming the package and what its folder lacks */
export function findPackages(configuration: Configuration, read: ReadCommit): Promise<readonly FoundPackage[]> {
  return Promise.all(configuration.packages.map((one) => findPackage(configuration, one, read)));
}

async function findPackage(configuration: Configuration, one: PackageConfiguration, read: ReadCommit): Promise<FoundPackage> {
  if (one.ecosystem !== undefined && one.ecosystem !== "pypi") {
    throw new SlipwayError("NOT_YET", `Cannot release package "${one.id}": this version of Slipway releases Python packages, not "${one.ecosystem}"`, {
      hint: "Leave it out of slipway.yaml for now",
      ...problemAt(configuration, one),
    });
  }
  const texts: Partial<Record<(typeof projectFiles)[number], string>> = {};
  for (const file of projectFiles) {
    const text = await read(path.posix.join(one.path, file));
    if (text !== undefined) texts[file] = text;
  }
  const found = readPythonProject(texts);
  if (found.kind === "none") throw missing(configuration, one, "has no pyproject.toml, setup.cfg or setup.py in the commit that is released");
  if (found.kind === "invalid") throw missing(configuration, one, `has a pyproject.toml that is no TOML: ${found.why}`);
  const { project } = found;
  const name = one.name ?? project.name;
  if (name === undefined) throw missing(configuration, one, "does not name itself in its manifest; write `name:` beside `path:` in slipway.yaml");
  const version = await manifestVersion(one, project, read);
  return {
    configuration: one,
    ecosystem: "pypi",
    name,
    manifestVersion: version.kind === "found" ? { version: version.version, file: version.file } : undefined,
    why: version.kind === "found" ? "" : version.why,
    importName: one.importName ?? project.importName,
    python: project,
  };
}

type ManifestVersion = { readonly kind: "found"; readonly version: string; readonly file: string } | { readonly kind: "none"; readonly why: string };

async function manifestVersion(one: PackageConfiguration, project: PythonProject, read: ReadCommit): Promise<ManifestVersion> {
  if (one.versionFile !== undefined) {
    const text = (await read(path.posix.join(one.path, one.versionFile)))?.trim();
    return text === undefined || text === "" ? { kind: "none", why: `"${one.versionFile}" is not there, or empty` } : { kind: "found", version: text, file: one.versionFile };
  }
  const { version } = project;
  switch (version.kind) {
    case "static":
      return { kind: "found", version: version.version, file: path.posix.join(one.path, version.file) };
    case "tag":
      return { kind: "none", why: `${version.by} derives it from the tag` };
    case "unknown":
      return { kind: "none", why: version.why };
    case "file":
      for (const file of version.files) {
        const at = path.posix.join(one.path, file);
        const text = await read(at);
        const found = text === undefined ? undefined : versionInText(version, text);
        if (found !== undefined) return { kind: "found", version: found, file: at };
      }
      return { kind: "none", why: `none of ${version.files.join(", ")} says it plainly` };
  }
}

function missing(configuration: Configuration, one: PackageConfiguration, what: string): SlipwayError {
  return new SlipwayError("PLAN_INVALID", `Cannot plan package "${one.id}": folder "${one.path}" ${what}`, {
    hint: "Commit the manifest, or mend `path:` of the package",
    ...problemAt(configuration, one),
  });
}

function problemAt(configuration: Configuration, one: PackageConfiguration): { readonly details: Readonly<Record<string, unknown>> } {
  return { details: { place: configuration.places(["packages", one.id]) } };
}
