// Performs `build-wheel`: each package in an empty folder of its own outside of the copy. The engine runs it again only
// after a lost worker, and never once a byte of it is public.
import { join } from "node:path";
import type { Json } from "../../domain/configuration.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { explainNoPlace } from "../../domain/platform.ts";
import { sdistFileName } from "../../domain/pypi/names.ts";
import { joinWords } from "../../domain/words.ts";
import type { CommandEnd } from "../../platform/ports.ts";
import type { Frozen, MadeArtifact, Worked, WorkPorts } from "../step.ts";
import { buildCalls, cannotDo, chooseBuilder, type Builder, type Call } from "./builder.ts";
import { collect } from "./collect.ts";
import { wantedOf, type BuildWheelInput } from "./input.ts";
import { readBackend } from "./project.ts";
import { prepareUnpacked } from "./unpacked.ts";

type Failed = Extract<Worked, { kind: "failed" }>;

/** Lines of a failed build that are told with its failure; the step's log has them all. */
const lastLinesMax = 20;

export async function performBuildWheel(frozen: Frozen<BuildWheelInput>, ports: WorkPorts): Promise<Worked> {
  const noPlace = explainNoPlace(frozen.leg["platform"], ports.host);
  if (noPlace !== undefined) return { kind: "failed", code: "NO_PLACE", ...noPlace };
  const deadlineMs = ports.clock.nowMs() + frozen.step.timeoutMs;
  const artifacts: MadeArtifact[] = [];
  const builds: Json[] = [];
  for (const one of frozen.packages.filter((candidate) => candidate.ecosystem === "pypi")) {
    const built = await buildOne(one, { frozen, ports, deadlineMs });
    if (built.kind === "failed") return built;
    artifacts.push(...built.artifacts);
    builds.push({ package: one.id, builder: built.builder.version, files: built.artifacts.map((made) => made.name) });
  }
  const epoch = ports.env["SOURCE_DATE_EPOCH"];
  const environment = { host: ports.host, ...(epoch === undefined ? {} : { SOURCE_DATE_EPOCH: epoch }) };
  return { kind: "done", output: { builds, environment }, artifacts };
}

interface Around {
  readonly frozen: Frozen<BuildWheelInput>;
  readonly ports: WorkPorts;
  readonly deadlineMs: number;
}

type Built = { readonly kind: "built"; readonly builder: Builder; readonly artifacts: readonly MadeArtifact[] } | Failed;

async function buildOne(one: PlannedPackage, around: Around): Promise<Built> {
  const { frozen, ports } = around;
  const wanted = wantedOf(frozen);
  const folder = join(ports.workFolder, one.folder);
  const backend = await readBackend(folder, ports.files);
  if (backend.kind === "none") return failed("PLAN_INVALID", `Cannot build "${one.id}": ${backend.why}`);
  const chosen = await chooseBuilder(wanted, backend.backend, ports);
  if (chosen.kind === "missing") return { ...failed("TOOL_MISSING", chosen.message), hint: chosen.hint };
  const { builder } = chosen;
  const cannot = cannotDo(builder, wanted);
  if (cannot !== undefined) return failed("PLAN_INVALID", `Cannot build "${one.id}": ${cannot}`);
  const out = join(ports.scratchFolder, `dist-${one.id}`);
  await ports.files.remove(out);
  await ports.files.makeFolder(out);
  const told = await prepareUnpacked(one, { folder, backend }, ports);
  ports.print(`Building ${one.name} ${one.version} with ${builder.version}`);
  for (const call of buildCalls(builder, wanted, { folder, out, sdistName: sdistFileName(one.name, one.version) })) {
    const problem = await runCall({ ...call, env: told }, around);
    if (problem !== undefined) return problem;
  }
  const collected = await collect(one, out, { files: ports.files, platform: wanted.platform });
  return collected.kind === "failed" ? collected : { kind: "built", builder, artifacts: collected.artifacts };
}

/**
 * Through its backend interface maturin names wheels after the bare platform (`linux_x86_64`), which no index takes; told
 * so, it looks at what the wheel needs and names it as `maturin build` does. No other backend reads this.
 */
const maturinBackend = { MATURIN_PEP517_ARGS: "--compatibility pypi" };

async function runCall(call: Call & { readonly env: Readonly<Record<string, string>> }, around: Around): Promise<Failed | undefined> {
  const { ports, deadlineMs } = around;
  const [program = "", ...args] = call.words;
  const lastLines: string[] = [];
  ports.print(`$ ${joinWords(call.words)}`);
  const end = await ports.exec.run({
    program,
    args,
    cwd: call.cwd,
    // A Python of its own is the machine's business, not a download of the build.
    env: { ...maturinBackend, ...call.env, ...ports.env, UV_PYTHON_DOWNLOADS: "never", NO_COLOR: "1" },
    timeoutMs: Math.max(1, deadlineMs - ports.clock.nowMs()),
    signal: ports.signal,
    onLine: (_stream, line) => {
      ports.print(line);
      if (lastLines.push(line) > lastLinesMax) lastLines.shift();
    },
  });
  return judge(end, joinWords(call.words), lastLines);
}

function judge(end: CommandEnd, command: string, lastLines: readonly string[]): Failed | undefined {
  if (end.kind === "exited" && end.code === 0) return undefined;
  const tail = lastLines.length === 0 ? "; it printed nothing" : `; it printed last:\n  ${lastLines.join("\n  ")}`;
  const details: Json = { command, lastLines };
  switch (end.kind) {
    case "exited":
      return { ...failed("STEP_FAILED", `Cannot build: "${command}" ended with exit status ${end.code} instead of 0${tail}`), details };
    case "signalled":
      return { ...failed("STEP_FAILED", `Cannot build: "${command}" was ended by the signal ${end.signal}${tail}`), details };
    case "timed-out":
      return { ...failed("TIMED_OUT", `Cannot build: "${command}" took longer than the step's time-out${tail}`), details };
    case "not-found":
      return { ...failed("TOOL_MISSING", `Cannot build: there is no program "${end.program}"`), details };
  }
}

function failed(code: Failed["code"], message: string): Failed {
  return { kind: "failed", code, message };
}
