// Performs `build-wheel`: each package in an empty folder of its own outside of the copy. The engine runs it again only
// after a lost worker, and never once a byte of it is public.
import { join } from "node:path";
import type { Json, JsonObject } from "../../domain/configuration.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { sdistFileName } from "../../domain/pypi/names.ts";
import type { Frozen, MadeArtifact, Worked, WorkPorts } from "../step.ts";
import { goInside } from "../inside.ts";
import { builtWhere, failed, runBuild, type Building, type Failed } from "../building.ts";
import { buildCalls, cannotDo, chooseBuilder, type Builder } from "./builder.ts";
import { collect } from "./collect.ts";
import { wantedOf, type BuildWheelInput } from "./input.ts";
import { readBackend } from "./project.ts";
import { prepareUnpacked } from "./unpacked.ts";
import { findWay, wayWords, type Way } from "./way.ts";

export async function performBuildWheel(frozen: Frozen<BuildWheelInput>, outside: WorkPorts): Promise<Worked> {
  const deadlineMs = outside.clock.nowMs() + frozen.step.timeoutMs;
  const inside = await goInside(frozen.input.in, { ports: outside, deadlineMs });
  if (inside.kind === "failed") return inside;
  const { ports } = inside;
  const artifacts: MadeArtifact[] = [];
  const builds: Json[] = [];
  for (const one of frozen.packages.filter((candidate) => candidate.ecosystem === "pypi")) {
    const built = await buildOne(one, { frozen, ports, deadlineMs });
    if (built.kind === "failed") return built;
    artifacts.push(...built.artifacts);
    builds.push({ package: one.id, builder: built.builder.version, ...built.crossed, files: built.artifacts.map((made) => made.name) });
  }
  return { kind: "done", output: { builds, environment: builtWhere(ports, frozen.input.in) }, artifacts };
}

interface Around extends Building {
  readonly frozen: Frozen<BuildWheelInput>;
}

type Built =
  | { readonly kind: "built"; readonly builder: Builder; readonly crossed: JsonObject; readonly artifacts: readonly MadeArtifact[] }
  | Failed;

async function buildOne(one: PlannedPackage, around: Around): Promise<Built> {
  const { frozen, ports } = around;
  const wanted = wantedOf(frozen);
  const folder = join(ports.workFolder, one.folder);
  const backend = await readBackend(folder, ports.files);
  const way = await findWay(wanted, { folder, backend: backend.kind === "none" ? undefined : backend.backend }, ports);
  if (way.kind === "none") return failed("NO_PLACE", way.message, way.hint);
  if (backend.kind === "none") return failed("PLAN_INVALID", `Cannot build "${one.id}": ${backend.why}`);
  const chosen = await chooseBuilder(wanted, backend.backend, ports);
  if (chosen.kind === "missing") return failed("TOOL_MISSING", chosen.message, chosen.hint);
  const { builder } = chosen;
  const cannot = cannotDo(builder, wanted);
  if (cannot !== undefined) return failed("PLAN_INVALID", `Cannot build "${one.id}": ${cannot}`);
  const out = join(ports.scratchFolder, `dist-${one.id}`);
  await ports.files.remove(out);
  await ports.files.makeFolder(out);
  const told = await prepareUnpacked(one, { folder, backend }, ports);
  ports.print(`Building ${one.name} ${one.version} with ${builder.version}${wayWords(way)}`);
  for (const call of buildCalls(builder, wanted, { folder, out, way, sdistName: sdistFileName(one.name, one.version) })) {
    const problem = await runBuild({ ...call, env: envOf(told, ports) }, around);
    if (problem !== undefined) return problem;
  }
  const collected = await collect(one, out, { files: ports.files, platform: wanted.platform });
  return collected.kind === "failed" ? collected : { kind: "built", builder, crossed: crossedBy(way), artifacts: collected.artifacts };
}

/** What a record says of a wheel that was not built on its own platform. */
function crossedBy({ zig, target }: Extract<Way, { kind: "way" }>): JsonObject {
  return { ...(target === undefined ? {} : { target }), ...(zig ? { linker: "zig" } : {}) };
}

/**
 * Through its backend interface maturin names wheels after the bare platform (`linux_x86_64`), which no index takes; told
 * so, it looks at what the wheel needs and names it as `maturin build` does. No other backend reads this.
 */
const maturinBackend = { MATURIN_PEP517_ARGS: "--compatibility pypi" };

function envOf(told: Readonly<Record<string, string>>, ports: WorkPorts): Readonly<Record<string, string>> {
  // A Python of its own is the machine's business, not a download of the build.
  return { ...maturinBackend, ...told, ...ports.env, UV_PYTHON_DOWNLOADS: "never", NO_COLOR: "1" };
}
