// The Python client of this machine, uv or pip, and a trial's surroundings with it: a clean environment, and what the
// client is configured for.
import { join } from "node:path";
import type { ReadPorts } from "../../step.ts";
import type { Bench } from "../bench.ts";
import { clientEnvironment } from "./client-environment.ts";
import { readPipSettings, readUvSettings, type ClientSettings } from "./default-index.ts";

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

export interface PythonBench extends Bench {
  readonly client: Client;
  readonly settings: ClientSettings;
  /** Folder of the virtual environment's programs. */
  readonly programs: string;
  /** Interpreter of the virtual environment. */
  readonly python: string;
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

/** What the client is configured for is not known yet: `withSettings`. */
export function pythonBench(bench: Bench, client: Client): PythonBench {
  const { ports, folder } = bench;
  const isWindows = ports.host.startsWith("windows");
  const programs = join(folder, "venv", isWindows ? "Scripts" : "bin");
  const env = clientEnvironment(ports.env, ports.host);
  return { ...bench, client, settings: { variables: {} }, env, programs, python: join(programs, isWindows ? "python.exe" : "python") };
}

/** The same bench with the client's default index; the virtual environment has to be there. */
export async function withSettings(bench: PythonBench): Promise<PythonBench> {
  const { ports, client } = bench;
  const settings =
    client.kind === "uv" ? await readUvSettings(ports.env, ports.files) : await readPipSettings(pipWords(bench), ports, bench.folder);
  return { ...bench, settings, env: { ...settings.variables, ...bench.env } };
}

/** The words that begin every command of the client pip. */
export function pipWords({ client, python }: Pick<PythonBench, "client" | "python">): readonly string[] {
  return client.kind === "pip" && client.outside ? [client.python, "-m", "pip", "--python", python] : [python, "-m", "pip"];
}
