// The files of one checkout, read once each. It also finds the folders that a workspace's globs mean.
import { posix } from "node:path";
import { SlipwayError } from "../../domain/error.ts";
import { readGlob } from "../../domain/glob.ts";
import type { Files } from "../../platform/ports.ts";

export interface Tree {
  /** Text of a file by its path from the root; undefined: it is not there, or lies outside. */
  read(path: string): Promise<string | undefined>;
  /** Folders, by path from the root, that a workspace's pattern (below `folder`) means; sorted. */
  folders(folder: string, pattern: string): Promise<readonly string[]>;
  /** Absolute path. */
  absolute(path: string): string;
}

/** Folders that one pattern may mean, and that are walked for it. */
export const foldersMax = 10_000;

const neverWalked = new Set(["node_modules", ".git", "target", ".venv"]);

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
        if (next.length > foldersMax) throw tooMany(pattern);
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
      if (found.push(posix.join(at, name)) > foldersMax) throw tooMany("**");
    }
  }
  return found;
}

function tooMany(pattern: string): SlipwayError {
  return new SlipwayError("PLAN_INVALID", `Cannot look through a workspace: "${pattern}" means more than ${foldersMax} folders`, {
    hint: "Name the members of the workspace more narrowly",
  });
}

export function isOutside(path: string): boolean {
  return path === ".." || path.startsWith("../") || path.startsWith("/");
}

/** The folder itself and those above it, up to the root `.`. */
export function upwards(folder: string): readonly string[] {
  const found = [posix.normalize(folder).replace(/(.)\/$/, "$1")];
  for (let at = found[0] ?? "."; at !== "." && !isOutside(at);) {
    at = posix.dirname(at);
    found.push(at);
  }
  return found;
}
