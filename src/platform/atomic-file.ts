// Writes a file so that after a crash or a power loss it is the old or the new one, never half: a temporary file in
// the same folder, fsync, rename, fsync of the folder (without the last, the rename itself may be lost).
import { type FileHandle, chmod, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { randomBytes } from "node:crypto";

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

/** Makes a folder and those above it, each new name being on disk when it returns. @returns whether it was made */
export async function makeFolderDurably(folder: string): Promise<boolean> {
  const firstMade = await mkdir(folder, { recursive: true });
  if (firstMade === undefined) return false;
  for (let made = folder; made.length >= firstMade.length; made = dirname(made)) await syncFolder(dirname(made));
  return true;
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
