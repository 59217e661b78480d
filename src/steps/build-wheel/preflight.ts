// What can be known about a build before anything starts: a place for the leg, a builder, the tools that the project's
// backend needs beside it, and the Pythons that wheels are wanted for.
import { join } from "node:path";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { mayBeElsewhere } from "../../domain/platform.ts";
import { blocks, missingPrograms } from "../building.ts";
import { lookInside } from "../inside.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { cannotDo, chooseBuilder, isMaturin, type Builder } from "./builder.ts";
import { wantedOf, type BuildWheelInput, type Wanted } from "./input.ts";
import { readBackend } from "./project.ts";
import { findWay, neverHere, wayWords } from "./way.ts";

export async function preflightBuildWheel(planned: Planned<BuildWheelInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const wanted = wantedOf(planned);
  const findings: Finding[] = [];
  for (const one of planned.packages.filter((candidate) => candidate.ecosystem === "pypi")) {
    findings.push(...(await (planned.input.in === undefined ? lookAt(one, wanted, ports) : lookFromOutside(one, wanted, ports))));
  }
  if (planned.input.in !== undefined) findings.push(...(await lookInside(planned.input.in, ports)));
  // The same of every package is told once.
  return [...new Map(findings.map((finding) => [`${finding.id} ${finding.message}`, finding])).values()];
}

/** What the source tells of itself: the tools are inside of the project's environment. */
async function lookFromOutside(one: PlannedPackage, wanted: Wanted, ports: ReadPorts): Promise<readonly Finding[]> {
  const backend = await readBackend(join(ports.sourceFolder, one.folder), ports.files);
  if (backend.kind === "none") return [noManifest(one, backend.why)];
  const noPlace = neverHere(wanted, backend.backend, ports.host);
  return noPlace === undefined ? [] : [noPlaceFor(wanted, noPlace)];
}

function noManifest(one: PlannedPackage, why: string): Finding {
  return blocks("PF-MANIFEST", `Cannot build "${one.id}": ${why}`, "Commit its manifest, or mend `path:` of the package");
}

function noPlaceFor({ platform }: Wanted, { message, hint }: { readonly message: string; readonly hint: string }): Finding {
  return { id: "PF-NO-PLACE", level: mayBeElsewhere(platform) ? "warns" : "blocks", message, hint };
}

async function lookAt(one: PlannedPackage, wanted: Wanted, ports: ReadPorts): Promise<readonly Finding[]> {
  const folder = join(ports.sourceFolder, one.folder);
  const backend = await readBackend(folder, ports.files);
  const way = await findWay(wanted, { folder, backend: backend.kind === "none" ? undefined : backend.backend }, ports);
  if (way.kind === "none") return [noPlaceFor(wanted, way)];
  if (backend.kind === "none") return [noManifest(one, backend.why)];
  const chosen = await chooseBuilder(wanted, backend.backend, ports);
  if (chosen.kind === "missing") return [blocks("PF-TOOL-MISSING", chosen.message, chosen.hint)];
  const { builder } = chosen;
  const cannot = cannotDo(builder, wanted);
  if (cannot !== undefined) return [blocks("PF-OPTION", `Cannot build "${one.id}" as wanted: ${cannot}`, "Mend `with:` of the step")];
  const missing = [
    ...(isMaturin(backend.backend) ? await missingPrograms(["cargo", "rustc"], "build wheels", ports) : []),
    // For another machine maturin brings what it has to know of a Python.
    ...(way.target === undefined ? await missingPythons(builder, wanted, ports) : []),
  ];
  return missing.length > 0
    ? missing
    : [{ id: "PF-BUILDER", level: "fine", message: `"${one.id}" is built with ${builder.version}${wayWords(way)}` }];
}

async function missingPythons(builder: Builder, wanted: Wanted, ports: ReadPorts): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const python of wanted.pythons) {
    if (!(await hasPython(python, builder, ports))) {
      findings.push(
        blocks("PF-PYTHON-MISSING", `Cannot build for Python ${python}: it is not on this machine`, `Install Python ${python}`),
      );
    }
  }
  return findings;
}

async function hasPython(python: string, builder: Builder, ports: ReadPorts): Promise<boolean> {
  const [program, args] =
    builder.kind === "uv" ? [builder.program[0] ?? "uv", ["python", "find", python]] : [`python${python}`, ["-c", "import sys"]];
  const env = { ...ports.env, UV_PYTHON_DOWNLOADS: "never" };
  const end = await ports.exec.run({ program, args, cwd: ports.sourceFolder, env, timeoutMs: 60_000, signal: ports.signal });
  return end.kind === "exited" && end.code === 0;
}
