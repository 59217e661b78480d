// What all steps that build have in common: a command is printed, run in an environment that is known, and judged by its
// end; its last lines are told with its failure, and the step's log has them all.
import { isAbsolute, join } from "node:path";
import * as z from "../domain/shape.ts";
import { unreachable } from "../domain/error.ts";
import type { Json, JsonObject } from "../domain/configuration.ts";
import { joinWords, splitWords } from "../domain/words.ts";
import type { CommandEnd } from "../platform/ports.ts";
import type { Finding, ReadPorts, Worked, WorkPorts } from "./step.ts";

export type Failed = Extract<Worked, { kind: "failed" }>;

/** Lines of a failed build that are told with its failure. */
const lastLinesMax = 20;

/** Longest that a program may take to say its version, or to answer a question about itself, milliseconds. */
const askTimeoutMs = 60_000;

/** One call: program, arguments, and the folder it is run in. */
export interface BuildCall {
  readonly words: readonly string[];
  readonly cwd: string;
  /** The whole environment; absent: that of the step. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Building {
  readonly ports: WorkPorts;
  /** When the step's time is over (milliseconds since 1970). */
  readonly deadlineMs: number;
}

/** Runs one command of a build. @returns its failure (STEP_FAILED, TIMED_OUT, TOOL_MISSING), or undefined */
export async function runBuild(call: BuildCall, { ports, deadlineMs }: Building): Promise<Failed | undefined> {
  const [program = "", ...args] = call.words;
  const lastLines: string[] = [];
  const command = joinWords(call.words);
  ports.print(`$ ${command}`);
  const end = await ports.exec.run({
    // A path such as `./configure` is meant inside the folder; a name is looked up on the PATH.
    program: program.includes("/") && !isAbsolute(program) ? join(call.cwd, program) : program,
    args,
    cwd: call.cwd,
    env: call.env ?? ports.env,
    timeoutMs: Math.max(1, deadlineMs - ports.clock.nowMs()),
    signal: ports.signal,
    onLine: (_stream, line) => {
      ports.print(line);
      if (lastLines.push(line) > lastLinesMax) lastLines.shift();
    },
  });
  return judge(end, command, lastLines);
}

function judge(end: CommandEnd, command: string, lastLines: readonly string[]): Failed | undefined {
  const tail = lastLines.length === 0 ? "; it printed nothing" : `; it printed last:\n  ${lastLines.join("\n  ")}`;
  const details: Json = { command, lastLines };
  switch (end.kind) {
    case "exited":
      if (end.code === 0) return undefined;
      return { ...failed("STEP_FAILED", `Cannot build: "${command}" ended with exit status ${end.code} instead of 0${tail}`), details };
    case "signalled":
      return { ...failed("STEP_FAILED", `Cannot build: "${command}" was ended by the signal ${end.signal}${tail}`), details };
    case "timed-out":
      return { ...failed("TIMED_OUT", `Cannot build: "${command}" took longer than the step's time-out${tail}`), details };
    case "not-found":
      return { ...failed("TOOL_MISSING", `Cannot build: there is no program "${end.program}"`), details };
    default:
      return unreachable(end, "end of a command");
  }
}

/**
 * First line that a program prints about itself; undefined: it cannot be asked, or says that it cannot answer.
 * @param cwd absent: not the project's folder, where something may be taken for a part of the program
 */
export async function firstLineOf(words: readonly string[], ports: ReadPorts, cwd = ports.env["HOME"] ?? "/"): Promise<string | undefined> {
  const [program = "", ...args] = words;
  const end = await ports.exec.run({ program, args, cwd, env: ports.env, timeoutMs: askTimeoutMs, signal: ports.signal });
  if (end.kind !== "exited" || end.code !== 0) return undefined;
  return end.stdout.trim().split("\n")[0] ?? "";
}

/** A finding for each program that is not on the PATH. @param what follows "Cannot" */
export async function missingPrograms(programs: readonly string[], what: string, ports: ReadPorts): Promise<readonly Finding[]> {
  const found = await Promise.all(programs.map((program) => ports.exec.find(program, ports.env["PATH"] ?? "")));
  return programs
    .filter((_program, index) => found[index] === undefined)
    .map((program) => blocks("PF-TOOL-MISSING", `Cannot ${what}: the program "${program}" is not on the PATH`, `Install "${program}"`));
}

/** What the bytes of a build may depend on, for the step's output. @param into environment of the project that it was done in */
export function builtWhere(ports: ReadPorts, into: string | undefined): JsonObject {
  const epoch = ports.env["SOURCE_DATE_EPOCH"];
  return { host: ports.host, ...(into === undefined ? {} : { in: into }), ...(epoch === undefined ? {} : { SOURCE_DATE_EPOCH: epoch }) };
}

/** `with:` that holds a command, or several in order; nothing is expanded in them. */
export const commandList = z.union([commandText(), z.array(commandText()).min(1).max(50)]);

/** `in` of a step that builds. */
export const environmentOfProject = z
  .string()
  .refine((text) => (wordsOf(text)[0] ?? "") !== "", { error: "must be nix, pixi, or a command whose quotes are closed" })
  .optional()
  .describe("Environment of the project that its programs are looked for and run in: nix, pixi, or a command that is put before each one");

function commandText(): z.Text {
  return z
    .string()
    .min(1)
    .refine((text) => wordsOf(text).length > 0, { error: "must be a command whose quotes are closed" });
}

function wordsOf(command: string): readonly string[] {
  const split = splitWords(command);
  return split.kind === "words" ? split.words : [];
}

/** Words of each command of a `commandList`; none where it is absent. */
export function commandsOf(given: string | readonly string[] | undefined): readonly (readonly string[])[] {
  return [given ?? []].flat().map(wordsOf);
}

/** A step's failure as a value. */
export function failed(code: Failed["code"], message: string, hint?: string): Failed {
  return { kind: "failed", code, message, ...(hint === undefined ? {} : { hint }) };
}

/** A finding of preflight that keeps the release from starting. */
export function blocks(id: string, message: string, hint: string): Finding {
  return { id, level: "blocks", message, hint };
}
