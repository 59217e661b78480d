// The files of one checkout as workspaces are found in them: read once each, and looked for only in folders that have them,
// since a package is asked for some twenty files that it may have. It also finds the folders that globs mean.
import { posix } from "node:path";
import { readGlob } from "../domain/glob.ts";
import { foldersMax, isOutside, neverWalked, tooManyFolders, type ManifestTree } from "../domain/manifest/manifest-tree.ts";
import type { Files } from "../platform/ports.ts";

export interface Tree extends ManifestTree {
  /** Absolute path. */
  absolute(path: string): string;
  /** False: there is no such file or folder, and none below it. */
  mayHave(path: string): Promise<boolean>;
}

export function treeOf(root: string, files: Files): Tree {
  const absolute = (path: string): string => posix.join(root, path);
  const kindOf = remember(async (path) => (path === "." ? "folder" : (await files.info(absolute(path)))?.kind));
  const isFolder = async (path: string): Promise<boolean> => (await kindOf(path)) === "folder";
  /** Names in a folder; undefined where a link leads elsewhere, and only asking for a path tells. */
  const namesIn = remember(async (folder): Promise<ReadonlySet<string> | undefined> => {
    const kind = (await mayHave(folder)) ? await kindOf(folder) : undefined;
    if (kind === "link") return undefined;
    return new Set(kind === "folder" ? await files.list(absolute(folder)) : []);
  });
  const mayHave = async (path: string): Promise<boolean> =>
    path === "." || ((await namesIn(posix.dirname(path)))?.has(posix.basename(path)) ?? true);
  /** A link may lead out of the copy: its target is not ours to write. */
  const text = remember(async (path) =>
    (await mayHave(path)) && (await kindOf(path)) === "file" ? files.readText(absolute(path)) : undefined,
  );
  return {
    absolute,
    mayHave: (path) => mayHave(normalized(path)),
    read(path) {
      const key = normalized(path);
      return isOutside(key) ? Promise.resolve(undefined) : text(key);
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

/** Most paths are asked for as they are. */
function normalized(path: string): string {
  return /(?:^|\/)\.{0,2}(?:\/|$)/.test(path) ? posix.join(path, ".") : path;
}

/** Asks once for each path. */
function remember<T>(ask: (path: string) => Promise<T>): (path: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (path) => {
    const answer = known.get(path) ?? ask(path);
    known.set(path, answer);
    return answer;
  };
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
