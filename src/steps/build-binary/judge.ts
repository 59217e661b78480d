// Whether a build made what the leg says: read from the file's own header, never believed of its name. A binary that is for
// another platform is an error; it is not called otherwise to make it fit.
import { differsFrom, executableHeadBytes, needsLibraries, readExecutable } from "../../domain/executable.ts";
import type { PlatformTarget } from "../../domain/platform-targets.ts";
import type { Archives, ByteRange, Files } from "../../platform/ports.ts";

/** Largest dynamic section that is looked through. */
const dynamicBytesMax = 1024 * 1024;

/** What is wrong with it, to follow its name; undefined: nothing. */
export async function faultOfBinary(file: string, target: PlatformTarget, files: Files): Promise<string | undefined> {
  const info = await files.info(file);
  if (info === undefined) return "is not there";
  if (info.kind !== "file") return "is no regular file";
  return faultOfBytes((range) => files.readBytes(file, range), target);
}

export interface Packed {
  /** Absolute path. */
  readonly file: string;
  readonly archive: "tar.gz" | "zip";
  /** Name of the program inside. */
  readonly command: string;
}

/** As `faultOfBinary`, for the program in an archive. */
export async function faultOfPacked(
  { file, archive, command }: Packed,
  target: PlatformTarget,
  archives: Archives,
): Promise<string | undefined> {
  const opened = archive === "zip" ? await archives.openZip(file) : await archives.openTarGz(file);
  if (opened.kind === "unreadable") return `is no ${archive}: it ${opened.why}`;
  const [fault] = opened.archive.faults;
  if (fault !== undefined) return `is an archive that is read differently by different programs: ${fault}`;
  if (!opened.archive.members.some(({ path, kind }) => path === command && kind === "file"))
    return `has no program "${command}" at its top`;
  const part = async (range: ByteRange): Promise<Uint8Array> => (await opened.archive.readRange(command, range)) ?? new Uint8Array();
  const why = await faultOfBytes(part, target);
  return why === undefined ? undefined : `has a "${command}" that ${why}`;
}

async function faultOfBytes(part: (range: ByteRange) => Promise<Uint8Array>, target: PlatformTarget): Promise<string | undefined> {
  const read = readExecutable(await part({ offset: 0, sizeBytes: executableHeadBytes }));
  if (read.kind === "other") return read.why;
  const { executable } = read;
  const differs = differsFrom(executable, target);
  if (differs !== undefined || !target.isStatic) return differs;
  if (executable.hasInterpreter) return "is not static: a loader of the machine has to start it";
  if (executable.dynamic === undefined) return undefined;
  const { offset, sizeBytes } = executable.dynamic;
  const dynamic = await part({ offset, sizeBytes: Math.min(sizeBytes, dynamicBytesMax) });
  return needsLibraries(dynamic) ? "is not static: it needs libraries of the machine" : undefined;
}
