// One trial's surroundings: a fresh folder, how its commands are run and what their ends mean. Everything lies below the
// one folder, so that removing it leaves nothing behind (S5.11).
import { joinWords } from "../../domain/words.ts";
import type { CommandEnd } from "../../platform/ports.ts";
import type { Worked, WorkPorts } from "../step.ts";

export type Failed = Extract<Worked, { kind: "failed" }>;

export interface Bench {
  readonly ports: WorkPorts;
  /** For clients; what is tried gets it with more. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute; everything of this trial lies in it. */
  readonly folder: string;
  /** When the step's time is over (milliseconds since 1970). */
  readonly deadlineMs: number;
}

/** Makes the trial's folder, empty. */
export async function openBench(bench: Bench): Promise<Bench> {
  const { files } = bench.ports;
  await files.remove(bench.folder);
  await files.makeFolder(bench.folder);
  return bench;
}

export interface Tool {
  readonly words: readonly string[];
  /** Default: the trial's folder. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `false`: only the end is of interest. */
  readonly print?: boolean;
}

export interface ToolEnd {
  readonly end: CommandEnd;
  readonly command: string;
  /** Last lines of what it printed. */
  readonly lastLines: readonly string[];
}

const lastLinesMax = 20;

/** Runs one command of the trial and writes it, and what it prints, to the step's log. */
export async function runTool(tool: Tool, bench: Bench): Promise<ToolEnd> {
  const { ports } = bench;
  const [program = "", ...args] = tool.words;
  const command = joinWords(tool.words);
  const lastLines: string[] = [];
  ports.print(`$ ${command}`);
  const end = await ports.exec.run({
    program,
    args,
    cwd: tool.cwd ?? bench.folder,
    env: tool.env ?? bench.env,
    timeoutMs: Math.max(1, bench.deadlineMs - ports.clock.nowMs()),
    signal: ports.signal,
    onLine: (_stream, line) => {
      if (tool.print !== false) ports.print(line);
      if (lastLines.push(line) > lastLinesMax) lastLines.shift();
    },
  });
  return { end, command, lastLines };
}

/** What a command printed as its answer; empty where it did not end by itself. */
export function answerOf({ end }: ToolEnd): string {
  return end.kind === "exited" ? end.stdout.trim() : "";
}

/** Why a command did not end well, or undefined. @param doing what it was for: `install`, `try` */
export function failureOf({ end, command, lastLines }: ToolEnd, doing: string): Failed | undefined {
  if (end.kind === "exited" && end.code === 0) return undefined;
  const tail = lastLines.length === 0 ? "; it printed nothing" : `; it printed last:\n  ${lastLines.join("\n  ")}`;
  const details = { command, lastLines };
  const failed = (code: Failed["code"], how: string): Failed => ({
    kind: "failed",
    code,
    message: `Cannot ${doing}: "${command}" ${how}${tail}`,
    details,
  });
  switch (end.kind) {
    case "exited":
      return failed("STEP_FAILED", `ended with exit status ${end.code} instead of 0`);
    case "signalled":
      return failed("STEP_FAILED", `was ended by the signal ${end.signal}`);
    case "timed-out":
      return failed("TIMED_OUT", "took longer than the step's time-out");
    case "not-found":
      return failed("TOOL_MISSING", `names the program "${end.program}", which is not there`);
  }
}
