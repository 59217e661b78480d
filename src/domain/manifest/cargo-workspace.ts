// A Cargo workspace as Cargo itself finds it (The Cargo Book, "Workspaces"): the root above a package, its members by
// globs, and packages that members reach by `path`.
import { readCargoManifest, type CargoManifest } from "./cargo-manifest.ts";
import type { Refusal } from "./edit.ts";
import { folderOf, isOutside, joinPath, oncePerTree, upwards, type ManifestTree } from "./manifest-tree.ts";

export interface CargoFile {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly manifest: CargoManifest;
}

export interface CargoWorkspaceFiles {
  /** Folder of the root manifest. */
  readonly folder: string;
  /** The root first; then members by path. */
  readonly files: readonly CargoFile[];
}

export type FoundWorkspace =
  | { readonly kind: "workspace"; readonly workspace: CargoWorkspaceFiles }
  | { readonly kind: "refused"; readonly file: string; readonly refusal: Refusal };

/** Packages of one workspace that are read. */
export const membersMax = 5000;

const manifests = oncePerTree<ReadFile | undefined>();
const workspaces = oncePerTree<FoundWorkspace>();

/** The workspace that a manifest belongs to; of a package alone, just its own manifest. */
export async function findWorkspace(manifest: string, tree: ManifestTree): Promise<FoundWorkspace> {
  const own = await readFile(manifest, tree);
  if (own === undefined) return { kind: "workspace", workspace: { folder: folderOf(manifest), files: [] } };
  if (own.kind === "refused") return own;
  const named = own.file.manifest.package?.root;
  const folders = named === undefined ? upwards(folderOf(manifest)) : [joinPath(folderOf(manifest), named)];
  for (const folder of own.file.manifest.workspace === undefined ? folders : [own.file.folder]) {
    const root = await readFile(joinPath(folder, "Cargo.toml"), tree);
    if (root === undefined) continue;
    if (root.kind === "refused") return root;
    if (root.file.manifest.workspace === undefined) continue;
    const found = await workspaces(tree, root.file.path, () => readMembers(root.file, tree));
    if (found.kind === "refused" || found.workspace.files.some((one) => one.path === own.file.path)) return found;
    break;
  }
  return { kind: "workspace", workspace: { folder: own.file.folder, files: [own.file] } };
}

type ReadFile = { readonly kind: "file"; readonly file: CargoFile } | Extract<FoundWorkspace, { kind: "refused" }>;

/** Read once, however many packages ask. */
function readFile(path: string, tree: ManifestTree): Promise<ReadFile | undefined> {
  return manifests(tree, joinPath(path), () => readManifest(path, tree));
}

async function readManifest(path: string, tree: ManifestTree): Promise<ReadFile | undefined> {
  const text = await tree.read(path);
  if (text === undefined) return undefined;
  const read = readCargoManifest(text);
  if (read.kind === "refused") return { kind: "refused", file: path, refusal: read };
  return {
    kind: "file",
    file: { path: joinPath(path), folder: folderOf(path), text, manifest: read.manifest },
  };
}

async function readMembers(root: CargoFile, tree: ManifestTree): Promise<FoundWorkspace> {
  const { members = [], exclude = [] } = root.manifest.workspace ?? {};
  const excluded = exclude.map((one) => joinPath(root.folder, one));
  const waiting: string[] = localFolders(root);
  for (const pattern of members) waiting.push(...(await tree.folders(root.folder, pattern)));
  const files = new Map<string, CargoFile>([[root.folder, withPublish(root, root)]]);
  for (let folder = waiting.shift(); folder !== undefined && files.size < membersMax; folder = waiting.shift()) {
    if (files.has(folder) || isOutside(folder) || !isBelow(folder, root.folder)) continue;
    if (excluded.some((one) => isBelow(folder ?? "", one))) continue;
    const read = await readFile(joinPath(folder, "Cargo.toml"), tree);
    if (read === undefined) continue;
    if (read.kind === "refused") return read;
    // A workspace of its own is no member of this one.
    if (read.file.manifest.workspace !== undefined) continue;
    files.set(folder, withPublish(read.file, root));
    waiting.push(...localFolders(read.file));
  }
  const [first, ...rest] = files.values();
  const sorted = rest.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  return { kind: "workspace", workspace: { folder: root.folder, files: first === undefined ? [] : [first, ...sorted] } };
}

/** What a member leaves to its workspace. */
function withPublish(file: CargoFile, root: CargoFile): CargoFile {
  const { manifest } = file;
  if (manifest.package?.inheritsPublish !== true) return file;
  const publishable = root.manifest.workspace?.publishable ?? true;
  return { ...file, manifest: { ...manifest, package: { ...manifest.package, publishable } } };
}

function localFolders(file: CargoFile): string[] {
  return file.manifest.local.map((one) => joinPath(file.folder, one.path));
}

function isBelow(folder: string, above: string): boolean {
  return above === "." || folder === above || folder.startsWith(`${above.replace(/\/$/, "")}/`);
}
