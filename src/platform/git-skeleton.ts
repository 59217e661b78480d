// The `.git` folder of copies, kept as git made it the first time: a run makes one copy for each step, all of one clone,
// and they differ in nothing. Writing a dozen small files takes a tenth of the time of the four processes of `git clone`.
import { mkdirSync, writeFileSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface Skeletons {
  /** Makes a repository folder: by `first` if there is none of this clone yet, otherwise like that one. */
  make(clone: string, folder: string, first: () => Promise<void>): Promise<void>;
  /** The clone has changed. */
  forget(clone: string): void;
}

interface Entry {
  readonly path: string;
  /** Absent: a folder. */
  readonly bytes?: Buffer;
}

/** A repository with so many tags that its list is larger is made by git each time. */
const bytesMax = 8 * 1024 * 1024;

export function createSkeletons(): Skeletons {
  const known = new Map<string, Promise<readonly Entry[] | undefined>>();
  return {
    forget: (clone) => void known.delete(clone),
    async make(clone, folder, first) {
      const entries = await known.get(clone);
      if (entries !== undefined) return write(folder, entries);
      const made = first().then(() => read(folder));
      if (!known.has(clone)) known.set(clone, made);
      made.catch(() => known.delete(clone));
      await made;
    },
  };
}

async function read(folder: string): Promise<readonly Entry[] | undefined> {
  const entries: Entry[] = [];
  let sizeBytes = 0;
  for (const path of (await readdir(folder, { recursive: true })).toSorted()) {
    const info = await stat(join(folder, path));
    sizeBytes += info.size;
    if (sizeBytes > bytesMax || !(info.isFile() || info.isDirectory())) return undefined;
    entries.push(info.isFile() ? { path, bytes: await readFile(join(folder, path)) } : { path });
  }
  return entries;
}

/**
 * A folder stands before what is in it. Written at once: a few small files take less time than handing each call to
 * another thread.
 */
function write(folder: string, entries: readonly Entry[]): void {
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(folder);
  for (const { path, bytes } of entries) {
    if (bytes === undefined) mkdirSync(join(folder, path));
    else writeFileSync(join(folder, path), bytes);
  }
}
