// Slipway's own Python: a virtual environment with pinned helpers, made once per machine and used by all projects. It
// is built beside its place and renamed into it, so that two processes, or one that was killed, never leave a half one.
// Its scripts name the folder it was built in and do not work after that; the interpreter does (`python -m …`).
import { createHash, randomBytes } from "node:crypto";
import { rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { assert, SlipwayError } from "../domain/error.ts";
import type { Exec, Files, Toolbox, ToolboxSet } from "./ports.ts";
import { errnoOf, storageError } from "./storage-error.ts";
import { installerFor, type Installer } from "./toolbox-install.ts";
import { toolboxSets } from "./toolbox-requirements.ts";

export interface ToolboxOptions {
  readonly exec: Exec;
  readonly files: Files;
  /** Slipway's cache folder, absolute. */
  readonly cacheFolder: string;
  /** Environment of the process. `SLIPWAY_TOOLBOX_PYTHON` names an interpreter that has everything already. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Requirement lines, complete: nothing else is installed. Absent: Slipway's own, of the set that is asked for. */
  readonly requirements?: readonly string[];
}

const marker = "slipway-toolbox.json";
const making = ".making";
/** What is that old was left by a process that died. */
const leftoverAgeMs = 24 * 60 * 60 * 1000;

/** Makes nothing until `python` is called. */
export function createToolbox(options: ToolboxOptions): Toolbox {
  const made = new Map<ToolboxSet, Promise<string>>();
  return {
    python(set = "checks") {
      const python = made.get(set) ?? pythonOf(options, set);
      made.set(set, python);
      // A failure is not kept: the person may have installed what was missing.
      python.catch(() => made.delete(set));
      return python;
    },
  };
}

async function pythonOf(options: ToolboxOptions, set: ToolboxSet): Promise<string> {
  const named = options.env["SLIPWAY_TOOLBOX_PYTHON"] ?? "";
  if (named !== "") return named;
  const folder = join(options.cacheFolder, "toolbox");
  const requirements = options.requirements ?? toolboxSets[set];
  const prefix = createHash("sha256").update(requirements.join("\n")).digest("hex").slice(0, 16);
  return (await findReady(options.files, folder, prefix)) ?? (await make(options, { folder, prefix, requirements }));
}

/** Any Python will do that has the pins; it needs not be the one that is first on the PATH today. */
async function findReady(files: Files, folder: string, prefix: string): Promise<string | undefined> {
  for (const name of await files.list(folder)) {
    if (name.startsWith(`${prefix}-`) && !name.endsWith(making) && (await isReady(files, join(folder, name))))
      return interpreter(join(folder, name));
  }
  return undefined;
}

/** The interpreter is a link, which hangs in the air once the Python below it has been removed. */
async function isReady(files: Files, folder: string): Promise<boolean> {
  if ((await files.info(join(folder, marker))) === undefined) return false;
  return stat(interpreter(folder)).then(
    () => true,
    () => false,
  );
}

interface Wanted {
  readonly folder: string;
  readonly prefix: string;
  readonly requirements: readonly string[];
}

async function make(options: ToolboxOptions, wanted: Wanted): Promise<string> {
  const { files } = options;
  await sweep(files, wanted.folder);
  const installer = await installerFor(options);
  const place = join(wanted.folder, `${wanted.prefix}-py${installer.version}`);
  const temporary = `${place}.${randomBytes(6).toString("hex")}${making}`;
  try {
    await fill(installer, temporary, { files, requirements: wanted.requirements });
    await moveInto(files, temporary, place);
  } finally {
    await files.remove(temporary);
  }
  await requireWorking(options.exec, installer, place);
  return interpreter(place);
}

async function fill(
  installer: Installer,
  folder: string,
  parts: { readonly files: Files; readonly requirements: readonly string[] },
): Promise<void> {
  const { files, requirements } = parts;
  await files.makeFolder(dirname(folder));
  await installer.makeEnvironment(folder);
  const list = join(folder, "slipway-requirements.txt");
  await files.writeText(list, `${requirements.join("\n")}\n`);
  await installer.install(interpreter(folder), list);
  await files.writeText(join(folder, marker), `${JSON.stringify({ requirements, python: installer.version }, undefined, 2)}\n`);
}

/** Whoever is second keeps the first one's. */
async function moveInto(files: Files, temporary: string, place: string): Promise<void> {
  if (!(await isReady(files, place))) await files.remove(place);
  try {
    await rename(temporary, place);
  } catch (error) {
    const taken = errnoOf(error) === "ENOTEMPTY" || errnoOf(error) === "EEXIST";
    if (!taken || !(await isReady(files, place))) throw storageError(`put the toolbox into "${place}"`, place, error);
  }
}

async function requireWorking(exec: Exec, installer: Installer, place: string): Promise<void> {
  const end = await exec.run({ ...installer.command, program: interpreter(place), args: ["-I", "-c", "import sys; print(sys.prefix)"] });
  const prefix = end.kind === "exited" && end.code === 0 ? end.stdout.trim() : undefined;
  assert(prefix !== undefined, `the toolbox in "${place}" runs`);
  if ((await stat(prefix)).ino !== (await stat(place)).ino) {
    throw new SlipwayError(
      "TOOL_MISSING",
      `Cannot use the toolbox: its Python says that it lives in "${prefix}" and should say "${place}"`,
      {
        hint: `Remove "${place}", then run the same command again`,
      },
    );
  }
}

async function sweep(files: Files, folder: string): Promise<void> {
  for (const name of await files.list(folder)) {
    const found = name.endsWith(making) ? await stat(join(folder, name)).catch(() => undefined) : undefined;
    if (found !== undefined && Date.now() - found.mtimeMs > leftoverAgeMs) await files.remove(join(folder, name));
  }
}

function interpreter(folder: string): string {
  return process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}
