// Performs `scan-image`: every image is scanned, then all findings are judged together, so that one report has everything.
import { join } from "node:path";
import type { Artifact } from "../../domain/artifact.ts";
import type { Json } from "../../domain/configuration.ts";
import { failed, type Failed } from "../building.ts";
import type { Frozen, Worked, WorkPorts } from "../step.ts";
import { chooseScanner } from "./choose.ts";
import { readExceptions, type Exception } from "./exceptions.ts";
import type { ScanImageInput } from "./input.ts";
import { judge, type Judged, type Judgement } from "./judge.ts";
import type { Scanned, Scanner, Scanning } from "./scanner.ts";
import type { ScannerName, Vulnerability } from "./vulnerability.ts";

/** Findings that are named in a message; the output has more. */
const namedMax = 5;
/** Findings that are kept for the record. */
const keptMax = 1_000;
const dayMs = 24 * 60 * 60 * 1000;

export async function performScanImage(frozen: Frozen<ScanImageInput>, ports: WorkPorts): Promise<Worked> {
  const { input } = frozen;
  const images = frozen.artifacts.filter(({ kind }) => kind === "image");
  if (images.length === 0) return failed("ARTIFACT_SET", "Cannot scan images: none was taken", "Let a step above build them");
  const chosen = await chooseScanner(input, ports);
  if (chosen.kind === "none") return failed("TOOL_MISSING", chosen.message, chosen.hint);
  const read = await exceptionsOf(input, ports);
  if (read.kind === "failed") return read;
  const scanner = await scannerNamed(chosen.name);
  const deadlineMs = ports.clock.nowMs() + frozen.step.timeoutMs;
  const scans: Seen[] = [];
  for (const artifact of images) {
    const scanned = await scanOne(artifact, { scanner, input, ports, deadlineMs });
    if (scanned.kind === "failed") return scanned;
    scans.push({ artifact, scanned });
  }
  const policy = { stopAt: input["stop-at"] ?? "high", unknown: input.unknown ?? "stop", exceptions: read.exceptions } as const;
  const judgement = judge(unique(scans), { ...policy, nowMs: ports.clock.nowMs() });
  for (const line of linesOf({ scans, judgement, scanner: chosen.name, nowMs: ports.clock.nowMs() })) ports.print(line);
  const output = outputOf({ tool: chosen.name, version: chosen.version, stopAt: policy.stopAt }, scans, judgement);
  return conclude(judgement, output);
}

interface Seen {
  readonly artifact: Artifact;
  readonly scanned: Scanned;
}

async function scannerNamed(name: ScannerName): Promise<Scanner> {
  switch (name) {
    case "trivy":
      return (await import("./trivy.ts")).trivy;
    case "grype":
      return (await import("./grype.ts")).grype;
    case "osv-scanner":
      return (await import("./osv-scanner.ts")).osvScanner;
  }
}

async function exceptionsOf(
  { exceptions: path }: ScanImageInput,
  ports: WorkPorts,
): Promise<{ readonly kind: "list"; readonly exceptions: readonly Exception[] } | Failed> {
  if (path === undefined) return { kind: "list", exceptions: [] };
  const text = await ports.files.readTextIfThere(join(ports.workFolder, path));
  const read = text === undefined ? ({ kind: "unreadable", why: "is not in the source" } as const) : readExceptions(text);
  if (read.kind === "list") return read;
  return failed("PLAN_INVALID", `Cannot scan images: "${path}" ${read.why}`, "Mend the file, or `exceptions` of the step");
}

interface Around {
  readonly scanner: Scanner;
  readonly input: ScanImageInput;
  readonly ports: WorkPorts;
  readonly deadlineMs: number;
}

async function scanOne(artifact: Artifact, { scanner, input, ports, deadlineMs }: Around): Promise<Scanned | Failed> {
  const { name } = artifact;
  const frozen = ports.artifactFile(artifact);
  const opened = await ports.images.openImage(frozen);
  if (opened.kind === "unreadable") return failed("ARTIFACT_INVALID", `Cannot scan "${name}": it ${opened.why}`);
  const folder = join(ports.scratchFolder, `scan-${artifact.digest.slice(0, 16)}`);
  await ports.files.remove(folder);
  await ports.files.makeFolder(join(folder, "empty"));
  const forDocker = join(folder, "image.tar");
  // Two of the three look for the index of `docker save`; the blobs are the frozen ones.
  if (scanner.name !== "grype") await ports.images.writeForDocker(opened.image, forDocker);
  const scanning: Scanning = {
    frozen,
    forDocker,
    name,
    folder: join(folder, "empty"),
    update: input.update !== "never",
    ports,
    deadlineMs,
  };
  const scanned = await scanner.scan(scanning);
  await ports.files.remove(folder);
  return scanned;
}

/** Images of several platforms mostly hold the same. */
function unique(scans: readonly Seen[]): readonly Vulnerability[] {
  const all = scans.flatMap(({ scanned }) => scanned.vulnerabilities);
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

function keyOf({ id, package: name, version }: Vulnerability): string {
  return `${id}\n${name}\n${version}`;
}

interface Told {
  readonly scans: readonly Seen[];
  readonly judgement: Judgement;
  readonly scanner: ScannerName;
  readonly nowMs: number;
}

function linesOf({ scans, judgement, scanner, nowMs }: Told): readonly string[] {
  const seen = scans.map(({ artifact, scanned: { vulnerabilities, packages, dataMs } }) => {
    const among = packages === undefined ? "" : ` in ${packages} packages`;
    const age = dataMs === undefined ? "of an unknown day" : `of ${dayOf(dataMs)}, ${ageDays(dataMs, nowMs)} days old`;
    if (packages === 0) return `note: ${scanner} knows no package in ${artifact.name}: there is nothing that it could compare`;
    return `${artifact.name}: ${vulnerabilities.length} known vulnerabilities${among}, by data ${age}`;
  });
  return [
    ...seen,
    ...judgement.findings.slice(0, keptMax).map((one) => `${one.outcome}: ${describe(one)}`),
    ...judgement.unused.map((one) => `note: the exception "${one.id}" until ${one.until} is not needed: ${one.reason}`),
  ];
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function ageDays(dataMs: number, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - dataMs) / dayMs));
}

function describe({ vulnerability, outcome, exception }: Judged): string {
  const { id, package: name, version, severity, fixed } = vulnerability;
  const mended = fixed.length === 0 ? "no version mends it" : `mended in ${fixed.join(", ")}`;
  const past = outcome === "stops" ? "; its exception ended on" : "; excepted until";
  const why = exception === undefined ? "" : `${past} ${exception.until} (${exception.reason})`;
  return `${id} in ${name} ${version}: ${severity === "unknown" ? "of unknown severity" : severity}, ${mended}${why}`;
}

interface ScannerTold {
  readonly tool: ScannerName;
  readonly version: string;
  readonly stopAt: string;
}

function outputOf(told: ScannerTold, scans: readonly Seen[], { findings, used, unused }: Judgement): Json {
  return {
    ...told,
    images: scans.map(({ artifact, scanned: { vulnerabilities, packages, dataMs } }) => ({
      name: artifact.name,
      sha256: artifact.digest,
      vulnerabilities: vulnerabilities.length,
      ...(packages === undefined ? {} : { packages }),
      ...(dataMs === undefined ? {} : { data: new Date(dataMs).toISOString() }),
    })),
    findings: findings.slice(0, keptMax).map(({ vulnerability, outcome, exception }) => ({
      ...vulnerability,
      outcome,
      ...(exception === undefined ? {} : { exception: { ...exception } as Json }),
    })),
    findingsLeftOut: Math.max(0, findings.length - keptMax),
    exceptions: { used: used.map(({ id }) => id), unused: unused.map(({ id }) => id) },
  };
}

function conclude({ findings }: Judgement, output: Json): Worked {
  const stops = findings.filter(({ outcome }) => outcome === "stops");
  if (stops.length === 0) return { kind: "done", output, artifacts: [] };
  const more = stops.length > namedMax ? `; and ${stops.length - namedMax} more` : "";
  const isPast = stops.some(({ exception }) => exception !== undefined);
  return {
    kind: "failed",
    code: "VULNERABILITY_FOUND",
    message: `Cannot release the images: ${stops.slice(0, namedMax).map(describe).join("; ")}${more}`,
    hint: `Update what is named, or ${isPast ? "look again at the exception that ended" : "write an exception with its reason and last day"}`,
    details: output,
  };
}
