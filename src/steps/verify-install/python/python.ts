// Python packages: a clean virtual environment, the wheel that fits by its tags, dependencies from the default index alone
// (S1.5, S5.5).
import { join } from "node:path";
import type { JsonObject } from "../../../domain/configuration.ts";
import { fileNameForm } from "../../../domain/pypi/names.ts";
import type { Finding, Frozen, ReadPorts } from "../../step.ts";
import type { Bench, Failed } from "../bench.ts";
import { filesOf } from "../input.ts";
import { blocks, missingTool, nameOf, type Import, type Installed, type Installing, type Trial, type Waiting } from "../installing.ts";
import { chooseClient, pythonBench, withSettings, type Client, type PythonBench } from "./client.ts";
import { installOwnFiles, toRecord, type OwnFile } from "./install.ts";
import { noFit, offerFiles, pickOwnFile } from "./own-file.ts";
import { makeEnvironment } from "./virtual-environment.ts";

export const installingPython: Installing = { noun: "Python package", preflight, install };

async function install(trial: Trial, bare: Bench): Promise<Installed | Waiting | Failed> {
  const { leg } = trial.frozen;
  const chosen = await chooseClient(leg["python"], bare.ports);
  if (chosen.kind === "missing") return missingTool(chosen.message, chosen.hint);
  const made = pythonBench(bare, chosen.client);
  const environment = await makeEnvironment(leg["python"], made);
  if (environment.kind === "failed") return environment;
  const bench = await withSettings(made);
  const own = await pickAll(trial, bench);
  if (own.kind !== "own") return own;
  const installed = await installOwnFiles(own.files, bench);
  if (installed.kind === "failed") return installed;
  const record = {
    client: bench.client.kind,
    host: bench.ports.host,
    python: environment.python,
    files: own.files.map((one) => one.name),
    installed: toRecord(installed.distributions),
  };
  return installedWith(trial, bench, record);
}

async function pickAll(
  { frozen, packages, source }: Trial,
  bench: PythonBench,
): Promise<{ readonly kind: "own"; readonly files: readonly OwnFile[] } | Waiting | Failed> {
  const folder = await offerFiles(
    packages.flatMap((one) => filesOf(one, frozen.artifacts)),
    bench,
  );
  const files: OwnFile[] = [];
  for (const one of packages) {
    const picked = await pickOwnFile({ one, artifacts: filesOf(one, frozen.artifacts), folder, source }, bench);
    if (picked.kind === "failed") return picked;
    if (picked.kind === "no-fit") return noFit(one, picked.why, bench.ports.host);
    if (picked.kind === "nothing") return { kind: "waiting", why: picked.why };
    files.push({ one, file: picked.file, name: picked.artifact.name, source: nameOf(source) });
  }
  return { kind: "own", files };
}

function installedWith(trial: Trial, bench: PythonBench, record: JsonObject): Installed {
  const { defaultIndex } = bench.settings;
  return {
    kind: "installed",
    programs: [bench.programs],
    env: bench.env,
    fixed: {
      // A program that installs something itself asks where everybody does.
      ...(defaultIndex === undefined ? {} : { PIP_INDEX_URL: defaultIndex, UV_DEFAULT_INDEX: defaultIndex }),
      VIRTUAL_ENV: join(bench.folder, "venv"),
    },
    imports: importsOf(trial, bench),
    record,
  };
}

function importsOf({ frozen, packages }: Trial, { python }: PythonBench): readonly Import[] {
  const { input } = frozen;
  if (input.import === false) return [];
  const named = packages.filter((one) => input.import === true || one.importName !== undefined);
  return named.map((one) => {
    const words = ["-c", `import ${one.importName ?? fileNameForm(one.name)}`];
    return { words: [python, ...words], shown: ["python", ...words] };
  });
}

async function preflight({ leg }: Pick<Frozen, "leg">, ports: ReadPorts): Promise<readonly Finding[]> {
  const version = leg["python"];
  const chosen = await chooseClient(version, ports);
  if (chosen.kind === "missing") return [blocks("PF-TOOL-MISSING", chosen.message, chosen.hint)];
  const { client } = chosen;
  if (await answers(client, version, ports))
    return [{ id: "PF-CLIENT", level: "fine", message: `Installations are tried with ${client.kind}` }];
  const what = version === undefined ? "the Python on the PATH" : `Python ${version}`;
  const needs = client.kind === "uv" ? "uv does not find it" : "it cannot make virtual environments";
  return [
    blocks(
      "PF-PYTHON-MISSING",
      `Cannot try an installation with ${what}: ${needs}`,
      `Install ${what}${client.kind === "pip" ? " with its modules `venv` and `ensurepip`, or uv" : ""}`,
    ),
  ];
}

async function answers(client: Client, version: string | undefined, ports: ReadPorts): Promise<boolean> {
  const [program, args]: readonly [string, readonly string[]] =
    client.kind === "uv"
      ? [client.program, ["python", "find", "--no-project", ...(version === undefined ? [] : [version])]]
      : [client.python, ["-I", "-c", client.outside ? "import venv" : "import venv, ensurepip"]];
  const env = { ...ports.env, UV_PYTHON_DOWNLOADS: "never" };
  const end = await ports.exec.run({ program, args, cwd: ports.sourceFolder, env, timeoutMs: 60_000, signal: ports.signal });
  return end.kind === "exited" && end.code === 0;
}
