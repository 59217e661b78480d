// An npm workspace as npm, yarn and pnpm find it (npm's documentation of `workspaces`, pnpm's of pnpm-workspace.yaml): the root
// above a package, and its members by globs, less those that a pattern with `!` takes out again.
import type { Refusal } from "./edit.ts";
import { folderOf, joinPath, oncePerTree, upwards, type ManifestTree } from "./manifest-tree.ts";
import { readPnpmPackages } from "./pnpm-workspace.ts";
import { readPackageJson, type NpmManifest } from "./npm.ts";

export interface NpmFile {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly manifest: NpmManifest;
}

export type ReadNpmFile =
  | { readonly kind: "file"; readonly file: NpmFile }
  | { readonly kind: "refused"; readonly file: string; readonly refusal: Refusal };

export interface NpmWorkspaceFiles {
  /** Root first, then its workspaces by path; the package alone where it belongs to none. */
  readonly files: readonly NpmFile[];
  /** Manifests that cannot be read: they are left out of `files`. */
  readonly refused: readonly Extract<ReadNpmFile, { kind: "refused" }>[];
}

const manifests = oncePerTree<ReadNpmFile | undefined>();
const workspaces = oncePerTree<NpmWorkspace | undefined>();

/** Read once, however many packages ask. */
export function readNpmFile(folder: string, tree: ManifestTree): Promise<ReadNpmFile | undefined> {
  const path = joinPath(folder, "package.json");
  return manifests(tree, path, () => readManifest(path, tree));
}

async function readManifest(path: string, tree: ManifestTree): Promise<ReadNpmFile | undefined> {
  const text = await tree.read(path);
  if (text === undefined) return undefined;
  const read = readPackageJson(text);
  if (read.kind === "refused") return { kind: "refused", file: path, refusal: read };
  return { kind: "file", file: { path, folder: folderOf(path), text, manifest: read.manifest } };
}

/** The workspace that a package belongs to. */
export async function findNpmWorkspace(own: NpmFile, tree: ManifestTree): Promise<NpmWorkspaceFiles> {
  for (const folder of upwards(own.folder)) {
    const root = folder === own.folder ? { kind: "file" as const, file: own } : await readNpmFile(folder, tree);
    if (root?.kind !== "file") continue;
    const found = await workspaces(tree, root.file.path, () => readWorkspace(root.file, tree));
    if (found === undefined) continue;
    if (root.file === own || found.folders.has(own.folder)) return found;
  }
  return { files: [own], refused: [] };
}

interface NpmWorkspace extends NpmWorkspaceFiles {
  readonly folders: ReadonlySet<string>;
}

/** Undefined: it is the root of none. */
async function readWorkspace(root: NpmFile, tree: ManifestTree): Promise<NpmWorkspace | undefined> {
  const file = joinPath(root.folder, "pnpm-workspace.yaml");
  const text = await tree.read(file);
  const named = text === undefined ? undefined : await readPnpmPackages(text);
  if (named !== undefined && "kind" in named)
    return { folders: new Set([root.folder]), files: [root], refused: [{ kind: "refused", file, refusal: named }] };
  const patterns = named ?? root.manifest.workspaces;
  if (patterns === undefined) return undefined;
  const folders = await memberFolders(root, patterns, tree);
  const members = [...folders].filter((one) => one !== root.folder).toSorted();
  const read = await Promise.all(members.map((one) => readNpmFile(one, tree)));
  return {
    folders,
    files: [root, ...read.flatMap((one) => (one?.kind === "file" ? [one.file] : []))],
    refused: read.flatMap((one) => (one?.kind === "refused" ? [one] : [])),
  };
}

async function memberFolders(root: NpmFile, patterns: readonly string[], tree: ManifestTree): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const isOut = pattern.startsWith("!");
    for (const one of await tree.folders(root.folder, isOut ? pattern.slice(1) : pattern)) {
      if (isOut) found.delete(one);
      else found.add(one);
    }
  }
  return found;
}
