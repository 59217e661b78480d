// Findings about this machine: programs, room, helpers, and the clock. The clock matters because registries judge identities (leeway
// 30 s at PyPI, 60 s at crates) and windows by their own (protocols §2.1, §4.5).
import type { DoctorFinding } from "../../domain/doctor/finding.ts";
import type { Ecosystem } from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { World } from "../world.ts";
import type { Around } from "./around.ts";

/** What an error says, as a finding's words. */
export function told(error: unknown): Pick<DoctorFinding, "message" | "hint"> {
  const hint = error instanceof SlipwayError && error.hint !== undefined ? { hint: error.hint } : {};
  return { message: error instanceof Error ? error.message : String(error), ...hint };
}

export async function machineFindings(world: World): Promise<readonly DoctorFinding[]> {
  const [tools, toolbox, space] = await Promise.all([toolFindings(world), toolboxFinding(world), spaceFinding(world)]);
  return [...tools, toolbox, space];
}

type Tool = readonly [program: string, id: DoctorFinding["id"], level: DoctorFinding["level"], hint: string];

const tools: readonly Tool[] = [
  ["git", "DR-TOOL-01", "blocks", "Install git 2.30 or newer"],
  ["python3", "DR-TOOL-02", "blocks", "Install Python 3.9 or newer"],
  ["uv", "DR-TOOL-03", "fine", "Install uv for quicker builds and installs; without it `python -m build` and pip are used"],
];

/** What packages of an ecosystem are built with. */
const builders: Partial<Readonly<Record<Ecosystem, Tool>>> = {
  crates: ["cargo", "DR-TOOL-04", "warns", "Install Rust with cargo, where crates are built here"],
  npm: ["npm", "DR-TOOL-04", "warns", "Install Node with npm, where npm packages are built here"],
};

function toolFindings(world: World): Promise<readonly DoctorFinding[]> {
  return Promise.all(tools.map((tool) => findTool(world, tool)));
}

/** The programs that this project's packages are built with. */
export async function builderFindings({ world, packages }: Pick<Around, "world" | "packages">): Promise<readonly DoctorFinding[]> {
  const used = [...new Set(packages.map(({ ecosystem }) => ecosystem))].map((ecosystem) => builders[ecosystem]);
  return Promise.all(used.filter((tool) => tool !== undefined).map((tool) => findTool(world, tool)));
}

async function findTool(world: World, [program, id, level, hint]: Tool): Promise<DoctorFinding> {
  const at = await world.exec.find(program, world.env["PATH"] ?? "");
  const evidence = "the PATH of this process";
  return at === undefined
    ? { id, level, message: `"${program}" is not on the PATH`, evidence, hint }
    : { id, level: "fine", message: `"${program}" is ${at}`, evidence };
}

async function toolboxFinding(world: World): Promise<DoctorFinding> {
  const id = "DR-TOOLBOX-01";
  const evidence = "the interpreter was asked for";
  try {
    return { id, level: "fine", message: `Slipway's Python helpers are ${await world.toolbox.python()}`, evidence };
  } catch (error) {
    return { id, level: "blocks", evidence, ...told(error) };
  }
}

const freeBytesMin = 1024 * 1024 * 1024;

async function spaceFinding(world: World): Promise<DoctorFinding> {
  const id = "DR-DISK-01";
  const evidence = `free room of "${world.stateRoot}"`;
  try {
    await world.files.makeFolder(world.stateRoot);
  } catch (error) {
    return { id, level: "blocks", evidence, ...told(error) };
  }
  const free = await world.files.freeBytes(world.stateRoot);
  const mebibytes = Math.floor(free / 1024 / 1024);
  if (free >= freeBytesMin) return { id, level: "fine", message: `${mebibytes} MiB are free in "${world.stateRoot}"`, evidence };
  const message = `Only ${mebibytes} MiB are free in "${world.stateRoot}"`;
  return { id, level: "warns", message, evidence, hint: "Make room, or move the state with --state" };
}

/** The smallest leeway of a registry; an answer's time is told in whole seconds, and may have been on its way for some. */
const driftMaxMs = 30_000;

/** One registry is asked, the first that answers: registries agree with each other far better than that. */
export async function clockFinding({
  world,
  places,
  signal,
}: Pick<Around, "world" | "places" | "signal">): Promise<readonly DoctorFinding[]> {
  const urls = [...new Set(places.flatMap(({ opened }) => (opened === undefined ? [] : [opened.indexUrl])))].slice(0, 4);
  if (urls.length === 0) return [];
  const id = "DR-CLOCK-01";
  const found = await Promise.all(urls.map((url) => world.serverTime(url, signal)));
  const [time] = found.flatMap((one) => (one === undefined ? [] : [one]));
  if (time === undefined) {
    const message = "Whether this machine's clock is right: no registry of slipway.yaml told the time";
    return [{ id, level: "cannot-be-tried", message, evidence: "no answer with a Date header came in time" }];
  }
  const offsetMs = time.hereMs - time.thereMs;
  const evidence = `Date header of ${time.host}: ${new Date(time.thereMs).toISOString()}, here ${new Date(time.hereMs).toISOString()}`;
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  if (Math.abs(offsetMs) <= driftMaxMs)
    return [{ id, level: "fine", message: `This machine's clock is within ${Math.max(1, seconds)} s of ${time.host}`, evidence }];
  const message = `This machine's clock is ${seconds} s ${offsetMs > 0 ? "ahead of" : "behind"} ${time.host}, and registries judge identities to within 30 s`;
  return [{ id, level: "warns", message, evidence, hint: "Set the clock by the network (NTP)" }];
}
