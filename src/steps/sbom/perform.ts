// Writes the bill of materials of each package: METADATA of the very files, with the project's lock file where it has one.
import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Artifact } from "../../domain/artifact.ts";
import { plainLine } from "../../domain/changelog/safe-text.ts";
import { sha256 } from "../../domain/digest.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { headerOf, headersOf, parseCoreMetadata, type CoreMetadata } from "../../domain/pypi/core-metadata.ts";
import { fileNameForm, normalizeName } from "../../domain/pypi/names.ts";
import { neededBy } from "../../domain/sbom/closure.ts";
import { writeBom } from "../../domain/sbom/cyclonedx.ts";
import { readRequirement } from "../../domain/sbom/requirement.ts";
import type { Frozen, MadeArtifact, Worked, WorkPorts } from "../step.ts";
import { findLock, type FoundLock } from "./find-lock.ts";
import { pythonOnes, type SbomInput } from "./input.ts";
import { readMetadata } from "./read-metadata.ts";

export async function performSbom(frozen: Frozen<SbomInput>, ports: WorkPorts): Promise<Worked> {
  const made: MadeArtifact[] = [];
  for (const one of pythonOnes(frozen.packages)) {
    const written = await writeOne(one, frozen, ports);
    if (written.kind === "failed") return written;
    made.push(written.made);
  }
  return { kind: "done", output: { files: made.map((one) => one.name) }, artifacts: made };
}

// --- helpers ----------------------------------------------------------------------------------

type Failed = Extract<Worked, { kind: "failed" }>;

async function writeOne(
  one: PlannedPackage,
  frozen: Frozen<SbomInput>,
  ports: WorkPorts,
): Promise<{ readonly kind: "made"; readonly made: MadeArtifact } | Failed> {
  const files = frozen.artifacts
    .filter((artifact) => artifact.package === one.id && (artifact.kind === "wheel" || artifact.kind === "sdist"))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const read = await metadataOf(files, ports);
  if (read.kind === "failed")
    return { ...read, message: `Cannot write the bill of materials of ${one.name} ${one.version}: ${read.message}` };
  const lock: FoundLock = frozen.input.lock === "ignore" ? { kind: "none" } : await findLock(one.folder, ports);
  if (lock.kind === "invalid") {
    const message = `Cannot write the bill of materials of ${one.name}: "${lock.path}" cannot be read: ${lock.why}`;
    return { kind: "failed", code: "STEP_FAILED", message, hint: "Mend the lock file, or write `with: { lock: ignore }`" };
  }
  const text = bomOf(one, { frozen, files, lock, all: read.all });
  const name = `${fileNameForm(one.name)}-${one.version}.cdx.json`;
  const file = posix.join(ports.scratchFolder, name);
  await ports.files.writeText(file, text);
  ports.print(`${name}: ${lock.kind === "found" ? `resolved by ${lock.path}` : "as declared, there is no lock file"}`);
  return { kind: "made", made: { kind: "sbom", package: one.id, name, file } };
}

/** Of the wheels, or of the sdist where there are none: wheels say what is required with nothing left to a build. */
async function metadataOf(
  files: readonly Artifact[],
  ports: WorkPorts,
): Promise<{ readonly kind: "read"; readonly all: readonly CoreMetadata[] } | Failed> {
  const wheels = files.filter((file) => file.kind === "wheel");
  const asked = wheels.length > 0 ? wheels : files;
  if (asked.length === 0) return failed("there is neither a wheel nor an sdist of it");
  const all: CoreMetadata[] = [];
  for (const artifact of asked) {
    const read = await readMetadata(artifact, ports);
    if (read.kind === "invalid") return failed(`"${artifact.name}": ${read.why}`);
    all.push(parseCoreMetadata(read.text));
  }
  return { kind: "read", all };
}

interface Parts {
  readonly frozen: Frozen<SbomInput>;
  readonly files: readonly Artifact[];
  readonly lock: FoundLock;
  readonly all: readonly CoreMetadata[];
}

function bomOf(one: PlannedPackage, { frozen, files, lock, all }: Parts): string {
  const normalName = normalizeName(one.name);
  const lines = [...new Set(all.flatMap((metadata) => headersOf(metadata, "Requires-Dist").map((text) => plainLine(text, 2000))))];
  const requirements = lines.flatMap((line) => readRequirement(line) ?? []);
  const [first] = all;
  const summary = first === undefined ? "" : plainLine(headerOf(first, "Summary") ?? "", 512);
  const license = first === undefined ? "" : plainLine(headerOf(first, "License-Expression") ?? "", 512);
  return writeBom(
    {
      name: one.name,
      normalName,
      version: one.version,
      files,
      needed: neededBy(normalName, requirements, lock.kind === "found" ? lock.packages : []),
      epochSeconds: frozen.head.epochSeconds,
      ...(summary === "" ? {} : { summary }),
      ...(license === "" ? {} : { license }),
      ...(lock.kind === "found" ? { lock: lock.path } : {}),
    },
    (text) => sha256(createHash("sha256").update(text).digest("hex")),
  );
}

function failed(message: string): Failed {
  return { kind: "failed", code: "ARTIFACT_INVALID", message };
}
