// Looks a program up on a PATH, as the operating system would, but never in a relative folder: an empty or relative
// entry of the PATH would run whatever lies in the checkout of the project.
import { access, constants, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

/** @returns the absolute path of an executable file, or undefined */
export async function findProgram(program: string, path: string): Promise<string | undefined> {
  if (isAbsolute(program)) return firstExecutable([program]);
  if (program.includes("/") || program === "") return undefined;
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  return firstExecutable(folders.map((folder) => join(folder, program)));
}

async function firstExecutable(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    for (const ending of executableEndings) {
      if (await isExecutable(candidate + ending)) return candidate + ending;
    }
  }
  return undefined;
}

/** Windows finds programs by their ending; elsewhere the name is the name. */
const executableEndings = process.platform === "win32" ? [".exe", ".cmd", ".bat", ""] : [""];

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
