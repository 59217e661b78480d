// The files of one checkout, read once each. It also finds the folders that a workspace's globs mean.
import { posix } from "node:path";
import { readGlob } from "../../domain/glob.ts";
import { foldersMax, isOutside, neverWalked, tooManyFolders, type ManifestTree } from "../../domain/manifest/manifest-tree.ts";
import type { Files } from "../../platform/ports.ts";

export interface Tree extends ManifestTree {
  /** Absolute path. */
  absolute(path: string): string;
}

export function treeOf(root: string, files: Files): Tree {
  const texts = new Map<string, Promise<string | undefined>>();
  const absolute = (path: string): string => posix.join(root, path);
  const isFolder = async (path: string): Promise<boolean> => (await files.info(absolute(path)))?.kind === "folder";
  return {
    absolute,
    read(path) {
      const key = posix.normalize(path);
      if (isOutside(key)) return Promise.resolve(undefined);
      const known = texts.get(key) ?? readRegular(absolute(key), files);
      texts.set(key, known);
      return known;
    },
    async folders(folder, pattern) {
      let found: readonly string[] = [posix.normalize(folder)];
      for (const part of posix.normalize(pattern).replace(/\/$/, "").split("/")) {
        const next: string[] = [];
        for (const at of found) next.push(...(await step(at, part, { files, absolute, isFolder })));
        if (next.length > foldersMax) throw tooManyFolders(pattern);
        found = [...new Set(next)];
      }
      return found.filter((one) => !isOutside(one)).toSorted();
    },
  };
}

/** A link may lead out of the copy: its target is not ours to write. */
async function readRegular(file: string, files: Files): Promise<string | undefined> {
  return (await files.info(file))?.kind === "file" ? files.readText(file) : undefined;
}

interface Walking {
  readonly files: Files;
  absolute(path: string): string;
  isFolder(path: string): Promise<boolean>;
}

async function step(at: string, part: string, walking: Walking): Promise<readonly string[]> {
  if (part === "**") return walk(at, walking);
  if (!/[*?[\]{}]/.test(part)) {
    const path = posix.join(at, part);
    return (await walking.isFolder(path)) ? [path] : [];
  }
  const glob = readGlob(part);
  if (glob.kind === "invalid") return [];
  const names = (await walking.files.list(walking.absolute(at))).filter((name) => !neverWalked.has(name) && glob.matches(name));
  const found: string[] = [];
  for (const name of names) if (await walking.isFolder(posix.join(at, name))) found.push(posix.join(at, name));
  return found;
}

async function walk(from: string, walking: Walking): Promise<readonly string[]> {
  const found = [from];
  for (const at of found) {
    for (const name of await walking.files.list(walking.absolute(at))) {
      if (neverWalked.has(name) || name.startsWith(".") || !(await walking.isFolder(posix.join(at, name)))) continue;
      if (found.push(posix.join(at, name)) > foldersMax) throw tooManyFolders("**");
    }
  }
  return found;
}
