// Writes a file so that after a crash or a power loss it is the old or the new one, never half: a temporary file in
// the same folder, fsync, rename, fsync of the folder (without the last, the rename itself may be lost).
import { randomBytes } from "node:crypto";
import { type FileHandle, chmod, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errnoOf } from "./storage-error.ts";

export async function writeAtomically(file: string, text: string): Promise<void> {
  const folder = dirname(file);
  await makeFolderDurably(folder);
  const temporary = join(folder, `.${basename(file).slice(0, 100)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    await writeAndSync(temporary, text);
    await keepMode(file, temporary);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

async function writeAndSync(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function keepMode(from: string, to: string): Promise<void> {
  const before = await stat(from).catch(() => undefined);
  if (before !== undefined) await chmod(to, before.mode & 0o777);
}

/** Makes a folder and those above it, each new name being on disk when it returns. */
export async function makeFolderDurably(folder: string): Promise<void> {
  for (const made of await makeFolders(folder)) await syncFolder(dirname(made));
}

/**
 * Makes a folder and those above it; no error when it is there. Node's own `recursive` answers ENOENT where the disk said
 * EROFS, and a person would look for the wrong thing.
 * @returns the folders that were made, from above
 */
export async function makeFolders(folder: string): Promise<readonly string[]> {
  try {
    await mkdir(folder);
    return [folder];
  } catch (error) {
    if (errnoOf(error) === "ENOENT" && dirname(folder) !== folder) {
      const above = await makeFolders(dirname(folder));
      return [...above, ...(await makeFolders(folder))];
    }
    const there = await stat(folder).catch(() => undefined);
    if (there?.isDirectory() === true) return [];
    throw error;
  }
}

/** Makes what happened to the names in a folder durable. Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle: FileHandle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
