// A bed for journeys: an example in a repository of its own, indexes on loopback that count what they are sent, and the
// real program as a real process.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Ecosystem } from "../../src/domain/configuration.ts";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { createSystemClock } from "../../src/platform/clock.ts";
import { archiveHooks } from "../../src/registries/pypi/rehearsal/archive-hooks.ts";
import { startRehearsalPypi, type RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { parseFaults } from "../../src/registries/pypi/rehearsal/faults.ts";
import { withTokens } from "./stored-tokens.ts";
import { testTool } from "./test-tools.ts";

export const repositoryRoot = path.resolve(import.meta.dirname, "..", "..");
const testTools = path.join(repositoryRoot, ".cache", "test-tools");

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Bed {
  readonly folder: string;
  readonly project: string;
  readonly state: string;
  readonly env: Record<string, string>;
  git(...args: readonly string[]): string;
  slipway(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Starts it and hands out the process, for those who want to kill it. */
  start(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): {
    readonly pid: number;
    readonly ended: Promise<Ended>;
    kill(signal: NodeJS.Signals): void;
    /** What it has said so far. */ stderr(): string;
  };
  remove(): void;
}

export interface BedOptions {
  /** Name of a folder of examples/, the files of a project by path, or a folder that is moved here. */
  readonly example: string | { readonly files: Readonly<Record<string, string | Uint8Array>> } | { readonly folder: string };
  /** Of an example: logs in as its file says, as the job that registries trust. Default: with stored tokens. */
  readonly asJob?: boolean;
  /** Changes files of the example before they are committed. */
  readonly prepare?: (project: string) => void;
  readonly tag?: string;
  readonly tagMessage?: string;
  /** Name of the project's folder. Default: `project`. */
  readonly folderName?: string;
  /** Words before the program, for one that sees other disks than this process; given the folder that it starts in. */
  readonly through?: (folder: string) => readonly string[];
}

export function makeBed(options: BedOptions): Bed {
  testTool("uv");
  const folder = mkdtempSync(path.join(tmpdir(), "slipway-bed-"));
  const project = path.join(folder, options.folderName ?? "project");
  if (typeof options.example === "string") {
    cpSync(path.join(repositoryRoot, "examples", options.example), project, { recursive: true });
    if (options.asJob !== true) edit(project, "slipway.yaml", withTokens);
  }
  if (typeof options.example === "object" && "files" in options.example) writeFiles(project, options.example.files);
  if (typeof options.example === "object" && "folder" in options.example) renameSync(options.example.folder, project);
  options.prepare?.(project);
  const home = path.join(folder, "home");
  mkdirSync(home);
  writeFileSync(path.join(home, ".gitconfig"), "[user]\n\tname = alice\n\temail = alice@example.org\n[init]\n\tdefaultBranch = main\n");
  const env = bedEnvironment(folder, home);
  const git = (...args: readonly string[]): string =>
    execFileSync("git", [...args], { cwd: project, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "one");
  if (options.tag !== undefined) git("tag", "--annotate", options.tag, "--message", options.tagMessage ?? options.tag);
  const state = path.join(folder, "state");
  const start = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    startProgram(["--state", state, ...args], { cwd: project, env: { ...env, ...more }, through: options.through?.(project) ?? [] });
  return {
    folder,
    project,
    state,
    env,
    git,
    start,
    slipway: (args, more) => start(args, more).ended,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** What the package clients of this machine need, with caches of the user's own, and nothing else. */
function bedEnvironment(folder: string, home: string): Record<string, string> {
  const kept = [
    "PIP_CERT",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "PIP_INDEX_URL",
    "UV_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "PYENV_ROOT",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "SLIPWAY_FROM_SOURCE",
  ];
  const handed = Object.fromEntries(kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  return {
    ...handed,
    PATH: `${path.join(testTools, "bin")}:${process.env["PATH"] ?? ""}`,
    HOME: home,
    XDG_CACHE_HOME: path.join(repositoryRoot, ".cache", "journeys"),
    UV_CACHE_DIR: path.join(repositoryRoot, ".cache", "journeys", "uv"),
    TMPDIR: folder,
    SLIPWAY_TOOLBOX_PYTHON: path.join(testTools, "bin", "python"),
  };
}

export interface Starting {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly through?: readonly string[];
}

/** The real program in any folder, for a second machine. */
export function startProgram(args: readonly string[], { cwd, env, through = [] }: Starting) {
  const [program = "", ...words] = [...through, process.execPath, path.join(repositoryRoot, "bin", "slipway.js"), ...args];
  const child = spawn(program, words, { cwd, env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { pid: child.pid ?? 0, ended, kill: (signal: NodeJS.Signals) => void child.kill(signal), stderr: () => stderr };
}

/** An index on loopback that stands for a real one and counts what it is sent. */
export function startIndex(
  folder: string,
  options: { readonly ours: readonly string[]; readonly faults?: string; readonly port?: number },
): Promise<RehearsalPypi> {
  return startRehearsalPypi({
    ours: options.ours,
    clock: createSystemClock(),
    storeFolder: folder,
    hooks: archiveHooks(createArchives()),
    announced: false,
    ...(options.faults === undefined ? {} : { faults: parseFaults(options.faults) }),
    ...(options.port === undefined ? {} : { port: options.port }),
  });
}

export function edit(project: string, file: string, change: (text: string) => string): void {
  const at = path.join(project, file);
  writeFileSync(at, change(readFileSync(at, "utf8")));
}

/** Points registries of slipway.yaml at other addresses: nothing else of the file changes. */
export function pointAt(
  project: string,
  registries: Readonly<Record<string, { readonly url: string; readonly index?: string; readonly ecosystem?: Ecosystem }>>,
): void {
  const lines = Object.entries(registries).map(
    ([name, { url, index, ecosystem = "pypi" }]) =>
      `  ${name}: { ecosystem: ${ecosystem}, url: "${url}"${index === undefined ? "" : `, index: "${index}"`} }`,
  );
  edit(project, "slipway.yaml", (text) => text.replace("environments:\n", `registries:\n${lines.join("\n")}\nenvironments:\n`));
}

/** Everything that a process said, for the message of an assertion. */
export function told({ code, signal, stdout, stderr }: Ended): string {
  return `exit ${code}, signal ${signal}\n${stdout}\n${stderr}`;
}

export interface JsonReport {
  readonly standing: string;
  readonly exitCode: number;
  readonly code?: string;
  readonly sentence: string;
  readonly run: string;
  readonly planDigest: string;
  readonly files: readonly {
    readonly registry: string;
    readonly name: string;
    readonly sha256: string;
    readonly outcome: string;
    readonly url?: string;
  }[];
  readonly steps: readonly { readonly id: string; readonly state: string; readonly message?: string; readonly needs?: readonly string[] }[];
  readonly findings: readonly { readonly id: string; readonly level: string; readonly message: string }[];
  readonly record?: string;
}

export function readReport(ended: Ended): JsonReport {
  const last = ended.stdout.trimEnd().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(last) as JsonReport;
  } catch {
    throw new Error(`No JSON document at the end of the output (exit ${ended.code}, ${ended.signal}):\n${ended.stdout}\n${ended.stderr}`);
  }
}
