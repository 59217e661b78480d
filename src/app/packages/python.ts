// A Python package: its manifests, and where they say that its version is kept. Reads; runs no project code; a version that
// only running code would tell is asked for in words.
import path from "node:path";
import type { PackageConfiguration } from "../../domain/configuration.ts";
import { projectFiles, readPythonProject, versionInText, type ProjectTexts, type PythonProject } from "../../domain/pypi/project.ts";
import { nextAfter } from "../../domain/version/bump.ts";
import { schemeOf } from "../../domain/version/catalog.ts";
import { parseTagPattern } from "../../domain/version/tag.ts";
import { newestTagged } from "../../domain/version/tag-survey.ts";
import type { ListTags, ReadCommit } from "./commit-source.ts";
import { cannotPlan, lacksName, type AssumedVersion, type Finding, type FoundPackage } from "./found.ts";

/** Texts of a folder's manifests, by file name. */
export async function readManifests(folder: string, read: ReadCommit): Promise<ProjectTexts> {
  const texts: Partial<Record<(typeof projectFiles)[number], string>> = {};
  // Asked for together, so that git answers all in one process.
  const found = await Promise.all(projectFiles.map((file) => read(path.posix.join(folder, file))));
  for (const [index, file] of projectFiles.entries()) {
    const text = found[index];
    if (text !== undefined) texts[file] = text;
  }
  return texts;
}

/** @throws SlipwayError PLAN_INVALID naming what the folder lacks */
export async function findPythonPackage(finding: Finding): Promise<FoundPackage> {
  const { one } = finding;
  const { read, tags } = finding.source;
  const found = readPythonProject(await readManifests(one.path, read));
  if (found.kind === "none") throw cannotPlan(finding, "has no pyproject.toml, setup.cfg or setup.py in the commit that is released");
  if (found.kind === "invalid") throw cannotPlan(finding, `has a pyproject.toml that is no TOML: ${found.why}`);
  const { project } = found;
  const name = one.name ?? project.name;
  if (name === undefined) throw cannotPlan(finding, lacksName);
  const version = await manifestVersion(one, project, read);
  return {
    configuration: one,
    ecosystem: "pypi",
    name,
    manifestVersion: version.kind === "found" ? { version: version.version, file: version.file } : undefined,
    why: version.kind === "found" ? "" : version.why,
    assumed: version.kind === "found" ? undefined : await assumeVersion(one, project, tags),
    importName: one.importName ?? project.importName,
    python: project,
  };
}

/** An unpacked sdist says what it was published as; otherwise what follows the newest release is the likeliest. */
async function assumeVersion(one: PackageConfiguration, project: PythonProject, tags: ListTags): Promise<AssumedVersion | undefined> {
  const { version } = project.published;
  if (version !== undefined) return { version, from: "PKG-INFO says" };
  const parsed = one.tag === undefined ? undefined : parseTagPattern(one.tag);
  if (parsed?.kind !== "pattern") return undefined;
  const newest = newestTagged(await tags(parsed.pattern.prefix), parsed.pattern, schemeOf("pypi"));
  return newest === undefined ? undefined : { version: nextAfter(newest), from: `what follows ${newest.normal}, the newest release tag` };
}

type ManifestVersion =
  | { readonly kind: "found"; readonly version: string; readonly file: string }
  | { readonly kind: "none"; readonly why: string };

/** The version that the manifests of a package say, or why none does. */
export async function manifestVersion(
  one: Pick<PackageConfiguration, "path" | "versionFile">,
  project: PythonProject,
  read: ReadCommit,
): Promise<ManifestVersion> {
  if (one.versionFile !== undefined) {
    const text = (await read(path.posix.join(one.path, one.versionFile)))?.trim();
    return text === undefined || text === ""
      ? { kind: "none", why: `"${one.versionFile}" is not there, or empty` }
      : { kind: "found", version: text, file: path.posix.join(one.path, one.versionFile) };
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
      for (const at of placesOf(version, one.path)) {
        const text = await read(at);
        const found = text === undefined ? undefined : versionInText(version, text);
        if (found !== undefined) return { kind: "found", version: found, file: at };
      }
      return { kind: "none", why: `none of ${version.files.join(", ")} says it plainly` };
  }
}

/** A Cargo.toml may take its version from the workspace's, which stands somewhere above it. */
function placesOf(version: Extract<PythonProject["version"], { kind: "file" }>, folder: string): readonly string[] {
  const own = version.files.map((file) => path.posix.join(folder, file));
  if (version.how !== "cargo") return own;
  const above: string[] = [];
  for (let at = path.posix.dirname(own[0] ?? "."); at !== "." && above.length < 20;) {
    at = path.posix.dirname(at);
    above.push(path.posix.join(at, "Cargo.toml"));
  }
  return [...own, ...above];
}
