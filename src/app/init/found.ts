// What `slipway init` finds in a commit, whatever the ecosystem: packages that are released, and what is not written down.
import path from "node:path";
import type { manifestVersion } from "../packages/python.ts";
import type { ReadCommit } from "../packages/commit-source.ts";

/** All paths of a commit and what reads its texts. */
export interface Commit {
  readonly paths: readonly string[];
  readonly read: ReadCommit;
}

export interface Released {
  /** Folder in the repository, `.` for the root. */
  readonly folder: string;
  readonly name: string;
  /** What the manifests say, or why they do not. */
  readonly version: Awaited<ReturnType<typeof manifestVersion>>;
  /** Names of the members of the workspace that it stands for; absent: it stands for itself. */
  readonly members?: readonly string[];
}

export interface LeftOut {
  readonly folder: string;
  readonly why: string;
}

export interface FoundIn<Found extends Released> {
  readonly packages: readonly Found[];
  readonly leftOut: readonly LeftOut[];
}

/** Folders that hold packages nobody releases: parts of tests, documents, templates and other people's code. */
const besides =
  /^(?:\..*|_?vendor(?:ed|s)?|_vendor|tests?|testing|test[-_]?data|docs?|documentation|examples?|samples?|demos?|bench(?:mark)?s?|fixtures?|templates?|third[-_]party|external|node_modules|build|dist|site-packages|.*\{\{.*|cookiecutter.*)$/i;

export function isBeside(folder: string): boolean {
  return folder.split("/").some((part) => besides.test(part));
}

/** Folders with a manifest of this name, none of them inside another; none besides what is released. */
export function outermostFolders(paths: readonly string[], manifest: string): readonly string[] {
  if (paths.includes(manifest)) return ["."];
  const all = paths.flatMap((one) => (path.posix.basename(one) === manifest ? [path.posix.dirname(one)] : []));
  const plain = all.filter((folder) => !isBeside(folder));
  return plain.filter((folder) => !plain.some((other) => folder.startsWith(`${other}/`))).toSorted();
}

/** A workspace whose members all say one version is released as one; members with versions of their own are a package each. */
export function sayOneVersion(packages: readonly Released[]): boolean {
  const said = packages.map((one) => (one.version.kind === "found" ? one.version.version : undefined));
  return new Set(said).size === 1;
}
