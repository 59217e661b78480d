// What the file system refused, as a SlipwayError that names the folder and what a person does about it. One place,
// so that a full disk reads the same wherever it is met.
import { dirname } from "node:path";
import { SlipwayError } from "../domain/error.ts";

/** Hint per error number of the file system; codes not listed here get the last one. */
const hints: Readonly<Record<string, string>> = {
  ENOSPC: "Make room on that disk, then run the same command again",
  EDQUOT: "Make room within your quota, then run the same command again",
  EROFS: "Make the disk writable, or name another folder with --state",
  EACCES: "Give your user the right to write there, or name another folder with --state",
  EPERM: "Give your user the right to write there, or name another folder with --state",
  EMFILE: "Raise the limit of open files (`ulimit -n`), then run the same command again",
  ENFILE: "Close other programs, then run the same command again",
  EIO: "Look after the disk: the machine could not write to it",
};

/** Error number such as `ENOENT`, or undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

export function isMissing(error: unknown): boolean {
  return errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR";
}

/** @param action for example `write "/a/b"` */
export function storageError(action: string, path: string, cause: unknown): SlipwayError {
  if (cause instanceof SlipwayError) return cause;
  const errno = errnoOf(cause) ?? "unknown error";
  const folder = dirname(path);
  const hint = hints[errno] ?? `Look at the folder "${folder}", then run the same command again`;
  return new SlipwayError("STORAGE_FAILED", `Cannot ${action}: folder "${folder}" answered ${errno}`, {
    hint,
    cause,
    details: { path, errno },
  });
}

/** Runs one write to disk; what the file system refuses becomes STORAGE_FAILED. */
export async function stored<T>(action: string, path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw storageError(action, path, error);
  }
}

export function readError(path: string, cause: unknown): SlipwayError {
  if (cause instanceof SlipwayError) return cause;
  const errno = errnoOf(cause) ?? "unknown error";
  return new SlipwayError("FILE_UNREADABLE", `Cannot read "${path}": the file system answered ${errno}`, {
    cause,
    details: { path, errno },
  });
}
