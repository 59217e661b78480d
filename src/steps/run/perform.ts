// Performs a `run` step: its commands, one after another, in the throw-away copy. The exit status decides nothing about
// the world here, because the step has no effect outside of the copy; it decides whether the step is done.
import { isAbsolute, join } from "node:path";
import type { Json } from "../../domain/configuration.ts";
import { variablesFor } from "../../domain/plan/variables.ts";
import { explainNoPlace } from "../../domain/platform.ts";
import { joinWords } from "../../domain/words.ts";
import type { CommandEnd } from "../../platform/ports.ts";
import { enter, entering } from "../entrance.ts";
import type { Frozen, MadeArtifact, Worked, WorkPorts } from "../step.ts";
import { writtenCommands } from "./command-line.ts";
import { globsOf, type Produced, type RunInput } from "./input.ts";
import { findFiles } from "./produces.ts";

/** Lines of a failed command that are told with its failure; the step's log has them all. */
export const lastLinesMax = 20;

type Failed = Extract<Worked, { kind: "failed" }>;

/** Runs all commands, then gathers what the step promised. */
export async function performRun(frozen: Frozen<RunInput>, ports: WorkPorts): Promise<Worked> {
  const noPlace = explainNoPlace(frozen.leg["platform"], ports.host);
  if (noPlace !== undefined) return { kind: "failed", code: "NO_PLACE", ...noPlace };
  const entered = await enter(frozen.input.in, { folder: ports.workFolder, files: ports.files });
  if (entered.kind === "refused") {
    const { why, hint } = entered;
    return {
      kind: "failed",
      code: "CONFIG_INVALID",
      message: `Cannot enter the environment of the project: "in: ${frozen.input.in}" ${why}`,
      hint,
    };
  }
  const env = { ...ports.env, ...variablesFor(frozen) };
  const deadlineMs = ports.clock.nowMs() + frozen.step.timeoutMs;
  const done: Json[] = [];
  for (const command of writtenCommands(frozen.input)) {
    const words = entering(entered, command);
    const startMs = ports.clock.nowMs();
    const failed = await runOne(words, { env, deadlineMs, ports });
    if (failed !== undefined) return failed;
    done.push({ command: joinWords(words), durationMs: ports.clock.nowMs() - startMs });
  }
  const gathered = await gather(frozen, ports);
  if (gathered.kind === "failed") return gathered;
  const artifacts = gathered.artifacts;
  return { kind: "done", output: { commands: done, files: artifacts.map((one) => one.name) }, artifacts };
}

interface Around {
  readonly env: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
  readonly ports: WorkPorts;
}

async function runOne(words: readonly string[], around: Around): Promise<Failed | undefined> {
  const { env, ports, deadlineMs } = around;
  const [first = "", ...args] = words;
  const lastLines: string[] = [];
  ports.print(`$ ${joinWords(words)}`);
  const end = await ports.exec.run({
    program: locate(first, ports.workFolder),
    args,
    cwd: ports.workFolder,
    env,
    timeoutMs: Math.max(1, deadlineMs - ports.clock.nowMs()),
    signal: ports.signal,
    onLine: (_stream, line) => {
      ports.print(line);
      if (lastLines.push(line) > lastLinesMax) lastLines.shift();
    },
  });
  return describeEnd(end, { command: joinWords(words), lastLines });
}

/** A path such as `./configure` is meant inside the copy; a name is looked up on the PATH. */
function locate(program: string, folder: string): string {
  return program.includes("/") && !isAbsolute(program) ? join(folder, program) : program;
}

function describeEnd(end: CommandEnd, told: { readonly command: string; readonly lastLines: readonly string[] }): Failed | undefined {
  const { command, lastLines } = told;
  const details: Json = { command, lastLines };
  const tail = lastLines.length === 0 ? "; it printed nothing" : `; it printed last:\n  ${lastLines.join("\n  ")}`;
  switch (end.kind) {
    case "exited":
      if (end.code === 0) return undefined;
      return {
        kind: "failed",
        code: "STEP_FAILED",
        message: `Cannot go on after "${command}": it ended with exit status ${end.code} instead of 0${tail}`,
        hint: "Mend what it says, then run the same command again; `slipway logs` has the whole output",
        details: { command, exitStatus: end.code, lastLines },
      };
    case "signalled":
      return {
        kind: "failed",
        code: "STEP_FAILED",
        message: `Cannot go on after "${command}": it was ended by the signal ${end.signal}${tail}`,
        details,
      };
    case "timed-out":
      return {
        kind: "failed",
        code: "TIMED_OUT",
        message: `Cannot go on after "${command}": the step took longer than its time-out${tail}`,
        hint: "Raise `timeout` of the step, or find out what it waits for",
        details,
      };
    case "not-found":
      return {
        kind: "failed",
        code: "TOOL_MISSING",
        message: `Cannot run "${command}": there is no program "${end.program}"`,
        hint: `Install "${end.program}", or enter the environment that has it with \`in:\``,
        details,
      };
  }
}

type Gathered = { readonly kind: "gathered"; readonly artifacts: readonly MadeArtifact[] } | Failed;

async function gather(frozen: Frozen<RunInput>, ports: WorkPorts): Promise<Gathered> {
  const made: MadeArtifact[] = [];
  for (const line of frozen.input.produces ?? []) {
    for (const glob of globsOf(line)) {
      const found = await findFiles(ports.workFolder, glob, ports.files);
      if (found.kind === "refused") return missing(`Cannot take what the step produces: "${glob}" ${found.why}`);
      if (found.paths.length === 0) return missing(`Cannot take what the step produces: "${glob}" names no file after the commands ran`);
      made.push(...found.paths.map((path) => artifactOf(path, line, { frozen, ports })));
    }
  }
  const twice = made.find((one, index) => made.findIndex((other) => other.name === one.name && other.package === one.package) !== index);
  if (twice !== undefined) return missing(`Cannot take what the step produces: two files are named "${twice.name}"`);
  return { kind: "gathered", artifacts: made };
}

function artifactOf(path: string, line: Produced, around: { readonly frozen: Frozen<RunInput>; readonly ports: WorkPorts }): MadeArtifact {
  const { frozen, ports } = around;
  const platform = frozen.leg["platform"];
  return {
    kind: line.kind,
    package: line.package ?? frozen.packages[0]?.id ?? "",
    name: path.slice(path.lastIndexOf("/") + 1),
    file: join(ports.workFolder, path),
    ...(platform === undefined ? {} : { platform }),
  };
}

function missing(message: string): Failed {
  return { kind: "failed", code: "ARTIFACT_SET", message };
}
