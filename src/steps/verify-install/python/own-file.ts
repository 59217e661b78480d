// Which of our files this machine gets. The choice is the client's: pip or uv picks the wheel that fits by its tags, from
// the index under test or from the frozen files, with our digests as the only ones it may accept and without a single
// dependency, so that nothing else on that index is ever looked at (S1.5, S5.5). What is installed afterwards is our
// frozen copy of the picked file: the digest says that they are the same bytes.
import { join } from "node:path";
import type { Artifact } from "../../../domain/artifact.ts";
import type { PlannedPackage } from "../../../domain/plan/plan.ts";
import { normalizeName, parseWheelFileName } from "../../../domain/pypi/names.ts";
import { failureOf, runTool, type Failed } from "../bench.ts";
import { nameOf, type Source } from "../installing.ts";
import { pipWords, type PythonBench } from "./client.ts";

export type Picked =
  | { readonly kind: "picked"; readonly artifact: Artifact; readonly file: string }
  /** The client found nothing that it could take: the index may lag behind. */
  | { readonly kind: "nothing"; readonly why: string }
  /** None of our own files fits this machine: no waiting helps. */
  | { readonly kind: "no-fit"; readonly why: string }
  | Failed;

/** Puts copies of the frozen files, under their names, into one folder. */
export async function offerFiles(artifacts: readonly Artifact[], bench: PythonBench): Promise<string> {
  const folder = join(bench.folder, "ours");
  await bench.ports.files.makeFolder(folder);
  for (const artifact of artifacts) await bench.ports.files.copy(bench.ports.artifactFile(artifact), join(folder, artifact.name));
  return folder;
}

export interface Offer {
  readonly one: PlannedPackage;
  /** Frozen files of the package. */
  readonly artifacts: readonly Artifact[];
  /** Folder with copies of them. */
  readonly folder: string;
  readonly source: Source;
}

/** Lets the client pick a wheel; where the release has none, takes the sdist. */
export async function pickOwnFile(offer: Offer, bench: PythonBench): Promise<Picked> {
  const wheels = offer.artifacts.filter((artifact) => artifact.kind === "wheel");
  if (wheels.length === 0) return takeSdist(offer, bench);
  const picked = await pickWheel(offer, wheels, bench);
  if (picked.kind !== "nothing") return picked;
  // An index may lag, but no waiting makes a wheel fit: the frozen files tell which of the two it is.
  const local = offer.source.kind === "artifacts" ? picked : await pickWheel({ ...offer, source: { kind: "artifacts" } }, wheels, bench);
  return local.kind === "nothing" ? { kind: "no-fit", why: local.why } : picked;
}

/** What the failure to find a fitting wheel among our own files means. */
export function noFit(one: PlannedPackage, why: string, host: string): Failed {
  return {
    kind: "failed",
    code: "STEP_FAILED",
    message: `Cannot install ${one.name} ${one.version}: no wheel of the release fits this machine (${host}): ${why}`,
    hint: "Add a leg that builds for this platform and Python, or verify on another machine",
  };
}

async function pickWheel(offer: Offer, wheels: readonly Artifact[], bench: PythonBench): Promise<Picked> {
  const { one } = offer;
  const requirements = join(bench.folder, `requirements-${one.id}.txt`);
  const digests = wheels.map((wheel) => ` --hash=sha256:${wheel.digest}`).join("");
  await bench.ports.files.writeText(requirements, `${one.name}==${one.version}${digests}\n`);
  const probe = join(bench.folder, `probe-${one.id}-${offer.source.kind}`);
  await bench.ports.files.remove(probe);
  const asked = await runTool({ words: pickWords(requirements, probe, { offer, bench }) }, bench);
  const failed = failureOf(asked, `get ${one.name} ${one.version} from ${nameOf(offer.source)}`);
  if (failed !== undefined) return failed.code === "STEP_FAILED" ? { kind: "nothing", why: failed.message } : failed;
  const artifact = bench.client.kind === "pip" ? await downloaded(probe, wheels, bench) : await installed(probe, one, { wheels, bench });
  if (artifact !== undefined) return { kind: "picked", artifact, file: join(offer.folder, artifact.name) };
  return {
    kind: "failed",
    code: "STEP_FAILED",
    message: `Cannot tell which file of ${one.name} ${one.version} the client took from ${nameOf(offer.source)}`,
  };
}

function pickWords(requirements: string, probe: string, around: { readonly offer: Offer; readonly bench: PythonBench }): readonly string[] {
  const { offer, bench } = around;
  const { client, python } = bench;
  const where =
    offer.source.kind === "registry" ? ["--index-url", offer.source.registry.indexUrl] : ["--no-index", "--find-links", offer.folder];
  const rules = ["--no-deps", "--only-binary", ":all:", "--require-hashes", ...where];
  if (client.kind === "pip")
    return [...pipWords(bench), "download", "--no-cache-dir", ...rules, "--dest", probe, "--requirement", requirements];
  // Without the cache: what is proven is that the index serves it now.
  return [
    client.program,
    "pip",
    "install",
    "--no-config",
    "--no-cache",
    "--python",
    python,
    "--target",
    probe,
    ...rules,
    "--requirement",
    requirements,
  ];
}

async function downloaded(probe: string, wheels: readonly Artifact[], bench: PythonBench): Promise<Artifact | undefined> {
  const names = await bench.ports.files.list(probe);
  return names.length === 1 ? wheels.find((wheel) => wheel.name === names[0]) : undefined;
}

/** uv installs without naming the file: the tags in WHEEL name it, since they are those of the file name. */
async function installed(
  probe: string,
  one: PlannedPackage,
  around: { readonly wheels: readonly Artifact[]; readonly bench: PythonBench },
): Promise<Artifact | undefined> {
  const { wheels, bench } = around;
  if (wheels.length === 1) return wheels[0];
  const folders = (await bench.ports.files.list(probe)).filter((name) => name.endsWith(".dist-info"));
  const own = folders.find((name) => normalizeName(name.slice(0, name.indexOf("-"))) === normalizeName(one.name));
  const text = own === undefined ? undefined : await bench.ports.files.readTextIfThere(join(probe, own, "WHEEL"));
  const fitting = wheels.filter((wheel) => text !== undefined && describesWheel(text, wheel.name));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Whether a WHEEL file is that of a wheel with this name: same tags, same build. Pure. */
export function describesWheel(wheelFile: string, fileName: string): boolean {
  const read = parseWheelFileName(fileName);
  if (read.kind === "invalid") return false;
  const lines = wheelFile.split(/\r?\n/);
  const valuesOf = (key: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${key}: `)).map((line) => line.slice(key.length + 2).trim());
  const said = new Set(valuesOf("Tag"));
  const build = read.build === undefined ? "" : `${read.build.number}${read.build.suffix}`;
  return said.size === read.tags.length && read.tags.every((tag) => said.has(tag)) && (valuesOf("Build")[0] ?? "") === build;
}

/** No client downloads an sdist without running it: it is fetched as it is, and its digest compared. */
async function takeSdist(offer: Offer, bench: PythonBench): Promise<Picked> {
  const { one, source } = offer;
  const sdist = offer.artifacts.find((artifact) => artifact.kind === "sdist");
  if (sdist === undefined)
    return { kind: "failed", code: "ARTIFACT_SET", message: `Cannot install ${one.name}: the release has no file of it` };
  const file = join(offer.folder, sdist.name);
  if (source.kind === "artifacts") return { kind: "picked", artifact: sdist, file };
  const wanted = { package: one.name, version: one.version, name: sdist.name };
  const got = await source.registry.download(wanted, join(bench.folder, `download-${sdist.name}`), bench.ports.signal);
  if (got.kind === "absent") return { kind: "nothing", why: `${source.registry.name} does not have "${sdist.name}"` };
  if (got.kind === "unknown") return { kind: "nothing", why: got.why };
  if (got.sha256 === sdist.digest) return { kind: "picked", artifact: sdist, file };
  const message = `Cannot install ${one.name}: "${sdist.name}" at ${source.registry.name} has the sha256 ${got.sha256}, and ours is ${sdist.digest}`;
  return { kind: "failed", code: "REGISTRY_CONFLICT", message };
}
