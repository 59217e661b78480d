// The repository as the scripts see it: its root and the files that are, or could be, committed. Git is asked, so that
// caches, builds and other people's folders never count.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Absolute path of the repository. */
export const root = join(import.meta.dirname, "..", "..");

/** A file of the repository: path with `/`, from the root, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Paths of all tracked files and of those that git does not ignore, sorted by code unit. */
export function repositoryFiles(): readonly string[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = new Set(listed.split("\0").filter((path) => path !== ""));
  // A file that somebody deleted or renamed a moment ago is still in the index.
  return [...paths].filter((path) => existsSync(join(root, path))).toSorted();
}

/** Reads files of the repository; one that vanished since it was listed is left out. */
export function readAll(paths: readonly string[]): readonly SourceFile[] {
  return paths.flatMap((path) => {
    const file = join(root, path);
    return existsSync(file) ? [{ path, text: readFileSync(file, "utf8") }] : [];
  });
}

/** TypeScript that is written by hand: sources, tests and scripts. */
export function typeScriptFiles(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
}
