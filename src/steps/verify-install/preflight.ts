// What can be known about a trial before anything starts: a place for the leg, a client, the leg's Python, and whether
// its sources are ones that this version can install from.
import { explainNoPlace, mayBeElsewhere } from "../../domain/platform.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { chooseClient, type Client } from "./bench.ts";
import { packagesOf, registriesOf, type VerifyInstallInput } from "./input.ts";

export async function preflightVerifyInstall(planned: Planned<VerifyInstallInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const noPlace = explainNoPlace(planned.leg["platform"], ports.host);
  if (noPlace !== undefined)
    return [{ id: "PF-NO-PLACE", level: mayBeElsewhere(planned.leg["platform"]) ? "warns" : "blocks", ...noPlace }];
  return [...inputFindings(planned), ...sourceFindings(planned, ports), ...(await clientFindings(planned, ports))];
}

function inputFindings(planned: Planned<VerifyInstallInput>): readonly Finding[] {
  const packages = packagesOf(planned);
  if (packages.length === 0) {
    const what =
      planned.input.package === undefined
        ? "the release has no Python package"
        : `the release has no Python package "${planned.input.package}"`;
    return [blocks("PF-PACKAGE", `Cannot try an installation: ${what}`, `Name one of ${planned.packages.map((one) => one.id).join(", ")}`)];
  }
  const versions = new Set(packages.map((one) => one.version));
  if (planned.input.version === undefined || versions.size === 1) return [];
  return [
    blocks(
      "PF-PACKAGE",
      `Cannot compare a version: the packages have several (${[...versions].join(", ")})`,
      "Name one of them with `package:`",
    ),
  ];
}

function sourceFindings(planned: Planned<VerifyInstallInput>, ports: ReadPorts): readonly Finding[] {
  return registriesOf(planned.input)
    .map((name) => ports.registry(name))
    .filter((registry) => registry.ecosystem !== "pypi")
    .map((registry) =>
      blocks(
        "PF-NOT-YET",
        `Cannot install from ${registry.name}: this version tries Python packages, not "${registry.ecosystem}"`,
        "Leave it out of `from:` for now",
      ),
    );
}

async function clientFindings(planned: Planned<VerifyInstallInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const version = planned.leg["python"];
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

function blocks(id: string, message: string, hint: string): Finding {
  return { id, level: "blocks", message, hint };
}
