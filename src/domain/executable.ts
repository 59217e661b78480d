// What an executable says about itself in its first bytes: the system and the processors it is for, and whether it needs
// anything of the machine that it runs on. Sources: System V ABI (ELF header, program header, dynamic section), Apple's
// <mach-o/loader.h> and <mach-o/fat.h>, Microsoft's "PE Format". Pure; reads nothing beyond the bytes that it is given.
import type { OperatingSystem, Processor } from "./platform.ts";
import type { PlatformTarget } from "./platform-targets.ts";

/** First bytes of a file that are enough for all of it. */
export const executableHeadBytes = 64 * 1024;

export interface Executable {
  readonly os: OperatingSystem;
  /** In the order of the file; several of a Mac alone. Empty: another than those that this version knows. */
  readonly processors: readonly Processor[];
  /** ELF: it is started by a loader of the machine. */
  readonly hasInterpreter: boolean;
  /** ELF: where its dynamic section lies in the file. */
  readonly dynamic?: { readonly offset: number; readonly sizeBytes: number };
}

export type ReadExecutable =
  | { readonly kind: "executable"; readonly executable: Executable }
  | { readonly kind: "other"; readonly why: string };

/** @param head the first `executableHeadBytes` of the file, or all of it */
export function readExecutable(head: Uint8Array): ReadExecutable {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  try {
    if (head.byteLength < 64) return other("has fewer bytes than any executable");
    const magic = view.getUint32(0);
    if (magic === 0x7f454c46) return readElf(view);
    if (magic === 0xcffaedfe) return machO([cpuOf(view.getUint32(4, true))], view.getUint32(12, true));
    if (magic === 0xcafebabe || magic === 0xcafebabf) return readFat(view, magic === 0xcafebabf ? 32 : 20);
    if (view.getUint16(0) === 0x4d5a) return readPe(view);
    return other("is neither ELF nor Mach-O nor PE");
  } catch (error) {
    if (error instanceof RangeError) return other("has a header that leads out of it");
    throw error;
  }
}

const elfMachines: Readonly<Record<number, Processor>> = { 62: "x86_64", 183: "aarch64" };
const elfTypes: readonly number[] = [2, 3];
/** Both say "Linux, or nothing in particular". */
const linuxAbis: readonly number[] = [0, 3];
const headersMax = 1_000;

function readElf(view: DataView): ReadExecutable {
  if (view.getUint8(4) !== 2 || view.getUint8(5) !== 1) return other("is ELF for another processor than x86_64 and aarch64");
  if (!linuxAbis.includes(view.getUint8(7))) return other("is ELF for another system than Linux");
  if (!elfTypes.includes(view.getUint16(16, true))) return other("is ELF, and no executable");
  const processor = elfMachines[view.getUint16(18, true)];
  const [at, size, count] = [Number(view.getBigUint64(32, true)), view.getUint16(54, true), view.getUint16(56, true)];
  let hasInterpreter = false;
  let dynamic: Executable["dynamic"];
  for (let index = 0; index < Math.min(count, headersMax); index += 1) {
    const header = at + index * size;
    const type = view.getUint32(header, true);
    if (type === 3) hasInterpreter = true;
    if (type !== 2) continue;
    dynamic = { offset: Number(view.getBigUint64(header + 8, true)), sizeBytes: Number(view.getBigUint64(header + 32, true)) };
  }
  const processors = processor === undefined ? [] : [processor];
  return { kind: "executable", executable: { os: "linux", processors, hasInterpreter, ...(dynamic === undefined ? {} : { dynamic }) } };
}

/** Whether a dynamic section names a library that has to be there (DT_NEEDED). */
export function needsLibraries(dynamic: Uint8Array): boolean {
  const view = new DataView(dynamic.buffer, dynamic.byteOffset, dynamic.byteLength);
  for (let at = 0; at + 16 <= dynamic.byteLength; at += 16) {
    const tag = view.getBigUint64(at, true);
    if (tag === 1n) return true;
    if (tag === 0n) return false;
  }
  return false;
}

function cpuOf(type: number): Processor | undefined {
  if (type === 0x01000007) return "x86_64";
  return type === 0x0100000c ? "aarch64" : undefined;
}

function machO(processors: readonly (Processor | undefined)[], fileType: number): ReadExecutable {
  if (fileType !== 2) return other("is Mach-O, and no executable");
  const known = processors.filter((one) => one !== undefined);
  return { kind: "executable", executable: { os: "macos", processors: known, hasInterpreter: false } };
}

/** Most parts of a universal file; a class file of Java has the same first bytes, and a larger number there. */
const partsMax = 16;

function readFat(view: DataView, entryBytes: number): ReadExecutable {
  const count = view.getUint32(4);
  if (count === 0 || count > partsMax) return other("is neither ELF nor Mach-O nor PE");
  // What its parts are says each for itself, further on than the head: the directory alone names the processors.
  return machO(
    Array.from({ length: count }, (_unused, index) => cpuOf(view.getUint32(8 + index * entryBytes))),
    2,
  );
}

const peMachines: Readonly<Record<number, Processor>> = { 0x8664: "x86_64", 0xaa64: "aarch64" };

function readPe(view: DataView): ReadExecutable {
  const at = view.getUint32(0x3c, true);
  if (view.getUint32(at) !== 0x50450000) return other("begins like a program of MS-DOS, and is none of Windows");
  const processor = peMachines[view.getUint16(at + 4, true)];
  if ((view.getUint16(at + 22, true) & 0x2002) !== 0x0002) return other("is PE, and no executable");
  return {
    kind: "executable",
    executable: { os: "windows", processors: processor === undefined ? [] : [processor], hasInterpreter: false },
  };
}

function other(why: string): ReadExecutable {
  return { kind: "other", why };
}

/** In which way an executable is for another platform than wanted, to follow its name; undefined: it is for that one. */
export function differsFrom({ os, processors }: Executable, wanted: Pick<PlatformTarget, "os" | "processor">): string | undefined {
  const expected: readonly Processor[] = wanted.processor === "universal2" ? ["x86_64", "aarch64"] : [wanted.processor];
  const fits = os === wanted.os && processors.length === expected.length && expected.every((one) => processors.includes(one));
  if (fits) return undefined;
  const found = processors.length === 0 ? "a processor that this version does not know" : processors.join(" and ");
  return `is for ${os} on ${found}, and should be for ${wanted.os} on ${expected.join(" and ")}`;
}
