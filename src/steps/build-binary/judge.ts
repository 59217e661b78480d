// Whether a build made what the leg says: read from the file's own header, never believed of its name. A binary that is for
// another platform is an error; it is not called otherwise to make it fit.
import { differsFrom, executableHeadBytes, needsLibraries, readExecutable } from "../../domain/executable.ts";
import type { PlatformTarget } from "../../domain/platform-targets.ts";
import type { Files } from "../../platform/ports.ts";

/** Largest dynamic section that is looked through. */
const dynamicBytesMax = 1024 * 1024;

/** What is wrong with it, to follow its name; undefined: nothing. */
export async function faultOfBinary(file: string, target: PlatformTarget, files: Files): Promise<string | undefined> {
  const info = await files.info(file);
  if (info === undefined) return "is not there";
  if (info.kind !== "file") return "is no regular file";
  const read = readExecutable(await files.readBytes(file, { offset: 0, sizeBytes: executableHeadBytes }));
  if (read.kind === "other") return read.why;
  const { executable } = read;
  const differs = differsFrom(executable, target);
  if (differs !== undefined || !target.isStatic) return differs;
  if (executable.hasInterpreter) return "is not static: a loader of the machine has to start it";
  if (executable.dynamic === undefined) return undefined;
  const { offset, sizeBytes } = executable.dynamic;
  const dynamic = await files.readBytes(file, { offset, sizeBytes: Math.min(sizeBytes, dynamicBytesMax) });
  return needsLibraries(dynamic) ? "is not static: it needs libraries of the machine" : undefined;
}
