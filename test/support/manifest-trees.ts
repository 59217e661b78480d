// Files by name as the tree that workspaces are found in.
import { foldersAmong } from "../../src/app/packages/commit-source.ts";
import type { ManifestTree } from "../../src/domain/manifest/manifest-tree.ts";

export function manifestTree(files: Readonly<Record<string, string>>): ManifestTree {
  return { read: async (path) => files[path], folders: async (folder, pattern) => foldersAmong(Object.keys(files), folder, pattern) };
}
