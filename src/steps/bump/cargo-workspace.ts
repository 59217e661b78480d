// A Cargo workspace as Cargo itself finds it (The Cargo Book, "Workspaces"): the root above a package, its members by
// globs, and packages that members reach by `path`.
import { posix } from "node:path";
import { readCargoManifest, type CargoManifest } from "../../domain/manifest/cargo-manifest.ts";
import type { Refusal } from "../../domain/manifest/edit.ts";
import { isOutside, upwards, type Tree } from "./tree.ts";

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

/** The workspace that a manifest belongs to; of a package alone, just its own manifest. */
export async function findWorkspace(manifest: string, tree: Tree): Promise<FoundWorkspace> {
  const own = await readFile(manifest, tree);
  if (own === undefined) return { kind: "workspace", workspace: { folder: posix.dirname(manifest), files: [] } };
  if (own.kind === "refused") return own;
  const named = own.file.manifest.package?.root;
  const folders = named === undefined ? upwards(posix.dirname(manifest)) : [posix.join(posix.dirname(manifest), named)];
  for (const folder of own.file.manifest.workspace === undefined ? folders : [own.file.folder]) {
    const root = await readFile(posix.join(folder, "Cargo.toml"), tree);
    if (root === undefined) continue;
    if (root.kind === "refused") return root;
    if (root.file.manifest.workspace === undefined) continue;
    const found = await readMembers(root.file, tree);
    if (found.kind === "refused" || found.workspace.files.some((one) => one.path === own.file.path)) return found;
    break;
  }
  return { kind: "workspace", workspace: { folder: own.file.folder, files: [own.file] } };
}

type ReadFile = { readonly kind: "file"; readonly file: CargoFile } | Extract<FoundWorkspace, { kind: "refused" }>;

async function readFile(path: string, tree: Tree): Promise<ReadFile | undefined> {
  const text = await tree.read(path);
  if (text === undefined) return undefined;
  const read = readCargoManifest(text);
  if (read.kind === "refused") return { kind: "refused", file: path, refusal: read };
  return {
    kind: "file",
    file: { path: posix.normalize(path), folder: posix.dirname(posix.normalize(path)), text, manifest: read.manifest },
  };
}

async function readMembers(root: CargoFile, tree: Tree): Promise<FoundWorkspace> {
  const { members = [], exclude = [] } = root.manifest.workspace ?? {};
  const excluded = exclude.map((one) => posix.join(root.folder, one));
  const waiting: string[] = localFolders(root);
  for (const pattern of members) waiting.push(...(await tree.folders(root.folder, pattern)));
  const files = new Map<string, CargoFile>([[root.folder, root]]);
  for (let folder = waiting.shift(); folder !== undefined && files.size < membersMax; folder = waiting.shift()) {
    if (files.has(folder) || isOutside(folder) || !isBelow(folder, root.folder)) continue;
    if (excluded.some((one) => isBelow(folder ?? "", one))) continue;
    const read = await readFile(posix.join(folder, "Cargo.toml"), tree);
    if (read === undefined) continue;
    if (read.kind === "refused") return read;
    // A workspace of its own is no member of this one.
    if (read.file.manifest.workspace !== undefined) continue;
    files.set(folder, read.file);
    waiting.push(...localFolders(read.file));
  }
  const [first, ...rest] = files.values();
  const sorted = rest.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  return { kind: "workspace", workspace: { folder: root.folder, files: first === undefined ? [] : [first, ...sorted] } };
}

function localFolders(file: CargoFile): string[] {
  return file.manifest.local.map((one) => posix.join(file.folder, one.path).replace(/(.)\/$/, "$1"));
}

function isBelow(folder: string, above: string): boolean {
  return above === "." || folder === above || folder.startsWith(`${above.replace(/\/$/, "")}/`);
}
