// How a virtual environment is made and filled on this machine: with uv where there is one (a second), else with
// Python's own venv and pip. Only wheels are installed: nothing of what is downloaded runs before it is asked to.
import { tmpdir } from "node:os";
import { SlipwayError } from "../domain/error.ts";
import { handedOn } from "./child-environment.ts";
import type { Command, CommandEnd, Exec } from "./ports.ts";
import type { ToolboxOptions } from "./toolbox.ts";

export interface Installer {
  /** Of the Python that the environment will have, for example `3.12`. */
  readonly version: string;
  /** To run a program as the installer does; without program and arguments. */
  readonly command: Omit<Command, "program" | "args">;
  makeEnvironment(folder: string): Promise<void>;
  install(python: string, requirementsFile: string): Promise<void>;
}

/** Oldest Python that Slipway's helpers run on. */
const minorMin = 9;
const minorNewest = 15;
/** From 22.3 on pip installs into another environment, which saves making a pip for each. */
const pipForOthers = 22.3;
const installTimeoutMs = 10 * 60_000;

interface Python {
  readonly program: string;
  readonly version: string;
}

/** @throws SlipwayError TOOL_MISSING when there is neither uv nor a Python that is new enough */
export async function installerFor(options: Pick<ToolboxOptions, "exec" | "env">): Promise<Installer> {
  const env = environment(options.env);
  const path = env["PATH"] ?? "";
  const command = { cwd: tmpdir(), env, timeoutMs: installTimeoutMs, signal: new AbortController().signal };
  const run = createRunner(options.exec, command);
  const uv = await options.exec.find("uv", path);
  const python = await findPython(options.exec, path, run);
  if (uv !== undefined) return uvInstaller(uv, python, { run, command });
  if (python === undefined) {
    throw new SlipwayError(
      "TOOL_MISSING",
      `Cannot make Slipway's Python toolbox: no "python3" of version 3.${minorMin} or newer is on the PATH`,
      {
        hint: `Install Python 3.${minorMin} or newer, or uv`,
      },
    );
  }
  return (await canInstallForOthers(python, run)) ? pipInstaller(python, { run, command }) : ensuredPipInstaller(python, { run, command });
}

interface Means {
  readonly run: Run;
  readonly command: Installer["command"];
}

/** uv fetches a Python of its own where the machine has none. */
function uvInstaller(uv: string, python: Python | undefined, { run, command }: Means): Installer {
  const wanted = python?.program ?? ">=3.11";
  return {
    command,
    version: python?.version ?? "3",
    makeEnvironment: (folder) => must(run, uv, ["venv", "--quiet", "--no-project", "--python", wanted, folder]),
    install: (target, list) =>
      must(run, uv, ["pip", "install", "--quiet", "--python", target, "--no-deps", "--only-binary", ":all:", "-r", list]),
  };
}

function pipInstaller(python: Python, { run, command }: Means): Installer {
  return {
    command,
    version: python.version,
    makeEnvironment: (folder) => must(run, python.program, ["-m", "venv", "--without-pip", folder]),
    install: (target, list) => must(run, python.program, ["-m", "pip", "--python", target, ...pipInstall, list]),
  };
}

function ensuredPipInstaller(python: Python, { run, command }: Means): Installer {
  return {
    command,
    version: python.version,
    makeEnvironment: (folder) => must(run, python.program, ["-m", "venv", folder]),
    install: (target, list) => must(run, target, ["-m", "pip", ...pipInstall, list]),
  };
}

const pipInstall = ["install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "-r"];

/** First the one that people mean, then by version. */
async function findPython(exec: Exec, path: string, run: Run): Promise<Python | undefined> {
  const numbered = Array.from({ length: minorNewest - minorMin + 1 }, (_, i) => `python3.${minorNewest - i}`);
  for (const name of ["python3", ...numbered, "python"]) {
    const program = await exec.find(name, path);
    const version = program === undefined ? undefined : await versionOf(program, run);
    if (program !== undefined && version !== undefined) return { program, version };
  }
  return undefined;
}

/** Undefined for a Python that is too old, and for a version manager's stand-in that leads to none. */
async function versionOf(program: string, run: Run): Promise<string | undefined> {
  const end = await run(program, ["-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]);
  const version = end.kind === "exited" && end.code === 0 ? end.stdout.trim() : "";
  const [major, minor] = version.split(".").map(Number);
  return major === 3 && (minor ?? 0) >= minorMin ? version : undefined;
}

async function canInstallForOthers(python: Python, run: Run): Promise<boolean> {
  const end = await run(python.program, ["-m", "pip", "--version"]);
  const version =
    end.kind === "exited" && end.code === 0 ? /^pip (?<version>[0-9]+\.[0-9]+)/.exec(end.stdout)?.groups?.["version"] : undefined;
  return Number(version ?? "0") >= pipForOthers;
}

type Run = (program: string, args: readonly string[]) => Promise<CommandEnd>;

function createRunner(exec: Exec, command: Installer["command"]): Run {
  return (program, args) => exec.run({ ...command, program, args });
}

async function must(run: Run, program: string, args: readonly string[]): Promise<void> {
  const end = await run(program, args);
  if (end.kind === "exited" && end.code === 0) return;
  const said = "stderr" in end ? lastLines(`${end.stdout}\n${end.stderr}`) : "it is not there";
  throw new SlipwayError(
    "TOOL_MISSING",
    `Cannot make Slipway's Python toolbox: "${program} ${args.slice(0, 3).join(" ")} …" ended with ${endOf(end)}: ${said}`,
    {
      hint: "Mend what it says (network, index, disk), or set SLIPWAY_TOOLBOX_PYTHON to a Python that has the packages",
    },
  );
}

function endOf(end: CommandEnd): string {
  return end.kind === "exited" ? `exit code ${end.code}` : end.kind === "signalled" ? end.signal : end.kind;
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-4).join(" | ").slice(-600);
}

const ownNames = [
  "PATH",
  "HOME",
  "USERPROFILE",
  "APPDATA",
  "LOCALAPPDATA",
  "TMPDIR",
  "TEMP",
  "TMP",
  "XDG_CONFIG_HOME",
  "XDG_CACHE_HOME",
  "XDG_DATA_HOME",
  "PIP_CONFIG_FILE",
  "UV_CONFIG_FILE",
];

/** The user's home and client settings, credentials for the index included: no code of a project runs here. */
function environment(env: ToolboxOptions["env"]): Readonly<Record<string, string>> {
  const taken: Record<string, string> = { LC_ALL: "C.UTF-8" };
  for (const name of [...Object.keys(handedOn), ...ownNames]) {
    const value = env[name];
    if (value !== undefined && value !== "") taken[name] = value;
  }
  return taken;
}
