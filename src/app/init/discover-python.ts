// The Python packages of a commit for `slipway init`: the one at the root, the members of a workspace, or the packages of a
// repository that has none at its root.
import path from "node:path";
import { SlipwayError } from "../../domain/error.ts";
import { importNameOf } from "../../domain/pypi/import-name.ts";
import { readManifestFacts, type ManifestFacts } from "../../domain/pypi/manifest-facts.ts";
import { readPythonProject, type PythonProject } from "../../domain/pypi/project.ts";
import { globMatcher } from "../globs.ts";
import { manifestVersion, readManifests } from "../packages/python.ts";
import { isBeside, type Commit, type FoundIn, type LeftOut, type Released } from "./found.ts";

export interface FoundPython extends Released {
  readonly ecosystem: "pypi";
  readonly importName: string | undefined;
  readonly project: PythonProject;
  readonly facts: ManifestFacts;
}

/** Manifests below the root that are read; a repository with more is told by its first ones. */
const nestedMax = 200;

/** @throws SlipwayError PLAN_INVALID for a manifest that cannot be read */
export async function discoverPython(commit: Commit): Promise<FoundIn<FoundPython>> {
  const root = await look(".", commit);
  const nested = nestedFolders(commit.paths);
  const members = chosenMembers(root, nested);
  const leftOut: LeftOut[] = [];
  const looks = root === undefined ? [] : [root];
  for (const folder of members) {
    const found = await look(folder, commit);
    if (found !== undefined) looks.push(found);
  }
  const packages = looks.flatMap((one): readonly FoundPython[] => {
    const why = whyNot(one);
    if (why !== undefined) leftOut.push({ folder: one.folder, why });
    return why === undefined && one.name !== undefined ? [{ ...one, name: one.name }] : [];
  });
  for (const folder of nested.filter((one) => !members.includes(one)))
    leftOut.push({ folder, why: "it lies inside another package and no workspace names it" });
  return { packages: outermost(packages, root !== undefined), leftOut };
}

type Look = Omit<FoundPython, "name"> & { readonly name: string | undefined };

async function look(folder: string, commit: Commit): Promise<Look | undefined> {
  const texts = await readManifests(folder, commit.read);
  const facts = readManifestFacts(texts);
  const found = readPythonProject(texts);
  if (found.kind === "invalid") {
    throw new SlipwayError("PLAN_INVALID", `Cannot read "${path.posix.join(folder, "pyproject.toml")}": ${found.why}`, {
      hint: "Mend it and commit it, then run the same command again",
    });
  }
  if (found.kind === "none" || (!facts.isPackage && facts.workspace === undefined)) return undefined;
  const { project } = found;
  const below =
    folder === "." ? commit.paths : commit.paths.flatMap((one) => (one.startsWith(`${folder}/`) ? [one.slice(folder.length + 1)] : []));
  const importName = facts.onlyPrograms
    ? undefined
    : (project.importName ??
      importNameOf({ name: project.name ?? "", declared: facts.modules, paths: below, topLevel: await topLevel(folder, below, commit) }));
  return {
    ecosystem: "pypi",
    folder,
    name: project.name,
    importName,
    project,
    facts,
    version: await manifestVersion({ path: folder }, project, commit.read),
  };
}

async function topLevel(folder: string, below: readonly string[], commit: Commit): Promise<string | undefined> {
  const found = below.find((one) => /^(?:src\/)?[^/]+\.egg-info\/top_level\.txt$/.test(one));
  return found === undefined ? undefined : commit.read(path.posix.join(folder, found));
}

function whyNot({ facts, name, folder }: Look): string | undefined {
  if (!facts.isPackage) return "it is the root of a workspace and no package itself";
  if (facts.unpublished !== undefined) return `it is not meant to be published: ${facts.unpublished}`;
  if (name === undefined)
    return `its manifest computes its name; write it as a literal, or list it as \`packages: { NAME: { path: ${folder}, name: … } }\``;
  return undefined;
}

/** Folders below the root with a manifest of their own, outer ones first. */
function nestedFolders(paths: readonly string[]): readonly string[] {
  const folders = new Set(paths.flatMap((one) => (/\/(?:pyproject\.toml|setup\.py)$/.test(one) ? [path.posix.dirname(one)] : [])));
  const plain = [...folders].filter((folder) => !isBeside(folder));
  return plain.toSorted((a, b) => a.split("/").length - b.split("/").length || (a < b ? -1 : 1)).slice(0, nestedMax);
}

/** Below a package stand other things than packages, unless its manifest says that it is a workspace. */
function chosenMembers(root: Look | undefined, nested: readonly string[]): readonly string[] {
  if (root === undefined) return nested;
  const workspace = root.facts.workspace;
  if (workspace === undefined) return root.facts.isPackage ? [] : nested;
  const isMember = matcherOf(workspace.members);
  const isExcluded = matcherOf(workspace.exclude);
  return nested.filter((folder) => isMember(folder) && !isExcluded(folder));
}

function matcherOf(patterns: readonly string[]): (folder: string) => boolean {
  const matchers = patterns.map((pattern) => globMatcher(path.posix.normalize(pattern).replace(/\/$/, "")));
  return (folder) => matchers.some((matches) => matches(folder));
}

/** Without a workspace to say otherwise, what lies inside a package belongs to it. */
function outermost(packages: readonly FoundPython[], isRooted: boolean): readonly FoundPython[] {
  if (isRooted) return packages;
  return packages.filter((one) => !packages.some((other) => other !== one && one.folder.startsWith(`${other.folder}/`)));
}
