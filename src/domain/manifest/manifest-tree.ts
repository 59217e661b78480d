// The files of one state of a repository as workspaces are found in it: a checkout, or a commit that nobody checked out.
import { SlipwayError } from "../error.ts";

export interface ManifestTree {
  /** Text of a file by its path from the root; undefined: it is not there, or lies outside. */
  read(path: string): Promise<string | undefined>;
  /** Folders, by path from the root, that a workspace's pattern (below `folder`) means; sorted. */
  folders(folder: string, pattern: string): Promise<readonly string[]>;
}

/** What is made of a tree's files once, and asked for by each package: by tree, and by a key in it. */
export function oncePerTree<T>(): (tree: ManifestTree, key: string, make: () => Promise<T>) => Promise<T> {
  const made = new WeakMap<ManifestTree, Map<string, Promise<T>>>();
  return (tree, key, make) => {
    const known = made.get(tree) ?? new Map<string, Promise<T>>();
    made.set(tree, known);
    const one = known.get(key) ?? make();
    known.set(key, one);
    return one;
  };
}

/** Folders that one pattern may mean, and that are walked for it. */
export const foldersMax = 10_000;

/** Folders that hold what tools made: no workspace has members there. */
export const neverWalked: ReadonlySet<string> = new Set(["node_modules", ".git", "target", ".venv"]);

export function tooManyFolders(pattern: string): SlipwayError {
  return new SlipwayError("PLAN_INVALID", `Cannot look through a workspace: "${pattern}" means more than ${foldersMax} folders`, {
    hint: "Name the members of the workspace more narrowly",
  });
}

/** Joins and normalises a path from the root; "." is the root itself, and what leads out of it begins with "..". */
export function joinPath(...parts: readonly string[]): string {
  const text = parts.join("/");
  const found: string[] = text.startsWith("/") ? [""] : [];
  for (const part of text.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && found.length > 0 && found.at(-1) !== "..") found.pop();
    else found.push(part);
  }
  return found.length === 0 ? "." : found.join("/");
}

/** The folder that a path lies in; that of the root is the root. */
export function folderOf(path: string): string {
  return joinPath(path, "..");
}

export function isOutside(path: string): boolean {
  return path === ".." || path.startsWith("../") || path.startsWith("/");
}

/** The folder itself and those above it, up to the root `.`. */
export function upwards(folder: string): readonly string[] {
  const found = [joinPath(folder)];
  for (let at = found[0] ?? "."; at !== "." && !isOutside(at);) {
    at = folderOf(at);
    found.push(at);
  }
  return found;
}
