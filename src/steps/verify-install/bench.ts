// One trial's surroundings: a fresh folder, a clean environment, the package client of this machine, and what every
// command has in common. Everything lies below one folder, so that removing it leaves nothing behind (S5.11).
import { join } from "node:path";
import { joinWords } from "../../domain/words.ts";
import type { CommandEnd } from "../../platform/ports.ts";
import type { ReadPorts, Worked, WorkPorts } from "../step.ts";
import { clientEnvironment } from "./client-environment.ts";
import { readPipSettings, readUvSettings, type ClientSettings } from "./default-index.ts";

export type Failed = Extract<Worked, { kind: "failed" }>;

/**
 * uv, or pip. `outside`: the pip of this Python works on the new environment from outside, which spares the environment a
 * pip of its own (3 s); older ones have to be inside.
 */
export type Client =
  | { readonly kind: "uv"; readonly program: string }
  | { readonly kind: "pip"; readonly python: string; readonly outside: boolean };

export type ChosenClient =
  | { readonly kind: "client"; readonly client: Client }
  | { readonly kind: "missing"; readonly message: string; readonly hint: string };

export interface Bench {
  readonly ports: WorkPorts;
  readonly client: Client;
  readonly settings: ClientSettings;
  /** For clients and for what is tried. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute; everything of this trial lies in it. */
  readonly folder: string;
  /** Folder of the virtual environment's programs. */
  readonly programs: string;
  /** Interpreter of the virtual environment. */
  readonly python: string;
  /** When the step's time is over (milliseconds since 1970). */
  readonly deadlineMs: number;
}

/** uv where it is on the PATH, else a Python that can make virtual environments. @param version of the leg, `3.12` */
export async function chooseClient(version: string | undefined, ports: ReadPorts): Promise<ChosenClient> {
  const path = ports.env["PATH"] ?? "";
  const uv = await ports.exec.find("uv", path);
  if (uv !== undefined) return { kind: "client", client: { kind: "uv", program: uv } };
  const names = version === undefined ? ["python3", "python"] : [`python${version}`];
  for (const name of names) {
    const python = await ports.exec.find(name, path);
    if (python !== undefined) return { kind: "client", client: { kind: "pip", python, outside: await worksFromOutside(python, ports) } };
  }
  const what = version === undefined ? "Python" : `Python ${version}`;
  return { kind: "missing", message: `Cannot try the installation: neither uv nor ${what} is on the PATH`, hint: `Install ${what}, or uv` };
}

/** `pip --python` came with pip 22.3. */
async function worksFromOutside(python: string, ports: ReadPorts): Promise<boolean> {
  const args = ["-m", "pip", "--version"];
  const env = clientEnvironment(ports.env, ports.host);
  const end = await ports.exec.run({ program: python, args, cwd: ports.env["HOME"] ?? "/", env, timeoutMs: 60_000, signal: ports.signal });
  const [, major, minor] = /^pip ([0-9]+)\.([0-9]+)/.exec(end.kind === "exited" && end.code === 0 ? end.stdout : "") ?? [];
  return Number(major ?? 0) > 22 || (Number(major ?? 0) === 22 && Number(minor ?? 0) >= 3);
}

/** Makes the trial's folder, empty. What the client is configured for is not known yet: `withSettings`. */
export async function openBench(
  around: { readonly ports: WorkPorts; readonly client: Client; readonly deadlineMs: number },
  folder: string,
): Promise<Bench> {
  const { ports } = around;
  await ports.files.remove(folder);
  await ports.files.makeFolder(folder);
  const isWindows = ports.host.startsWith("windows");
  const programs = join(folder, "venv", isWindows ? "Scripts" : "bin");
  const env = clientEnvironment(ports.env, ports.host);
  return { ...around, settings: { variables: {} }, env, folder, programs, python: join(programs, isWindows ? "python.exe" : "python") };
}

/** The same bench with the client's default index; the virtual environment has to be there. */
export async function withSettings(bench: Bench): Promise<Bench> {
  const { ports, client } = bench;
  const settings =
    client.kind === "uv" ? await readUvSettings(ports.env, ports.files) : await readPipSettings(pipWords(bench), ports, bench.folder);
  return { ...bench, settings, env: { ...settings.variables, ...bench.env } };
}

/** The words that begin every command of the client pip. */
export function pipWords({ client, python }: Bench): readonly string[] {
  return client.kind === "pip" && client.outside ? [client.python, "-m", "pip", "--python", python] : [python, "-m", "pip"];
}

export interface Tool {
  readonly words: readonly string[];
  /** Default: the trial's folder. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `false`: only the end is of interest. */
  readonly print?: boolean;
}

export interface ToolEnd {
  readonly end: CommandEnd;
  readonly command: string;
  /** Last lines of what it printed. */
  readonly lastLines: readonly string[];
}

const lastLinesMax = 20;

/** Runs one command of the trial and writes it, and what it prints, to the step's log. */
export async function runTool(tool: Tool, bench: Bench): Promise<ToolEnd> {
  const { ports } = bench;
  const [program = "", ...args] = tool.words;
  const command = joinWords(tool.words);
  const lastLines: string[] = [];
  ports.print(`$ ${command}`);
  const end = await ports.exec.run({
    program,
    args,
    cwd: tool.cwd ?? bench.folder,
    env: tool.env ?? bench.env,
    timeoutMs: Math.max(1, bench.deadlineMs - ports.clock.nowMs()),
    signal: ports.signal,
    onLine: (_stream, line) => {
      if (tool.print !== false) ports.print(line);
      if (lastLines.push(line) > lastLinesMax) lastLines.shift();
    },
  });
  return { end, command, lastLines };
}

/** Why a command did not end well, or undefined. @param doing what it was for: `install`, `try` */
export function failureOf({ end, command, lastLines }: ToolEnd, doing: string): Failed | undefined {
  if (end.kind === "exited" && end.code === 0) return undefined;
  const tail = lastLines.length === 0 ? "; it printed nothing" : `; it printed last:\n  ${lastLines.join("\n  ")}`;
  const details = { command, lastLines };
  const failed = (code: Failed["code"], how: string): Failed => ({
    kind: "failed",
    code,
    message: `Cannot ${doing}: "${command}" ${how}${tail}`,
    details,
  });
  switch (end.kind) {
    case "exited":
      return failed("STEP_FAILED", `ended with exit status ${end.code} instead of 0`);
    case "signalled":
      return failed("STEP_FAILED", `was ended by the signal ${end.signal}`);
    case "timed-out":
      return failed("TIMED_OUT", "took longer than the step's time-out");
    case "not-found":
      return failed("TOOL_MISSING", `names the program "${end.program}", which is not there`);
  }
}
