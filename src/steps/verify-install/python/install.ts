// Installs our picked files, as files, with their dependencies from the default index alone: our own names cannot come
// from there, because they are already decided, and nothing else can come from the index under test, because it is not
// named (S5.5). What was installed is recorded.
import { z } from "zod";
import type { JsonObject } from "../../../domain/configuration.ts";
import type { PlannedPackage } from "../../../domain/plan/plan.ts";
import { normalizeName } from "../../../domain/pypi/names.ts";
import { pep440 } from "../../../domain/version/pep440.ts";
import { failureOf, runTool, type Failed } from "../bench.ts";
import { withoutUser } from "../installing.ts";
import { pipWords, type PythonBench } from "./client.ts";

/** One distribution in the environment. */
export interface InstalledDistribution {
  readonly name: string;
  readonly version: string;
  /** For people: the file of ours, or the index. */
  readonly from: string;
}

export type Installed = { readonly kind: "installed"; readonly distributions: readonly InstalledDistribution[] } | Failed;

/** One of our files, picked for this machine. */
export interface OwnFile {
  readonly one: PlannedPackage;
  readonly file: string;
  readonly name: string;
  /** Where the client took it from. */
  readonly source: string;
}

/** Most distributions that are recorded. */
const distributionsMax = 2000;

export async function installOwnFiles(own: readonly OwnFile[], bench: PythonBench): Promise<Installed> {
  const failed = failureOf(await runTool({ words: installWords(own, bench) }, bench), "install");
  if (failed !== undefined) return failed;
  const listed = await runTool({ words: listWords(bench), print: false }, bench);
  const silent = failureOf(listed, "list what was installed");
  if (silent !== undefined) return silent;
  const found = readList(listed.end.kind === "exited" ? listed.end.stdout : "");
  if (found === undefined)
    return {
      kind: "failed",
      code: "STEP_FAILED",
      message: "Cannot list what was installed: the client's answer is no list of names and versions",
    };
  const missing = own.find(({ one }) => !found.some((entry) => isOwn(entry, one)));
  if (missing !== undefined) return notInstalled(missing.one, found);
  const distributions = found.map((entry) => ({ ...entry, from: originOf(entry.name, own, bench) }));
  for (const { name, version, from } of distributions) bench.ports.print(`${name} ${version} from ${from}`);
  return { kind: "installed", distributions };
}

/** As the record of a step holds it. */
export function toRecord(distributions: readonly InstalledDistribution[]): readonly JsonObject[] {
  return distributions.map(({ name, version, from }) => ({ name, version, from }));
}

function installWords(own: readonly OwnFile[], bench: PythonBench): readonly string[] {
  const { client, python, settings } = bench;
  const index = settings.defaultIndex === undefined ? [] : ["--index-url", settings.defaultIndex];
  const files = own.map((one) => one.file);
  if (client.kind === "pip") return [...pipWords(bench), "install", ...index, ...files];
  return [client.program, "pip", "install", "--no-config", "--python", python, ...index, ...files];
}

function listWords(bench: PythonBench): readonly string[] {
  const { client, python } = bench;
  if (client.kind === "pip") return [...pipWords(bench), "list", "--format", "json"];
  return [client.program, "pip", "list", "--no-config", "--python", python, "--format", "json"];
}

const list = z.array(z.object({ name: z.string(), version: z.string() })).max(distributionsMax);

function readList(text: string): readonly { readonly name: string; readonly version: string }[] | undefined {
  try {
    const read = list.safeParse(JSON.parse(text));
    return read.success ? read.data.map(({ name, version }) => ({ name, version })) : undefined;
  } catch {
    return undefined;
  }
}

function isOwn(entry: { readonly name: string; readonly version: string }, one: PlannedPackage): boolean {
  const [planned, found] = [pep440.parse(one.version), pep440.parse(entry.version)];
  const isVersion = planned.kind === "valid" && found.kind === "valid" && pep440.compare(planned.version, found.version) === 0;
  return isVersion && normalizeName(entry.name) === normalizeName(one.name);
}

function notInstalled(one: PlannedPackage, found: readonly { readonly name: string; readonly version: string }[]): Failed {
  const other = found.find((entry) => normalizeName(entry.name) === normalizeName(one.name));
  const what = other === undefined ? "it is not there" : `version ${other.version} is there`;
  return { kind: "failed", code: "STEP_FAILED", message: `Cannot go on: ${one.name} ${one.version} was installed, and afterwards ${what}` };
}

function originOf(name: string, own: readonly OwnFile[], { settings }: PythonBench): string {
  const ours = own.find(({ one }) => normalizeName(one.name) === normalizeName(name));
  if (ours !== undefined) return `${ours.source} ("${ours.name}")`;
  if (name === "pip" || name === "setuptools") return "the environment itself, or the default index";
  return settings.defaultIndex === undefined ? "the client's default index" : `the default index ${withoutUser(settings.defaultIndex)}`;
}
