// One commit of the repository as packages are looked for in it: texts, folders, tags, and who owns it. Everything is asked
// of git once, when it is first wanted: a project without a workspace never has its files listed.
import path from "node:path";
import type { Configuration } from "../../domain/configuration.ts";
import { readGlob } from "../../domain/glob.ts";
import { foldersMax, isOutside, joinPath, neverWalked, tooManyFolders, type ManifestTree } from "../../domain/manifest/manifest-tree.ts";
import type { Git, SourceLook } from "../../platform/ports.ts";
import { planForge } from "../forges.ts";

/** Reads texts of one commit. */
export type ReadCommit = (file: string) => Promise<string | undefined>;

/** Names of the repository's tags that begin with a prefix. */
export type ListTags = (prefix: string) => Promise<readonly string[]>;

export interface CommitSource extends ManifestTree {
  readonly tags: ListTags;
  /** Who owns the repository at its forge; undefined: nobody says it. */
  owner(): Promise<string | undefined>;
}

export function commitSource(git: Git, look: SourceLook, configuration: Configuration): CommitSource {
  const { root, commit } = look;
  let listed: Promise<readonly string[]> | undefined;
  return {
    read: commitReader(git, root, commit),
    folders: async (folder, pattern) => foldersAmong(await (listed ??= git.files(root, commit)), folder, pattern),
    tags: tagLister(git, root),
    owner: async () => (await planForge(configuration, look))?.repository.split("/")[0],
  };
}

export function commitReader(git: Git, root: string, commit: string): ReadCommit {
  const seen = new Map<string, Promise<string | undefined>>();
  return (file) => {
    const key = path.posix.normalize(file);
    if (isOutside(key)) return Promise.resolve(undefined);
    const known = seen.get(key) ?? git.show(root, commit, key);
    seen.set(key, known);
    return known;
  };
}

/** Lists all tags the first time that some are asked for: one process, however many packages ask. */
function tagLister(git: Git, root: string): ListTags {
  let all: Promise<readonly string[]> | undefined;
  return async (prefix) => {
    all ??= git.tags(root, "**").then((tags) => tags.map(({ name }) => name));
    return (await all).filter((name) => name.startsWith(prefix));
  };
}

/** Folders of a list of files that a workspace's pattern means. A star does not cross a slash, two stars do. */
export function foldersAmong(files: readonly string[], folder: string, pattern: string): readonly string[] {
  const wanted = joinPath(folder, pattern);
  const all = foldersOf(files);
  if (!/[*?[\]{}]/.test(wanted)) return all.has(wanted) ? [wanted] : [];
  const glob = readGlob(wanted);
  if (glob.kind === "invalid") return [];
  const found = [...all].filter((one) => glob.matches(one));
  if (found.length > foldersMax) throw tooManyFolders(pattern);
  return found.toSorted();
}

function foldersOf(files: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>(["."]);
  for (const file of files) {
    const parts = file.split("/").slice(0, -1);
    if (parts.some((part) => neverWalked.has(part))) continue;
    for (let length = parts.length; length > 0; length -= 1) {
      const one = parts.slice(0, length).join("/");
      if (found.has(one)) break;
      found.add(one);
    }
  }
  return found;
}
